// "Tell this device that it has mail." The way to a device that is not connected. What is said is a hint: it may be lost,
// and may come twice. Owned by server/; any I/O thread, the answer comes on the caller's executor.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "model/push.h"

namespace homing {

struct PushMessage {
  std::string text;  // what the device is told; only the device can read it
  std::string topic;  // one that waits with the same topic is replaced; up to 32 characters of base64url, or empty
  std::chrono::seconds keep{24 * 3600};  // how long it may wait for the device
};

struct PushAnswer {
  enum class What {
    taken,  // it is on its way
    gone,  // there is no such address any more: forget it
    later,  // not now: again after `after`
    refused,  // and would be again
  };
  What what = What::taken;
  std::chrono::milliseconds after{0};  // 0: nothing was said
};

class PushGateway {
 public:
  virtual ~PushGateway() = default;

  // What clients need to make an address that this server may use.
  virtual std::string public_key() const = 0;
  // `invalid_argument` says what is wrong with an address.
  virtual Result<void> check(const PushAddress& address) const = 0;
  // `unavailable`: there was no answer.
  virtual Task<Result<PushAnswer>> push(PushAddress address, PushMessage message) = 0;
};

}  // namespace homing
