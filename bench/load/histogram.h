// Latencies with a relative error of at most 1/32, in 2 KiB words: what matters is p99.9, not the mean. Value; one thread.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace homing::load {

class Histogram {
 public:
  void add(std::int64_t ns) {
    ++counts_[slot(ns < 0 ? 0 : static_cast<std::uint64_t>(ns))];
    ++total_;
  }
  std::uint64_t count() const { return total_; }
  void clear() { *this = Histogram{}; }

  // The smallest value that at least this share of all values does not exceed, in milliseconds; 0 when empty.
  double ms(double share) const {
    if (total_ == 0) return 0;
    auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > wanted || seen == total_) return static_cast<double>(upper(i)) / 1e6;
    }
    return 0;
  }

 private:
  // The upper bits of a value choose the slot: 32 slots for each power of two.
  static constexpr unsigned kBits = 5;
  static std::size_t slot(std::uint64_t value) {
    if (value < (1u << (kBits + 1))) return static_cast<std::size_t>(value);
    unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return (std::size_t{shift} << kBits) + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t upper(std::size_t slot) {
    if (slot < (1u << (kBits + 1))) return slot;
    std::size_t shift = (slot >> kBits) - 1;
    return (((slot & ((1u << kBits) - 1)) | (1u << kBits)) + 1) << shift;
  }

  std::array<std::uint64_t, (64 << kBits)> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace homing::load
