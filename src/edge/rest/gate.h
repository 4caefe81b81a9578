// Who calls, and how often they may: the two limits `api_account` and `api_address` on everything that changes something.
// Owned by Rest; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "chat/accounts.h"
#include "edge/rate.h"
#include "edge/request.h"
#include "model/account.h"

namespace homing::rest {

struct GateLimits {
  edge::Rate account{200, std::chrono::seconds(4)};
  edge::Rate address{1000, std::chrono::seconds(5)};
};

enum class Act { read, write };

class Gate {
 public:
  Gate(chat::Accounts& accounts, Clock& clock, GateLimits limits)
      : accounts_(accounts), clock_(clock), account_(limits.account), address_(limits.address) {}

  // From now on.
  void set(GateLimits limits) {
    account_.set(limits.account);
    address_.set(limits.address);
  }
  // `unauthenticated`, or `rate_limited` with the limit's name as its field.
  Task<Result<Caller>> enter(const edge::Request& request, Act act) {
    return enter(token_of(request), request.peer, act);
  }

 private:
  static std::string token_of(const edge::Request& request);
  Task<Result<Caller>> enter(std::string token, std::string address, Act act);

  chat::Accounts& accounts_;
  Clock& clock_;
  edge::RateLimit account_;
  edge::AddressLimit address_;
};

}  // namespace homing::rest
