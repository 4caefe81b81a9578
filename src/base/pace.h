// Work that comes in a stream costs less in groups: one wake-up, one sync, one system call for many. While jobs come faster
// than `busy_gap` apart, a group begins at least `gather` after the last one began; a lone job never waits.
// Owned by one loop; its thread only.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace homing {

class Pace {
 public:
  using Clock = std::chrono::steady_clock;  // real time: this is about the machine, not about what happens in it
  using Duration = Clock::duration;

  constexpr Pace(Duration gather, Duration busy_gap) : gather_(gather), busy_gap_(busy_gap) {}

  // Whether jobs come in a stream.
  bool busy() const { return gap_ < busy_gap_; }
  // When the next group may begin, if it is busy.
  Clock::time_point next() const { return began_ + gather_; }
  // A group of `jobs` begins at `now`. Without jobs it is only a look: time passes, the stream grows thinner.
  void begin(std::size_t jobs, Clock::time_point now) {
    // One pause does not end a busy time: it counts as a quiet gap, however long it was.
    Duration gap = std::min((now - began_) / static_cast<Clock::rep>(std::max<std::size_t>(jobs, 1)), 16 * busy_gap_);
    gap_ = (gap_ * 7 + gap) / 8;
    began_ = now;
  }

 private:
  Duration gather_;
  Duration busy_gap_;
  Duration gap_ = 16 * busy_gap_;  // between jobs, on average
  Clock::time_point began_;
};

}  // namespace homing
