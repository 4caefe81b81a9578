// Which address a request comes from when reverse proxies stand in between. A proxy appends the address that it was
// asked from to X-Forwarded-For; everything further left was written by whoever asked it. So the client is the rightmost
// address that is no trusted proxy, and only if the connection itself comes from one. Constant after start; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace homing::edge {

// An address of either kind; IPv4 as ::ffff:a.b.c.d.
using Address = std::array<std::uint8_t, 16>;
// "192.0.2.1", "2001:db8::1".
std::optional<Address> parse_address(std::string_view text);

class Proxies {
 public:
  Proxies() = default;  // none
  // "10.0.0.1", "10.0.0.0/8", "fd00::/8". `invalid_argument` names the first that is neither.
  static Result<Proxies> parse(const std::vector<std::string>& written);

  bool trusts(const Address& address) const;
  // Where the request comes from. What cannot be read ends the search: the proxy that passed it on is taken for the client.
  std::string client(std::string peer, std::string_view forwarded_for) const;

 private:
  struct Network {
    Address base{};
    unsigned bits = 128;  // that must be the same
  };
  std::vector<Network> networks_;
};

}  // namespace homing::edge
