#include "chat/ticks.h"

#include <gtest/gtest.h>

namespace homing::chat {
namespace {

constexpr AccountId kAna{1}, kBen{2}, kCy{3};

Conversation trio() {
  Conversation conversation;
  conversation.kind = ConversationKind::group;
  for (AccountId account : {kAna, kBen, kCy})
    conversation.members.push_back(Membership{account, Role::member, Seq{1}, {}});
  return conversation;
}

std::vector<MemberReceipt> delivered(std::uint64_t ana, std::uint64_t ben, std::uint64_t cy) {
  return {{kAna, {Seq{ana}, {}, {}}}, {kBen, {Seq{ben}, {}, {}}}, {kCy, {Seq{cy}, {}, {}}}};
}

TEST(Ticks, ViewerSeesTheLowestOfTheOthers) {
  Lowest low = lowest(trio(), delivered(2, 5, 7), &Receipt::delivered);
  EXPECT_EQ(low.without(kAna), Seq{5});
  EXPECT_EQ(low.without(kBen), Seq{2});
  EXPECT_EQ(low.without(kCy), Seq{2});
}

TEST(Ticks, TwoAtTheLowestHoldEachOther) {
  Lowest low = lowest(trio(), delivered(2, 2, 7), &Receipt::delivered);
  EXPECT_EQ(low.without(kAna), Seq{2});
  EXPECT_EQ(low.without(kBen), Seq{2});
}

TEST(Ticks, SilentMembersCount) {
  std::vector<MemberReceipt> marks{{kBen, {Seq{5}, {}, {}}}};
  EXPECT_EQ(lowest(trio(), marks, &Receipt::delivered).without(kAna), Seq{0});
}

TEST(Ticks, NewcomersDoNotHoldBackWhatCameBefore) {
  Conversation conversation = trio();
  conversation.members[2].since = Seq{10};
  Lowest low = lowest(conversation, delivered(9, 9, 0), &Receipt::delivered);
  EXPECT_EQ(low.without(kAna), Seq{9});
}

TEST(Ticks, WhoLeftIsNotWaitedFor) {
  Conversation conversation = trio();
  conversation.members[2].until = Seq{4};
  EXPECT_EQ(lowest(conversation, delivered(9, 8, 0), &Receipt::delivered).without(kAna), Seq{8});
}

TEST(Ticks, OneselfFollowsOnesOwnDevices) {
  Conversation conversation = trio();
  conversation.members.resize(1);
  EXPECT_EQ(lowest(conversation, delivered(4, 0, 0), &Receipt::delivered).without(kAna), Seq{4});
}

TEST(Ticks, MovedMarksAreCountedInLargeGroups) {
  Conversation conversation;
  std::vector<MemberReceipt> marks;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    conversation.members.push_back(Membership{AccountId{i}, Role::member, Seq{1}, {}});
    marks.push_back(MemberReceipt{AccountId{i}, {Seq{i == 50 ? 3u : 6u}, {}, {}}});
  }
  EXPECT_EQ(lowest(conversation, marks, &Receipt::delivered).without(AccountId{1}), Seq{3});
  Lowest after = lowest(conversation, marks, &Receipt::delivered, AccountId{50}, Receipt{Seq{5}, {}, {}});
  EXPECT_EQ(after.without(AccountId{1}), Seq{5});
  EXPECT_EQ(after.without(AccountId{50}), Seq{6});
}

}  // namespace
}  // namespace homing::chat
