#include "edge/rate.h"

#include <gtest/gtest.h>

namespace homing::edge {
namespace {

using namespace std::chrono_literals;

constexpr Time kStart{1'700'000'000'000};

// How many of very many calls are let through in `duration`, a hundred in each millisecond.
int admitted(RateLimit& limit, Time from, std::chrono::milliseconds duration) {
  int count = 0;
  for (auto past = 0ms; past < duration; past += 1ms) {
    for (int i = 0; i < 100; ++i) count += limit.take("key", from + past).has_value();
  }
  return count;
}

TEST(RateLimit, LetsExactlyAsManyThroughAsItSays) {
  for (int count : {1, 3, 600, 999, 1000, 5000}) {
    RateLimit limit({count, 1000ms});
    for (int i = 0; i < count; ++i) ASSERT_TRUE(limit.take("key", kStart)) << count << " at once, and not " << i;
    EXPECT_FALSE(limit.take("key", kStart)) << count;
    int later = admitted(limit, kStart + 1ms, 2000ms);
    EXPECT_GE(later, 2 * count - 1) << count;
    EXPECT_LE(later, 2 * count + 1) << count;
  }
}

TEST(RateLimit, SaysWhenItIsAllowedAgain) {
  RateLimit limit({5000, 1000ms});
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(limit.take("key", kStart));
  auto refused = limit.take("key", kStart);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().retry_after, 1ms);
  EXPECT_TRUE(limit.take("key", kStart + refused.error().retry_after));
}

TEST(RateLimit, LooksThroughManyKeysOnceASecondOnly) {
  RateLimit limit({1, 500ms});
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(limit.take(std::to_string(i), kStart));
  EXPECT_TRUE(limit.take("a", kStart));
  EXPECT_FALSE(limit.take("b", kStart)) << "new keys share a bucket";
  EXPECT_TRUE(limit.take("c", kStart + 600ms));
  EXPECT_FALSE(limit.take("d", kStart + 600ms)) << "not looked through again yet";
  EXPECT_TRUE(limit.take("e", kStart + 1200ms));
  EXPECT_TRUE(limit.take("f", kStart + 1200ms)) << "room again";
}

}  // namespace
}  // namespace homing::edge
