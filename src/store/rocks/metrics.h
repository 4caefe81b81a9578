// What the store counts, as it is at one moment: RocksStore::metrics() adds it up when somebody asks.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace homing::rocks {

// How long something took, as a histogram with few steps. One thread at a time adds, any thread reads.
class Durations {
 public:
  static constexpr std::array<double, 9> kUntilSeconds{0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2};
  struct Counts {
    std::array<std::uint64_t, kUntilSeconds.size()> until{};  // of them, how many took at most so long
    std::uint64_t all = 0;
    double seconds = 0;
  };

  void add(std::chrono::steady_clock::duration took) {
    double seconds = std::chrono::duration<double>(took).count();
    for (std::size_t i = 0; i < kUntilSeconds.size(); ++i) {
      if (seconds <= kUntilSeconds[i]) ++until_[i];
    }
    ++all_;
    nanoseconds_ += static_cast<std::uint64_t>(std::chrono::nanoseconds(took).count());
  }
  Counts counts() const {
    Counts counts;
    for (std::size_t i = 0; i < kUntilSeconds.size(); ++i) counts.until[i] = until_[i];
    counts.all = all_;
    counts.seconds = static_cast<double>(nanoseconds_) / 1e9;
    return counts;
  }

 private:
  std::array<std::atomic<std::uint64_t>, kUntilSeconds.size()> until_{};
  std::atomic<std::uint64_t> all_{0};
  std::atomic<std::uint64_t> nanoseconds_{0};
};

struct Metrics {
  std::uint64_t events = 0;         // committed
  Durations::Counts syncs;          // each makes one group of commits durable
  std::uint64_t recent_hits = 0;    // envelopes asked for and found among the recent ones
  std::uint64_t recent_misses = 0;
  std::uint64_t cold_reads = 0;     // for which a thread of the store waited for the disk
  std::uint64_t index_waiting = 0;  // entries of the index and of client ids that are to be written behind
  std::uint64_t hot_inboxes = 0;    // in memory: they changed or were read a moment ago
  std::uint64_t hot_marks = 0;      // conversations whose marks are
  std::uint64_t bookmark_lag = 0;   // commits that Delivery has not passed
  std::uint64_t table_bytes = 0;    // of tables on disk, without the write-ahead log; at most a few seconds old
  std::uint64_t free_bytes = 0;     // on the disk; at most a second old
  std::uint64_t reserve_bytes = 0;  // with less, writes are refused
  bool refuses_writes = false;
};

}  // namespace homing::rocks
