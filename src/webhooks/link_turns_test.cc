#include "webhooks/link_turns.h"

#include <gtest/gtest.h>

#include "webhooks/webhooks_fixture.h"

namespace homing::webhooks {
namespace {

using namespace std::chrono_literals;

class LinkTurnsTest : public testing::Test {
 protected:
  using Taken = Result<std::unique_ptr<LinkTurns::Turn>>;
  // Nothing yet: it waits.
  std::shared_ptr<std::optional<Taken>> take(std::uint64_t bot) {
    auto taken = std::make_shared<std::optional<Taken>>();
    boost::asio::co_spawn(io_, turns_.take(AccountId{bot}),
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
  LinkTurns turns_{clock_};
  boost::asio::io_context io_{1};
};

TEST_F(LinkTurnsTest, ABotWaitsForItselfAndNotForOthers) {
  std::vector<std::shared_ptr<std::optional<Taken>>> first;
  for (std::size_t i = 0; i < kLinksPerBotMax; ++i) first.push_back(take(1));
  for (const auto& turn : first) EXPECT_TRUE(has(turn));
  auto fifth = take(1);
  EXPECT_FALSE(*fifth);
  EXPECT_TRUE(has(take(2)));

  first.pop_back();
  pass(100ms);
  EXPECT_TRUE(has(fifth));
}

TEST_F(LinkTurnsTest, WaitingHasAnEndAndALimit) {
  std::vector<std::shared_ptr<std::optional<Taken>>> taken;
  for (std::size_t i = 0; i < kLinksPerBotMax + kLinksWaitingPerBotMax; ++i) taken.push_back(take(1));
  EXPECT_FALSE(*taken.back());
  auto beyond = take(1);
  ASSERT_TRUE(*beyond);
  EXPECT_EQ((*beyond)->error().code, Code::rate_limited);

  pass(kLinkTurnWaitMax);
  ASSERT_TRUE(*taken.back());
  EXPECT_EQ((*taken.back())->error().code, Code::rate_limited);
  EXPECT_FALSE(*take(1)) << "it waits again";
}

TEST_F(LinkTurnsTest, AllBotsTogetherLeaveRoomForWebhooks) {
  std::vector<std::shared_ptr<std::optional<Taken>>> taken;
  for (std::size_t i = 0; i < kLinksMax; ++i) taken.push_back(take(1 + i / kLinksPerBotMax));
  for (const auto& turn : taken) EXPECT_TRUE(has(turn));
  auto next = take(1000);
  EXPECT_FALSE(*next);
  taken.clear();
  pass(100ms);
  EXPECT_TRUE(has(next));
}

}  // namespace
}  // namespace homing::webhooks
