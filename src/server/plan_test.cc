#include "server/plan.h"

#include <gtest/gtest.h>

namespace homing::server {
namespace {

Habits of(std::uint64_t users) {
  Habits habits;
  habits.users = users;
  return habits;
}

TEST(Plan, NobodyNeedsOneMachineAndItsOwnMemory) {
  Plan none = plan(of(0));
  EXPECT_EQ(none.machines, 1u);
  EXPECT_EQ(none.limit, Plan::Limit::none);
  EXPECT_EQ(none.messages_per_second, 0);
  EXPECT_EQ(none.disk_gib, 0);
  EXPECT_NEAR(none.memory_gib * 1024, costs::kServerMib, 0.01);
}

TEST(Plan, TakesTheBusiestHour) {
  Habits habits = of(86'400);
  habits.messages_per_day = 10;
  habits.peak_factor = 3;
  EXPECT_NEAR(plan(habits).messages_per_second, 30, 1e-9);
  EXPECT_NEAR(plan(habits).connections, 86'400 * habits.online_share, 1e-6);
}

TEST(Plan, ProcessorsAreWhatMessagesLoginsAndFilesCost) {
  Habits habits = of(86'400);
  habits.messages_per_day = 1000;
  habits.peak_factor = 1;
  habits.receivers = 1;
  habits.returns_per_day = 0;
  habits.media_share = 0;
  double messages = plan(habits).cores;
  EXPECT_NEAR(messages, 1000 * costs::kMessageUs / 1e6 / costs::kUsedAtPeak, 1e-9);
  habits.receivers = 11;
  EXPECT_NEAR(plan(habits).cores - messages, 1000 * 10 * costs::kFurtherDeliveryUs / 1e6 / costs::kUsedAtPeak, 1e-9);
  habits.receivers = 1;
  habits.returns_per_day = 10;
  EXPECT_NEAR(plan(habits).cores - messages, 10 * costs::kFullLoginUs / 1e6 / costs::kUsedAtPeak, 1e-9);
}

TEST(Plan, DiskIsWhatIsKept) {
  Habits habits = of(1000);
  habits.media_share = 0;
  double month = plan(habits).disk_gib;
  EXPECT_NEAR(month, 1000 * 50 * 30 * costs::kDiskBytesPerMessage / (1024.0 * 1024 * 1024), 1e-9);
  habits.retention_days = 60;
  EXPECT_NEAR(plan(habits).disk_gib, 2 * month, 1e-9);
  habits.media_share = 1;
  habits.media_kib = 1024;
  EXPECT_GT(plan(habits).disk_gib, 1000 * 50 * 60 / 1024.0);
}

TEST(Plan, OneCommitterIsALimit) {
  Habits habits;
  habits.messages_per_day = 1;
  habits.peak_factor = 1;
  habits.online_share = 0;
  habits.returns_per_day = 0;
  habits.media_share = 0;
  auto fits = static_cast<std::uint64_t>(costs::kCommitsPerSecondMax * costs::kUsedAtPeak) * 86'400;
  habits.users = fits;
  EXPECT_EQ(plan(habits).machines, 1u);
  habits.users = fits + 2 * 86'400;
  EXPECT_EQ(plan(habits).machines, 2u);
  EXPECT_EQ(plan(habits).limit, Plan::Limit::commits);
}

TEST(Plan, ConnectionsAndDiskAreLimitsToo) {
  Habits habits = of(2'000'000);
  habits.messages_per_day = 1;
  habits.media_share = 0;
  habits.online_share = 1;
  EXPECT_EQ(plan(habits).machines, 2u);
  EXPECT_EQ(plan(habits).limit, Plan::Limit::connections);
  habits.online_share = 0.1;
  habits.media_share = 1;
  habits.media_kib = 10'000;
  EXPECT_EQ(plan(habits).limit, Plan::Limit::disk);
}

TEST(Plan, SaysWhetherOneMachineHoldsIt) {
  Habits small = of(1000), large = of(2'000'000'000);
  EXPECT_NE(describe(small, plan(small)).find("One machine holds this."), std::string::npos);
  EXPECT_NE(describe(large, plan(large)).find("More than one machine"), std::string::npos);
}

}  // namespace
}  // namespace homing::server
