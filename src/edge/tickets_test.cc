#include "edge/tickets.h"

#include <gtest/gtest.h>

#include "base/manual_clock.h"

namespace homing::edge {
namespace {

using namespace std::chrono_literals;

struct Tickets : testing::Test {
  ManualClock clock;
  SeededRandom random{1};
  TicketKeys keys{clock, random};
};

TEST_F(Tickets, OneKeySealsUntilItsLifeIsOver) {
  auto first = keys.sealing();
  clock.pass(kTicketKeyLife - 1ms);
  EXPECT_EQ(keys.sealing().name, first.name);
  clock.pass(1ms);
  auto second = keys.sealing();
  EXPECT_NE(second.name, first.name);
  EXPECT_NE(second.cipher, first.cipher);
  EXPECT_NE(second.mac, first.mac);
}

TEST_F(Tickets, TheFormerKeyOpensAndAsksForANewTicket) {
  auto first = keys.sealing();
  EXPECT_TRUE(keys.opening(first.name.data())->newest);
  clock.pass(2 * kTicketKeyLife - 1ms);
  auto found = keys.opening(first.name.data());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->newest);
  EXPECT_EQ(found->key.cipher, first.cipher);
}

TEST_F(Tickets, AnOldKeyOpensNothing) {
  auto first = keys.sealing();
  clock.pass(2 * kTicketKeyLife);
  EXPECT_FALSE(keys.opening(first.name.data()));
}

TEST_F(Tickets, AKeyIsForgottenWhenTwoYoungerOnesCame) {
  auto first = keys.sealing();
  clock.pass(kTicketKeyLife);
  keys.sealing();
  clock.pass(kTicketKeyLife);
  keys.sealing();
  EXPECT_FALSE(keys.opening(first.name.data()));
}

TEST_F(Tickets, AnUnknownNameOpensNothing) {
  std::array<std::uint8_t, 16> name{};
  EXPECT_FALSE(keys.opening(name.data()));
}

}  // namespace
}  // namespace homing::edge
