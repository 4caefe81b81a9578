// Who this server is to push services: its key, and the token that it signs with it for each of them (RFC 8292). Tokens are
// kept while they are good. Owned by WebPush; any thread.
#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"
#include "push/web_push/curve.h"

namespace homing::web_push {

class ServerIdentity {
 public:
  // `contact`: a mailto: or https: URL of who runs this server.
  ServerIdentity(Key key, std::string contact);

  const std::string& point() const { return point_; }
  // The value of the header Authorization for a service with this origin, e.g. "https://push.example".
  Result<std::string> authorization(const std::string& origin, Time now);

 private:
  struct Token {
    std::string header;
    Time renew;
  };
  const Key key_;
  const std::string contact_;
  const std::string point_;
  Guarded<std::map<std::string, Token>> tokens_;
};

}  // namespace homing::web_push
