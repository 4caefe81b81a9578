#include "store/rocks/table_pace.h"

#include <algorithm>
#include <thread>

namespace homing::rocks {

TablePace::TablePace(std::int64_t bytes_per_second, std::chrono::microseconds burst)
    : rate_(bytes_per_second), burst_(burst) {}

void TablePace::Request(std::int64_t bytes, rocksdb::Env::IOPriority, rocksdb::Statistics*) {
  std::this_thread::sleep_until(turn_of(bytes));
  bytes_ += bytes;
  ++requests_;
}

TablePace::Clock::time_point TablePace::turn_of(std::int64_t bytes) {
  std::lock_guard lock(mutex_);
  // What was not used is not saved up beyond one burst.
  free_ = std::max(free_, Clock::now() - burst_);
  free_ += std::chrono::nanoseconds(bytes * 1'000'000'000 / rate_);
  return free_;
}

}  // namespace homing::rocks
