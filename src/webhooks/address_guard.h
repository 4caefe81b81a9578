// Whom this server may connect to on somebody else's word: the internet, and nothing beside or inside this machine. The
// guard looks at the address that a socket is about to connect to, not at a name, so it does not matter what a name
// means a moment later. Constant after start; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace homing::webhooks {

// Whether this is an address of the public internet. Not: loopback, private, shared (100.64/10), link-local (where clouds
// keep their metadata), documentation, multicast, unspecified, broadcast; nor IPv6 addresses that carry such an IPv4
// address (mapped, 6to4, NAT64) or a tunnel (Teredo).
bool is_public(const Address& address);

class AddressGuard {
 public:
  AddressGuard() = default;  // the public internet only
  // Besides, these: "127.0.0.1", "10.1.0.0/16", "fd00::/8". `invalid_argument` names the first that is neither.
  static Result<AddressGuard> parse(const std::vector<std::string>& allowed);

  bool admits(const Address& address) const;

 private:
  std::vector<Network> allowed_;
};

}  // namespace homing::webhooks
