#include "chat/turns.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "base/manual_clock.h"

namespace homing::chat {
namespace {

using namespace std::chrono_literals;

constexpr TurnLimits kLimits{4, 64, 64, 20s};

class TurnsTest : public testing::Test {
 protected:
  using Taken = Result<Turn>;
  // Nothing yet: it waits.
  std::shared_ptr<std::optional<Taken>> take(std::uint64_t account) {
    auto taken = std::make_shared<std::optional<Taken>>();
    boost::asio::co_spawn(io_, turns_.take(AccountId{account}),
                          [taken](std::exception_ptr, Taken turn) { taken->emplace(std::move(turn)); });
    pass(0ms);
    return taken;
  }
  static bool has(const std::shared_ptr<std::optional<Taken>>& taken) { return *taken && **taken; }
  void pass(std::chrono::milliseconds duration) {
    clock_.pass(duration);
    io_.restart();
    io_.poll();
  }

  ManualClock clock_;
  Turns turns_{clock_, kLimits};
  boost::asio::io_context io_{1};
};

TEST_F(TurnsTest, AnAccountWaitsForItselfAndNotForOthers) {
  std::vector<std::shared_ptr<std::optional<Taken>>> first;
  for (std::size_t i = 0; i < kLimits.of_account; ++i) first.push_back(take(1));
  for (const auto& turn : first) EXPECT_TRUE(has(turn));
  auto fifth = take(1);
  EXPECT_FALSE(*fifth);
  EXPECT_TRUE(has(take(2)));

  first.pop_back();
  pass(0ms);
  EXPECT_TRUE(has(fifth)) << "at once";
}

TEST_F(TurnsTest, WaitingHasAnEndAndALimit) {
  std::vector<std::shared_ptr<std::optional<Taken>>> taken;
  for (std::size_t i = 0; i < kLimits.of_account + kLimits.waiting_of_account; ++i) taken.push_back(take(1));
  EXPECT_FALSE(*taken.back());
  auto beyond = take(1);
  ASSERT_TRUE(*beyond);
  EXPECT_EQ((*beyond)->error().code, Code::rate_limited);

  pass(*kLimits.wait - 1ms);
  EXPECT_FALSE(*taken.back());
  pass(1ms);
  ASSERT_TRUE(*taken.back());
  EXPECT_EQ((*taken.back())->error().code, Code::rate_limited);
  EXPECT_FALSE(*take(1)) << "it waits again";
}

TEST_F(TurnsTest, AllTogetherHaveALimitToo) {
  std::vector<std::shared_ptr<std::optional<Taken>>> taken;
  for (std::size_t i = 0; i < kLimits.of_all; ++i) taken.push_back(take(1 + i / kLimits.of_account));
  for (const auto& turn : taken) EXPECT_TRUE(has(turn));
  auto next = take(1000), last = take(999);
  EXPECT_FALSE(*next);
  taken.pop_back();
  pass(0ms);
  EXPECT_TRUE(has(next)) << "who came first";
  EXPECT_FALSE(*last);
  taken.clear();
  pass(0ms);
  EXPECT_TRUE(has(last));
}

TEST_F(TurnsTest, WithoutALimitSomebodyWaitsAsLongAsItTakes) {
  Turns patient(clock_, {.of_account = 1});
  std::vector<Taken> turns;
  for (int i = 0; i < 3; ++i) {
    boost::asio::co_spawn(io_, patient.take(AccountId{1}),
                          [&](std::exception_ptr, Taken turn) { turns.push_back(std::move(turn)); });
  }
  pass(0ms);
  EXPECT_EQ(turns.size(), 1u);
  pass(1h);
  EXPECT_EQ(turns.size(), 1u);
  for (std::size_t i = 0; i < 2; ++i) {
    turns[i]->reset();
    pass(0ms);
    EXPECT_EQ(turns.size(), i + 2);
  }
}

}  // namespace
}  // namespace homing::chat
