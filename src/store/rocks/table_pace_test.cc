#include "store/rocks/table_pace.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace homing::rocks {
namespace {

using std::chrono::milliseconds;
constexpr auto kHigh = rocksdb::Env::IO_HIGH;
constexpr auto kLow = rocksdb::Env::IO_LOW;

TEST(TablePace, WritesMayNotBeFasterAndReadsAreNotItsBusiness) {
  TablePace pace(1'000'000, milliseconds(10));
  EXPECT_EQ(pace.GetSingleBurstBytes(), 10'000);
  EXPECT_EQ(pace.GetBytesPerSecond(), 1'000'000);
  EXPECT_TRUE(pace.IsRateLimited(rocksdb::RateLimiter::OpType::kWrite));
  EXPECT_FALSE(pace.IsRateLimited(rocksdb::RateLimiter::OpType::kRead));

  auto begin = TablePace::Clock::now();
  for (int i = 0; i < 10; ++i) pace.Request(10'000, kHigh, nullptr);
  auto took = TablePace::Clock::now() - begin;

  EXPECT_GE(took, milliseconds(90));  // ten of ten milliseconds, the first from what was saved up
  EXPECT_EQ(pace.GetTotalBytesThrough(rocksdb::Env::IO_TOTAL), 100'000);
  EXPECT_EQ(pace.GetTotalRequests(rocksdb::Env::IO_TOTAL), 10);
}

TEST(TablePace, WhatWasNotUsedIsNotSavedUp) {
  TablePace pace(1'000'000, milliseconds(10));
  std::this_thread::sleep_for(milliseconds(60));

  auto begin = TablePace::Clock::now();
  for (int i = 0; i < 5; ++i) pace.Request(10'000, kHigh, nullptr);

  EXPECT_GE(TablePace::Clock::now() - begin, milliseconds(40));
}

// The test ends: nobody waits for another one's wake-up.
TEST(TablePace, NobodyWaitsForEver) {
  TablePace pace(1'000'000'000, std::chrono::microseconds(10));
  std::vector<std::thread> threads;
  for (auto priority : {kHigh, kLow, kHigh, kLow}) {
    threads.emplace_back([&pace, priority] {
      for (int i = 0; i < 2000; ++i) pace.Request(1000, priority, nullptr);
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(pace.GetTotalRequests(rocksdb::Env::IO_TOTAL), 8000);
}

TEST(TablePace, OneRequestBehindTheOther) {
  TablePace pace(1'000'000, milliseconds(10));
  auto begin = TablePace::Clock::now();
  std::thread other([&pace] {
    for (int i = 0; i < 5; ++i) pace.Request(10'000, kLow, nullptr);
  });
  for (int i = 0; i < 5; ++i) pace.Request(10'000, kHigh, nullptr);
  other.join();

  EXPECT_GE(TablePace::Clock::now() - begin, milliseconds(90));
}

}  // namespace
}  // namespace homing::rocks
