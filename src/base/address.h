// IP addresses and networks as values: who may ask us (edge/proxies.h), and whom we ask (webhooks/address_guard.h).
// Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace homing {

// An address of either kind; IPv4 as ::ffff:a.b.c.d.
using Address = std::array<std::uint8_t, 16>;

// "192.0.2.1", "2001:db8::1".
std::optional<Address> parse_address(std::string_view text);
std::string to_text(const Address& address);
bool is_v4(const Address& address);

struct Network {
  Address base{};
  unsigned bits = 128;  // that must be the same

  bool holds(const Address& address) const;
  friend bool operator==(const Network&, const Network&) = default;
};
// "10.0.0.1", "10.0.0.0/8", "fd00::/8".
std::optional<Network> parse_network(std::string_view text);

}  // namespace homing
