// Which address a request comes from when reverse proxies stand in between. A proxy appends the address that it was
// asked from to X-Forwarded-For; everything further left was written by whoever asked it. So the client is the rightmost
// address that is no trusted proxy, and only if the connection itself comes from one. Constant after start; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace homing::edge {

class Proxies {
 public:
  Proxies() = default;  // none
  // "10.0.0.1", "10.0.0.0/8", "fd00::/8". `invalid_argument` names the first that is neither.
  static Result<Proxies> parse(const std::vector<std::string>& written);

  bool trusts(const Address& address) const;
  // Where the request comes from. What cannot be read ends the search: the proxy that passed it on is taken for the client.
  std::string client(std::string peer, std::string_view forwarded_for) const;

 private:
  std::vector<Network> networks_;
};

}  // namespace homing::edge
