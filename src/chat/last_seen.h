// When a device was last here, and when a person last looked: to the minute, beside the accounts. Written behind: what a
// crash takes is the last half minute. Owned by server/; any thread.
//
//   seen/ACCOUNT/DEVICE    minutes since the epoch
//   here/ACCOUNT           the same, of the person
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/id.h"
#include "base/result.h"
#include "base/task.h"
#include "store/records.h"

namespace homing::chat {

class LastSeen {
 public:
  LastSeen(Records& records, Clock& clock) : records_(records), clock_(clock) {}

  // Now.
  void device_left(AccountId account, DeviceId device);
  void person_left(AccountId account);

  // 0: never, as far as is known.
  Task<Result<Time>> person(AccountId account);
  Task<Result<std::vector<std::pair<DeviceId, Time>>>> devices(AccountId account);
  // The device is no more.
  Task<Result<void>> forget(AccountId account, DeviceId device);

  // Writes what came since the last time.
  Task<Result<void>> flush();
  // Does so every half minute until its io_context ends. On one thread only.
  Task<void> run();

 private:
  using Minutes = std::int64_t;
  void note(std::string name);
  std::optional<Minutes> noted(const std::string& name) const;

  Records& records_;
  Clock& clock_;
  Guarded<std::map<std::string, Minutes>> fresh_;  // not written yet
};

}  // namespace homing::chat
