#include "edge/proxies.h"

#include <algorithm>

namespace homing::edge {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the last entry off a comma-separated header.
std::string_view last_entry(std::string_view& header) {
  std::size_t comma = header.rfind(',');
  std::string_view entry = header.substr(comma == std::string_view::npos ? 0 : comma + 1);
  header = header.substr(0, comma == std::string_view::npos ? 0 : comma);
  return trimmed(entry);
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// As proxies write it: "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711".
std::optional<Address> parse_entry(std::string_view entry) {
  if (entry.starts_with('[')) {
    std::size_t close = entry.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    std::string_view after = entry.substr(close + 1);
    if (!after.empty() && !(after.front() == ':' && is_port(after.substr(1)))) return std::nullopt;
    return parse_address(entry.substr(1, close - 1));
  }
  std::size_t colon = entry.find(':');
  bool has_port = colon != std::string_view::npos && entry.find(':', colon + 1) == std::string_view::npos;
  if (!has_port) return parse_address(entry);
  if (!is_port(entry.substr(colon + 1))) return std::nullopt;
  return parse_address(entry.substr(0, colon));
}

}  // namespace

Result<Proxies> Proxies::parse(const std::vector<std::string>& written) {
  Proxies proxies;
  for (const std::string& entry : written) {
    auto network = parse_network(entry);
    if (!network) return fail(Code::invalid_argument, entry + " is no address and no network, as 10.0.0.0/8.");
    proxies.networks_.push_back(*network);
  }
  return proxies;
}

bool Proxies::trusts(const Address& address) const {
  return std::ranges::any_of(networks_, [&](const Network& network) { return network.holds(address); });
}

std::string Proxies::client(std::string peer, std::string_view forwarded_for) const {
  if (networks_.empty()) return peer;
  auto address = parse_address(peer);
  if (!address) return peer;
  while (trusts(*address) && !forwarded_for.empty()) {
    auto next = parse_entry(last_entry(forwarded_for));
    if (!next) break;
    address = next;
  }
  return to_text(*address);
}

}  // namespace homing::edge
