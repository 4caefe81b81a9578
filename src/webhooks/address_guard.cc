#include "webhooks/address_guard.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/check.h"

namespace homing::webhooks {
namespace {

std::vector<Network> networks(std::span<const char* const> written) {
  std::vector<Network> result;
  for (const char* text : written) {
    auto network = parse_network(text);
    CHECK(network) << text;
    result.push_back(*network);
  }
  return result;
}

// IANA's special-purpose registries; 240/4 holds the broadcast address.
constexpr const char* kSpecialV4[] = {
    "0.0.0.0/8",       "10.0.0.0/8",    "100.64.0.0/10",   "127.0.0.0/8",     "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",    "192.0.2.0/24",  "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
    "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",  "224.0.0.0/4",    "240.0.0.0/4",
};
// Inside 2000::/3, which is all that is routed; everything outside of it is special anyhow. Teredo is in 2001::/23.
constexpr const char* kSpecialV6[] = {"2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20"};

bool in(const std::vector<Network>& networks, const Address& address) {
  return std::ranges::any_of(networks, [&](const Network& network) { return network.holds(address); });
}

Address v4_at(const Address& address, std::size_t offset) {
  Address result{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  std::memcpy(result.data() + 12, address.data() + offset, 4);
  return result;
}

}  // namespace

bool is_public(const Address& address) {
  static const std::vector<Network> special_v4 = networks(kSpecialV4);
  static const std::vector<Network> special_v6 = networks(kSpecialV6);
  static const Network unicast = *parse_network("2000::/3");
  static const Network six_to_four = *parse_network("2002::/16");
  static const Network nat64 = *parse_network("64:ff9b::/96");
  if (is_v4(address)) return !in(special_v4, address);
  if (nat64.holds(address)) return is_public(v4_at(address, 12));
  if (six_to_four.holds(address)) return is_public(v4_at(address, 2));
  return unicast.holds(address) && !in(special_v6, address);
}

Result<AddressGuard> AddressGuard::parse(const std::vector<std::string>& allowed) {
  AddressGuard guard;
  for (const std::string& entry : allowed) {
    auto network = parse_network(entry);
    if (!network) return fail(Code::invalid_argument, entry + " is no address and no network, as 10.0.0.0/8.");
    guard.allowed_.push_back(*network);
  }
  return guard;
}

bool AddressGuard::admits(const Address& address) const { return is_public(address) || in(allowed_, address); }

}  // namespace homing::webhooks
