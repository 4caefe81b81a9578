#include "chat/rules.h"

#include <gtest/gtest.h>

#include "wire/limits.h"

namespace homing::rules {
namespace {

constexpr AccountId kAna{1}, kBen{2}, kCy{3};

Conversation team() {
  Conversation conversation;
  conversation.id = ConversationId{9};
  conversation.kind = ConversationKind::group;
  conversation.members = {Membership{kAna, Role::admin, Seq{1}, {}}, Membership{kBen, Role::member, Seq{1}, {}}};
  conversation.version = Version{1};
  return conversation;
}

Conversation pair() {
  Conversation conversation = team();
  conversation.kind = ConversationKind::direct;
  return conversation;
}

wire::ChangeMembers adding(std::vector<AccountId> accounts) {
  return {{}, ConversationId{9}, std::move(accounts), {}, {}};
}
wire::ChangeMembers removing(std::vector<AccountId> accounts) {
  return {{}, ConversationId{9}, {}, std::move(accounts), {}};
}

TEST(Rules, MembersPost) {
  auto verdict = post(team(), kBen, {}, nullptr);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->event.header.author, kBen);
  EXPECT_FALSE(verdict->becomes);
}

TEST(Rules, StrangersDoNotPost) { EXPECT_EQ(post(team(), kCy, {}, nullptr).error().code, Code::not_a_member); }

TEST(Rules, RemovedMembersDoNotPost) {
  auto verdict = change_members(team(), kAna, removing({kBen}));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(post(*verdict->becomes, kBen, {}, nullptr).error().code, Code::not_a_member);
}

TEST(Rules, EncodingIsFixedAtCreation) {
  wire::Send sealed;
  sealed.body.encoding = Encoding::mls;
  EXPECT_EQ(post(team(), kAna, sealed, nullptr).error().code, Code::invalid_argument);
}

TEST(Rules, WhoBlockedTheAuthorDoesNotGetIt) {
  Account ben;
  ben.id = kBen;
  ben.blocked = {kAna};
  EXPECT_EQ(post(pair(), kAna, {}, &ben)->hidden_from, std::vector{kBen});
  ben.blocked = {kCy};
  EXPECT_TRUE(post(pair(), kAna, {}, &ben)->hidden_from.empty());
}

TEST(Rules, DirectConversationBeginsWithItsTwoMembers) {
  Account ben;
  ben.id = kBen;
  auto verdict = begin_direct(ConversationId{7}, kAna, ben, {}, Time{5});
  ASSERT_TRUE(verdict);
  ASSERT_EQ(verdict->becomes->members.size(), 2u);
  EXPECT_EQ(verdict->becomes->members[1].since, kThisEvent);
}

TEST(Rules, ConversationWithOneselfHasOneMember) {
  Account ana;
  ana.id = kAna;
  EXPECT_EQ(begin_direct(ConversationId{7}, kAna, ana, {}, Time{5})->becomes->members.size(), 1u);
}

TEST(Rules, CreatorIsAdminAndCountsOnce) {
  auto verdict = create_group(ConversationId{9}, kAna, {{}, "team", {kBen, kAna, kBen}}, {}, Time{5});
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->becomes->members.size(), 2u);
  EXPECT_EQ(verdict->becomes->member(kAna)->role, Role::admin);
  EXPECT_EQ(verdict->becomes->member(kBen)->role, Role::member);
}

TEST(Rules, GroupSizeLimitHoldsOnBothSides) {
  wire::CreateGroup request{{}, "many", {}};
  for (std::size_t i = 0; i < limits::kGroupMembersMax - 1; ++i) request.members.push_back(AccountId{100 + i});
  auto full = create_group(ConversationId{9}, kAna, request, {}, Time{5});
  ASSERT_TRUE(full);
  EXPECT_EQ(change_members(*full->becomes, kAna, adding({kBen})).error().code, Code::group_full);
  request.members.push_back(kBen);
  EXPECT_EQ(create_group(ConversationId{9}, kAna, request, {}, Time{5}).error().code, Code::group_full);
}

TEST(Rules, OnlyAdminsChangeAGroup) {
  EXPECT_EQ(change_members(team(), kBen, adding({kCy})).error().code, Code::not_an_admin);
  EXPECT_EQ(rename_group(team(), kBen, {{}, {}, "x"}).error().code, Code::not_an_admin);
  EXPECT_EQ(change_members(team(), kCy, adding({kCy})).error().code, Code::not_a_member);
  EXPECT_EQ(change_members(pair(), kAna, adding({kCy})).error().code, Code::not_a_group);
  EXPECT_EQ(leave_group(pair(), kAna, {}).error().code, Code::not_a_group);
}

TEST(Rules, MembersAreAddedOnceAndRemovedOnce) {
  EXPECT_EQ(change_members(team(), kAna, adding({kBen})).error().code, Code::already_member);
  EXPECT_EQ(change_members(team(), kAna, removing({kCy})).error().code, Code::not_a_member);
  wire::ChangeMembers both = adding({kBen});
  both.remove = {kBen};
  EXPECT_EQ(change_members(team(), kAna, both).error().code, Code::invalid_argument);
}

TEST(Rules, RejoiningIsASecondInterval) {
  Conversation left = *change_members(team(), kAna, removing({kBen}))->becomes;
  for (Membership& membership : left.members) {
    if (membership.until == kThisEvent) membership.until = Seq{4};
  }
  Conversation back = *change_members(left, kAna, adding({kBen}))->becomes;
  for (Membership& membership : back.members) {
    if (membership.since == kThisEvent) membership.since = Seq{8};
  }
  EXPECT_TRUE(back.may_see(kBen, Seq{4}));
  EXPECT_FALSE(back.may_see(kBen, Seq{5}));
  EXPECT_FALSE(back.may_see(kBen, Seq{7}));
  EXPECT_TRUE(back.may_see(kBen, Seq{8}));
}

TEST(Rules, LastAdminsLeavePassesTheRoleOn) {
  auto verdict = leave_group(team(), kAna, {});
  ASSERT_TRUE(verdict);
  EXPECT_EQ(std::get<MembersChanged>(verdict->event.header.kind).promoted, std::vector{kBen});
  EXPECT_EQ(verdict->becomes->member(kBen)->role, Role::admin);
}

Conversation feed() {
  Conversation feed = team();
  feed.kind = ConversationKind::status;
  return feed;
}
constexpr Time kNow{1'000'000};
constexpr Time kDayLater{1'000'000 + 24 * 3600 * 1000};

TEST(Rules, AFirstStatusBeginsTheFeedOfItsAuthor) {
  auto verdict = post_status(ConversationId{9}, nullptr, kAna, {kBen, kCy}, {}, {}, kNow);

  ASSERT_TRUE(verdict && verdict->becomes);
  EXPECT_EQ(verdict->becomes->kind, ConversationKind::status);
  EXPECT_EQ(verdict->becomes->member(kAna)->role, Role::admin);
  EXPECT_EQ(verdict->becomes->active_count(), 3u);
}

TEST(Rules, AStatusEndsAfterADayAtTheLatest) {
  Conversation ana = feed();
  auto end = [&](Time wanted) {
    wire::Send send;
    send.expires = wanted;
    return post_status(ana.id, &ana, kAna, {kBen}, {}, send, kNow)->event.header.expires;
  };
  EXPECT_EQ(end({}), kDayLater);
  EXPECT_EQ(end(kDayLater), kDayLater);
  EXPECT_EQ(end(Time{kDayLater.ms + 1}), kDayLater);
  EXPECT_EQ(end(Time{kDayLater.ms - 1}), Time{kDayLater.ms - 1});
}

TEST(Rules, AStatusIsHiddenFromWhoLeftTheAudienceAndFromWhoBlocks) {
  Conversation ana = feed();
  auto verdict = post_status(ana.id, &ana, kAna, {kCy}, {kCy}, {}, kNow);

  ASSERT_TRUE(verdict && verdict->becomes);
  EXPECT_EQ(verdict->hidden_from, (std::vector{kCy, kBen}));
  EXPECT_EQ(verdict->becomes->member(kBen), nullptr);
  EXPECT_NE(verdict->becomes->member(kCy), nullptr);
}

TEST(Rules, AnUnchangedAudienceLeavesTheFeedAsItIs) {
  Conversation ana = feed();
  EXPECT_FALSE(post_status(ana.id, &ana, kAna, {kBen}, {}, {}, kNow)->becomes);
}

TEST(Rules, AStatusAnswersNothing) {
  wire::Send answer, reaction;
  answer.reply_to = Seq{1};
  reaction.reacted_to = Seq{1};
  EXPECT_EQ(post_status(ConversationId{9}, nullptr, kAna, {}, {}, answer, kNow).error().code, Code::seq_unknown);
  EXPECT_EQ(post_status(ConversationId{9}, nullptr, kAna, {}, {}, reaction, kNow).error().code, Code::seq_unknown);
}

TEST(Rules, ItsAudienceHasALimit) {
  std::vector<AccountId> many;
  for (std::uint64_t i = 0; i < limits::kStatusAudienceMax; ++i) many.push_back(AccountId{100 + i});
  EXPECT_TRUE(post_status(ConversationId{9}, nullptr, kAna, many, {}, {}, kNow));
  many.push_back(AccountId{99});
  EXPECT_EQ(post_status(ConversationId{9}, nullptr, kAna, many, {}, {}, kNow).error().code, Code::group_full);
}

TEST(Rules, OnlyThroughTheirOwnStatusDoPeoplePostInAFeed) {
  EXPECT_EQ(post(feed(), kBen, {}, nullptr).error().code, Code::not_the_author);
  EXPECT_EQ(post(feed(), kAna, {}, nullptr).error().code, Code::not_the_author);
}

TEST(Rules, AReactionIsToWhatOneMaySee) {
  wire::Send send;
  send.reacted_to = Seq{3};
  auto verdict = post(team(), kBen, send, nullptr);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(std::get<Reacted>(verdict->event.header.kind).seq, Seq{3});

  Conversation later = team();
  later.members[1].since = Seq{4};
  EXPECT_EQ(post(later, kBen, send, nullptr).error().code, Code::seq_unknown);
}

TEST(Rules, StrangersCannotLeave) { EXPECT_EQ(leave_group(team(), kCy, {}).error().code, Code::not_a_member); }

}  // namespace
}  // namespace homing::rules
