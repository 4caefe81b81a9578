// Time comes in as a parameter, so that a test can own it.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/task.h"

namespace homing {

// Milliseconds since the unix epoch.
struct Time {
  std::int64_t ms = 0;

  friend constexpr auto operator<=>(Time, Time) = default;
  friend constexpr Time operator+(Time t, std::chrono::milliseconds d) { return Time{t.ms + d.count()}; }
  friend constexpr Time operator-(Time t, std::chrono::milliseconds d) { return Time{t.ms - d.count()}; }
  friend constexpr std::chrono::milliseconds operator-(Time a, Time b) {
    return std::chrono::milliseconds(a.ms - b.ms);
  }
};

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time. May be called from any thread.
  virtual Time now() const = 0;
  // Completes on the awaiting coroutine's executor, not earlier than `duration` from now.
  virtual Task<void> sleep(std::chrono::milliseconds duration) = 0;
};

// The machine's clock and Asio's timers.
class SystemClock final : public Clock {
 public:
  Time now() const override;
  Task<void> sleep(std::chrono::milliseconds duration) override;
};

}  // namespace homing
