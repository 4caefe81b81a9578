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

TEST(AddressLimit, ASiteOfIpv6HasOneToo) {
  AddressLimit limit({2, 1000ms});
  auto address = [](int site, int holder) {
    return "2001:db8:" + std::to_string(site) + ":" + std::to_string(holder) + "::1";
  };
  EXPECT_TRUE(limit.take(address(1, 0), kStart));
  EXPECT_TRUE(limit.take(address(1, 0), kStart));
  EXPECT_FALSE(limit.take(address(1, 0), kStart)) << "one holder";
  for (int holder = 1; holder < 16; ++holder) {
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(limit.take(address(1, holder), kStart)) << holder;
  }
  auto refused = limit.take(address(1, 16), kStart);
  ASSERT_FALSE(refused) << "another holder of the same site";
  EXPECT_GT(refused.error().retry_after, 0ms);
  EXPECT_TRUE(limit.take(address(2, 0), kStart)) << "another site";
  for (int last = 1; last < 40; ++last) {
    EXPECT_TRUE(limit.take("192.0.2." + std::to_string(last), kStart)) << "IPv4 has no sites";
    EXPECT_TRUE(limit.take("::ffff:198.51.100." + std::to_string(last), kStart));
  }
}

}  // namespace
}  // namespace homing::edge
