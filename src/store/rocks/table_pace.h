// How fast RocksDB may write tables, so that a sync of the log never waits behind a whole one. In place of RocksDB's own
// limiter, which in the version of Debian 12 can wait for ever (docs/decisions/0021). Any thread.
#pragma once

#include <rocksdb/rate_limiter.h>

#include <atomic>
#include <chrono>
#include <mutex>

namespace homing::rocks {

class TablePace final : public rocksdb::RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  // At most `bytes_per_second`, and at once no more than `burst` of that time.
  TablePace(std::int64_t bytes_per_second, std::chrono::microseconds burst);

  // Waits until it is this request's turn: requests go one behind the other, each for the time that its bytes take.
  void Request(std::int64_t bytes, rocksdb::Env::IOPriority priority, rocksdb::Statistics* statistics) override;

  void SetBytesPerSecond(std::int64_t bytes_per_second) override { rate_ = bytes_per_second; }
  std::int64_t GetBytesPerSecond() const override { return rate_; }
  std::int64_t GetSingleBurstBytes() const override { return rate_ * burst_.count() / 1'000'000; }
  std::int64_t GetTotalBytesThrough(rocksdb::Env::IOPriority) const override { return bytes_; }
  std::int64_t GetTotalRequests(rocksdb::Env::IOPriority) const override { return requests_; }

 private:
  Clock::time_point turn_of(std::int64_t bytes);

  std::atomic<std::int64_t> rate_;
  const std::chrono::microseconds burst_;
  std::mutex mutex_;
  Clock::time_point free_;  // guarded by it: when all that was asked for has gone through
  std::atomic<std::int64_t> bytes_{0}, requests_{0};
};

}  // namespace homing::rocks
