#include <gtest/gtest.h>

#include "chat/rules.h"
#include "wire/limits.h"

namespace homing::rules {
namespace {

constexpr AccountId kAna{1}, kBen{2}, kCy{3}, kDan{4};
constexpr Time kNow{1'000};
const std::string kCode = "0000000000000009AAAAAAAAAAAAAAAAAAAAAA";

Conversation team() {
  Conversation conversation;
  conversation.id = ConversationId{9};
  conversation.kind = ConversationKind::group;
  conversation.members = {Membership{kAna, Role::admin, Seq{1}, {}}, Membership{kBen, Role::member, Seq{1}, {}}};
  conversation.version = Version{1};
  conversation.link = kCode;
  return conversation;
}
Conversation careful_team() {
  Conversation conversation = team();
  conversation.approval = Approval::needed;
  return conversation;
}
wire::ChangeMembers demoting(std::vector<AccountId> accounts) { return {{}, ConversationId{9}, {}, {}, {}, accounts}; }
wire::JoinGroup joining(std::string code = kCode) { return {{}, std::move(code)}; }
wire::ReviewJoins reviewing(std::vector<AccountId> accounts, wire::Decision decision) {
  return {{}, ConversationId{9}, std::move(accounts), decision};
}
template <class What>
wire::ChangeGroup changing(What what) {
  return {{}, ConversationId{9}, what};
}

TEST(GroupRoles, TheLastAdminStaysOne) {
  EXPECT_EQ(change_members(team(), kAna, demoting({kAna})).error().code, Code::last_admin);

  Conversation two = team();
  two.members[1].role = Role::admin;
  auto one = change_members(two, kBen, demoting({kAna}));
  ASSERT_TRUE(one);
  EXPECT_EQ(one->becomes->member(kAna)->role, Role::member);
  EXPECT_EQ(std::get<MembersChanged>(one->event.header.kind).demoted, std::vector{kAna});
  EXPECT_EQ(change_members(two, kBen, demoting({kAna, kBen})).error().code, Code::last_admin);
}

TEST(GroupRoles, NobodyIsDemotedAndSomethingElseAtOnce) {
  wire::ChangeMembers change = demoting({kBen});
  change.promote = {kBen};
  EXPECT_EQ(change_members(team(), kAna, change).error().code, Code::invalid_argument);
  change = demoting({kBen});
  change.remove = {kBen};
  EXPECT_EQ(change_members(team(), kAna, change).error().code, Code::invalid_argument);
}

TEST(GroupRoles, DemotingOneAndMakingAnotherAnAdminPassesTheRoleOn) {
  wire::ChangeMembers change = demoting({kAna});
  change.promote = {kBen};
  EXPECT_TRUE(change_members(team(), kAna, change));
}

TEST(GroupLinks, OnlyTheWholeCodeOpens) {
  EXPECT_TRUE(join_group(team(), kCy, joining(), kNow));
  EXPECT_EQ(join_group(team(), kCy, joining(kCode.substr(1)), kNow).error().code, Code::link_invalid);
  EXPECT_EQ(join_group(team(), kCy, joining({}), kNow).error().code, Code::link_invalid);
  Conversation closed = team();
  closed.link.clear();
  EXPECT_EQ(join_group(closed, kCy, joining({}), kNow).error().code, Code::link_invalid);
  Conversation left = team();
  for (Membership& membership : left.members) membership.until = Seq{2};
  EXPECT_EQ(join_group(left, kCy, joining(), kNow).error().code, Code::link_invalid);
}

TEST(GroupLinks, AFullGroupTakesNobody) {
  Conversation full = team();
  while (full.members.size() + 1 < limits::kGroupMembersMax) {
    full.members.push_back(Membership{AccountId{1000 + full.members.size()}, Role::member, Seq{1}, {}});
  }
  auto last = join_group(full, kCy, joining(), kNow);
  ASSERT_TRUE(last);
  EXPECT_EQ(join_group(*last->becomes, kDan, joining(), kNow).error().code, Code::group_full);
}

TEST(GroupLinks, WhoAsksIsSeenByAdminsOnly) {
  auto asked = join_group(careful_team(), kCy, joining(), kNow);

  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->hidden_from, std::vector{kBen});
  EXPECT_EQ(asked->becomes->requests, (std::vector{JoinRequest{kCy, kNow}}));
  EXPECT_EQ(asked->becomes->member(kCy), nullptr);
  EXPECT_EQ(join_group(*asked->becomes, kCy, joining(), kNow).error().code, Code::already_asked);
}

TEST(GroupLinks, SoManyMayAskAndNoMore) {
  Conversation crowded = careful_team();
  while (crowded.requests.size() + 1 < limits::kJoinRequestsMax) {
    crowded.requests.push_back(JoinRequest{AccountId{1000 + crowded.requests.size()}, kNow});
  }
  auto last = join_group(crowded, kCy, joining(), kNow);
  ASSERT_TRUE(last);
  EXPECT_EQ(join_group(*last->becomes, kDan, joining(), kNow).error().code, Code::too_many_asking);
}

TEST(GroupLinks, WhoWasRemovedAsksUntilThereIsANewLink) {
  Conversation without = *change_members(team(), kAna, {{}, ConversationId{9}, {}, {kBen}, {}})->becomes;
  EXPECT_TRUE(needs_approval(without, kBen));
  EXPECT_FALSE(needs_approval(without, kCy));

  Conversation renewed = *change_group(without, kAna, changing(LinkChange::renew), "new")->becomes;
  EXPECT_FALSE(needs_approval(renewed, kBen));
  EXPECT_EQ(renewed.link, "new");

  Conversation left = *leave_group(team(), kBen, {})->becomes;
  EXPECT_FALSE(needs_approval(left, kBen));
}

TEST(GroupLinks, AllAreLetInOrNobody) {
  Conversation asked = *join_group(careful_team(), kCy, joining(), kNow)->becomes;
  EXPECT_EQ(review_joins(asked, kAna, reviewing({kCy, kDan}, wire::Decision::approve)).error().code, Code::not_asked);
  EXPECT_EQ(review_joins(asked, kBen, reviewing({kCy}, wire::Decision::approve)).error().code, Code::not_an_admin);

  auto approved = review_joins(asked, kAna, reviewing({kCy, kCy}, wire::Decision::approve));
  ASSERT_TRUE(approved);
  EXPECT_NE(approved->becomes->member(kCy), nullptr);
  EXPECT_TRUE(approved->becomes->requests.empty());
  EXPECT_TRUE(approved->hidden_from.empty());

  auto rejected = review_joins(asked, kAna, reviewing({kCy}, wire::Decision::reject));
  ASSERT_TRUE(rejected);
  EXPECT_EQ(rejected->becomes->member(kCy), nullptr);
  EXPECT_EQ(rejected->hidden_from, std::vector{kBen});
}

TEST(GroupLinks, OnlyAdminsChangeWhatAGroupShows) {
  for (const wire::ChangeGroup& change : {changing(wire::Description{"x"}), changing(wire::Picture{"7"}),
                                          changing(Approval::needed), changing(LinkChange::renew)}) {
    EXPECT_EQ(change_group(team(), kBen, change, "new").error().code, Code::not_an_admin);
    EXPECT_EQ(change_group(team(), kCy, change, "new").error().code, Code::not_a_member);
    auto done = change_group(team(), kAna, change, "new");
    ASSERT_TRUE(done);
    EXPECT_TRUE(came_of(done->event.header, change));
  }
}

TEST(GroupLinks, APictureAdmitsItsReaders) {
  auto pictured = change_group(team(), kAna, changing(wire::Picture{"7"}), {});
  ASSERT_TRUE(pictured);
  EXPECT_EQ(pictured->event.header.media, std::vector<std::string>{"7"});
  EXPECT_EQ(pictured->becomes->picture, "7");
  EXPECT_FALSE(came_of(pictured->event.header, changing(wire::Picture{"8"})));

  auto bare = change_group(*pictured->becomes, kAna, changing(wire::Picture{}), {});
  ASSERT_TRUE(bare);
  EXPECT_TRUE(bare->event.header.media.empty());
  EXPECT_TRUE(bare->becomes->picture.empty());
}

}  // namespace
}  // namespace homing::rules
