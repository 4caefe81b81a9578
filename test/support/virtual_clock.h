// A clock that moves only when its test says so. Sleepers are Asio timers that never fire by themselves: moving the clock
// cancels those that are due. Owned by the test; one thread; outlives the io_context whose coroutines sleep on it.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>

#include "base/clock.h"

namespace homing::test {

class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(Time start) : now_(start) {}

  Time now() const override { return now_; }
  Task<void> sleep(std::chrono::milliseconds duration) override;

  // Moves on and wakes who is due. Whoever sleeps again in response does so from the new time.
  void pass(std::chrono::milliseconds duration);
  // When the first sleeper is due.
  std::optional<Time> next_due() const;

 private:
  Time now_;
  std::multimap<Time, boost::asio::steady_timer*> sleepers_;
};

}  // namespace homing::test
