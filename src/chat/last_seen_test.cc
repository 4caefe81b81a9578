#include "chat/last_seen.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "base/manual_clock.h"
#include "store/memory.h"

namespace homing::chat {
namespace {

using std::chrono::minutes;
constexpr AccountId kAna{1}, kBen{2};
constexpr DeviceId kPhone{10}, kLaptop{11};

class LastSeenTest : public testing::Test {
 protected:
  template <class T>
  T run(Task<T> task) {
    auto result = boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future);
    io_.restart();
    io_.run();
    return result.get();
  }
  Time person(AccountId account) { return run(seen_->person(account)).value(); }
  Time minute() const { return Time{clock_.now().ms / 60'000 * 60'000}; }
  void restart() { seen_.emplace(store_, clock_); }

  ManualClock clock_;
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  std::optional<LastSeen> seen_{std::in_place, store_, clock_};
  boost::asio::io_context io_;
};

TEST_F(LastSeenTest, NobodyWasSeenBefore) {
  EXPECT_EQ(person(kAna), Time{});
  EXPECT_TRUE(run(seen_->devices(kAna))->empty());
}

TEST_F(LastSeenTest, TheMinuteIsKnownAtOnceAndAfterARestart) {
  clock_.pass(minutes(7));
  seen_->person_left(kAna);
  Time left = minute();
  EXPECT_EQ(person(kAna), left);
  EXPECT_EQ(person(kBen), Time{});

  ASSERT_TRUE(run(seen_->flush()));
  clock_.pass(minutes(9));
  EXPECT_EQ(person(kAna), left);
  restart();
  EXPECT_EQ(person(kAna), left);
}

TEST_F(LastSeenTest, WhatWasNotWrittenIsLost) {
  seen_->person_left(kAna);
  restart();
  EXPECT_EQ(person(kAna), Time{});
}

TEST_F(LastSeenTest, EveryDeviceHasItsOwn) {
  seen_->device_left(kAna, kPhone);
  Time before = minute();
  ASSERT_TRUE(run(seen_->flush()));
  clock_.pass(minutes(3));
  seen_->device_left(kAna, kLaptop);

  auto devices = run(seen_->devices(kAna));

  ASSERT_TRUE(devices);
  std::vector<std::pair<DeviceId, Time>> wanted{{kPhone, before}, {kLaptop, minute()}};
  EXPECT_EQ(*devices, wanted);
  EXPECT_EQ(person(kAna), Time{}) << "who was connected did not have to look";
}

TEST_F(LastSeenTest, ARevokedDeviceIsForgotten) {
  seen_->device_left(kAna, kPhone);
  ASSERT_TRUE(run(seen_->flush()));
  seen_->device_left(kAna, kLaptop);

  ASSERT_TRUE(run(seen_->forget(kAna, kPhone)));
  ASSERT_TRUE(run(seen_->forget(kAna, kLaptop)));

  EXPECT_TRUE(run(seen_->devices(kAna))->empty());
}

TEST_F(LastSeenTest, ManyAreWrittenInSeveralBatches) {
  for (std::uint64_t id = 1; id <= kRecordChangesMax + 10; ++id) seen_->person_left(AccountId{id});
  ASSERT_TRUE(run(seen_->flush()));
  restart();
  EXPECT_EQ(person(AccountId{kRecordChangesMax + 10}), minute());
}

}  // namespace
}  // namespace homing::chat
