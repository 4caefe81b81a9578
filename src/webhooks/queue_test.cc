#include "webhooks/queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhooks/webhooks_fixture.h"

namespace homing::webhooks {
namespace {

using namespace std::chrono_literals;

class QueueTest : public testing::Test {
 protected:
  void bury(std::uint64_t bot, std::uint64_t chat, std::string body) {
    LaneId lane{AccountId{bot}, ConversationId{chat}};
    auto was = run_on(io_, queue_.marks(lane));
    std::vector<Mail> mails{Mail{"message", std::move(body)}};
    ASSERT_TRUE(run_on(io_, queue_.add(lane, *was, was->value_or(LaneMarks{}), mails)));
    auto first = run_on(io_, queue_.first(lane));
    ASSERT_TRUE(run_on(io_, queue_.bury(lane, **first, Tries{(*first)->order, 3, clock_.now(), "no"})));
  }
  std::vector<std::uint64_t> orders(std::uint64_t bot, std::uint64_t chat) {
    std::vector<std::uint64_t> found;
    auto letters = run_on(io_, queue_.dead(AccountId{bot}, LaneId{}, 0, 1000));
    for (const DeadLetter& letter : letters->items) {
      if (letter.lane.conversation == ConversationId{chat}) found.push_back(letter.order);
    }
    return found;
  }

  ManualClock clock_;
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  Queue queue_{store_, clock_};
  boost::asio::io_context io_{1};
};

TEST_F(QueueTest, DeadLettersAreKeptForAMonth) {
  for (int i = 0; i < 20; ++i) bury(7, 1, "old");
  clock_.pass(24h);
  bury(7, 1, "new");
  bury(8, 1, "new");

  clock_.pass(kDeadKept - 24h);
  EXPECT_EQ(run_on(io_, queue_.tidy()), 0u) << "a month to the millisecond";
  clock_.pass(1ms);
  EXPECT_EQ(run_on(io_, queue_.tidy()), 20u);
  EXPECT_THAT(orders(7, 1), testing::ElementsAre(21));
  EXPECT_THAT(orders(8, 1), testing::ElementsAre(1));
}

TEST_F(QueueTest, OfTooManyDeadLettersTheOldestGo) {
  for (int i = 0; i < 20; ++i) {
    bury(7, 1 + i % 2, "body");
    clock_.pass(1s);
  }
  for (int i = 0; i < 3; ++i) bury(8, 1, "body");

  EXPECT_EQ(run_on(io_, queue_.tidy(4)), 16u);
  EXPECT_THAT(orders(7, 1), testing::ElementsAre(9, 10));
  EXPECT_THAT(orders(7, 2), testing::ElementsAre(9, 10));
  EXPECT_EQ(orders(8, 1).size(), 3u) << "each bot has its own";
  EXPECT_EQ(run_on(io_, queue_.tidy(4)), 0u);
}

}  // namespace
}  // namespace homing::webhooks
