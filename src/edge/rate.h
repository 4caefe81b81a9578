// How often someone may do something: a bucket per key (an account, a bot, an address) that fills evenly. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"

namespace homing::edge {

// `count` at once, and as many again per `period`.
struct Rate {
  int count = 1;
  std::chrono::milliseconds period{1000};
};

class RateLimit {
 public:
  explicit RateLimit(Rate rate) : rate_(rate) {}

  // `rate_limited`, with the time after which it is allowed again. For the address of a client, the key is its
  // holder_of().
  Result<void> take(const std::string& key, Time now);

 private:
  // Beyond this many keys, full buckets are forgotten; while none is full, new keys share one bucket.
  static constexpr std::size_t kKeysMax = 100'000;

  Rate rate_;
  // The time at which the key's bucket is full again.
  Guarded<std::unordered_map<std::string, Time>> full_at_;
};

// The part of an address that one person holds: all of IPv4, the first 64 bits of IPv6.
std::string holder_of(const std::string& address);

}  // namespace homing::edge
