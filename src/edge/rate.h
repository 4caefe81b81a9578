// How often someone may do something: a bucket per key (an account, a bot, an address) that fills evenly. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
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
  explicit RateLimit(Rate rate) { set(rate); }

  // From now on.
  void set(Rate rate) {
    buckets_.with([&](Buckets& buckets) { buckets.rate = rate; });
  }
  // `rate_limited`, with the time after which it is allowed again. For the address of a client: AddressLimit.
  Result<void> take(const std::string& key, Time now);

 private:
  // Beyond this many keys, full buckets are forgotten, which looks at all of them: once in a while only. Until one is
  // forgotten, new keys share one bucket.
  static constexpr std::size_t kKeysMax = 100'000;
  static constexpr std::chrono::seconds kSweepEvery{1};

  // Since the epoch. A step may be far below a millisecond.
  using Moment = std::chrono::nanoseconds;
  struct Buckets {
    Rate rate;
    std::unordered_map<std::string, Moment> full_at;  // when the key's bucket is full again
    Moment swept{0};
  };

  Guarded<Buckets> buckets_;
};

// The part of an address that one person holds: all of IPv4, the first 64 bits of IPv6.
std::string holder_of(const std::string& address);
// What a provider gives to one customer of IPv6, and many holders may be made of: the first 48 bits. Nothing for IPv4.
std::optional<std::string> site_of(const std::string& address);

// How often something may be done from one address. A site of IPv6 may do it kHoldersOfSite times as often as one holder:
// who has a whole one gains that much by it and no more.
class AddressLimit {
 public:
  explicit AddressLimit(Rate rate) : holders_(rate), sites_({rate.count * kHoldersOfSite, rate.period}) {}

  void set(Rate rate) {
    holders_.set(rate);
    sites_.set({rate.count * kHoldersOfSite, rate.period});
  }
  // As RateLimit::take.
  Result<void> take(const std::string& address, Time now);

 private:
  static constexpr int kHoldersOfSite = 16;
  RateLimit holders_;
  RateLimit sites_;
};

}  // namespace homing::edge
