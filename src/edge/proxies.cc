#include "edge/proxies.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace homing::edge {
namespace {

constexpr unsigned kMappedBits = 96;  // ::ffff:0:0/96 holds all of IPv4
constexpr Address kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool is_v4(const Address& address) { return std::memcmp(address.data(), kMapped.data(), kMappedBits / 8) == 0; }

std::string text_of(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4(address)) {
    inet_ntop(AF_INET, address.data() + kMappedBits / 8, text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  }
  return text.data();
}

bool same_front(const Address& a, const Address& b, unsigned bits) {
  if (std::memcmp(a.data(), b.data(), bits / 8) != 0) return false;
  unsigned rest = bits % 8;
  return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

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

std::optional<Address> parse_address(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::string copy(text);
  Address address = kMapped;
  if (inet_pton(AF_INET, copy.c_str(), address.data() + kMappedBits / 8) == 1) return address;
  if (inet_pton(AF_INET6, copy.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

Result<Proxies> Proxies::parse(const std::vector<std::string>& written) {
  Proxies proxies;
  for (const std::string& entry : written) {
    std::string_view text = entry;
    std::size_t slash = text.find('/');
    auto base = parse_address(text.substr(0, slash));
    Network network;
    bool right = base.has_value();
    if (right) network.base = *base;
    if (right && slash != std::string_view::npos) {
      bool v4 = text.find(':') == std::string_view::npos;
      std::string_view bits = text.substr(slash + 1);
      auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), network.bits);
      right = error == std::errc() && end == bits.data() + bits.size() && network.bits <= (v4 ? 32u : 128u);
      if (v4) network.bits += kMappedBits;
    }
    if (!right) return fail(Code::invalid_argument, entry + " is no address and no network, as 10.0.0.0/8.");
    proxies.networks_.push_back(network);
  }
  return proxies;
}

bool Proxies::trusts(const Address& address) const {
  return std::ranges::any_of(networks_,
                             [&](const Network& network) { return same_front(address, network.base, network.bits); });
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
  return text_of(*address);
}

}  // namespace homing::edge
