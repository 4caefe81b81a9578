#include <gtest/gtest.h>

#include "chat/rules.h"
#include "wire/limits.h"
#include "wire/seal.h"

namespace homing::rules {
namespace {

constexpr AccountId kAna{1}, kBen{2}, kCy{3};
constexpr Time kSaid{1'000'000};

Conversation team(ConversationKind kind = ConversationKind::group) {
  Conversation conversation;
  conversation.id = ConversationId{9};
  conversation.kind = kind;
  conversation.members = {Membership{kAna, Role::admin, Seq{1}, {}}, Membership{kBen, Role::member, Seq{3}, {}}};
  conversation.version = Version{1};
  return conversation;
}

Envelope message(AccountId author, std::uint64_t seq = 5) {
  Event event;
  event.header.author = author;
  event.header.media = {"17"};
  event.header.mentions = {kAna};
  event.body.bytes = "helo";
  Envelope envelope;
  envelope.conversation = ConversationId{9};
  envelope.seq = Seq{seq};
  envelope.commit = Commit{seq};
  envelope.time = kSaid;
  envelope.sealed = wire::seal(event);
  return envelope;
}

Envelope changed(Envelope envelope, auto change) {
  Event event{envelope.sealed->header, Body{Encoding::plain, "helo"}};
  change(event.header);
  envelope.sealed = wire::seal(event, envelope.sealed->hidden_from);
  return envelope;
}

wire::EditMessage hello() { return {{}, ConversationId{9}, Seq{5}, Body{Encoding::plain, "hello"}, {kBen}}; }

Result<Verdict> edited(AccountId who, const Envelope& envelope, Time now = kSaid, const Conversation& in = team()) {
  return edit(in, who, hello(), envelope, nullptr, nullptr, now);
}
Result<Verdict> deleted(AccountId who, const Envelope& envelope, Time now = kSaid, const Conversation& in = team()) {
  return delete_for_everyone(in, who, envelope, nullptr, now);
}
Code refusal(const Result<Verdict>& verdict) { return verdict ? Code{} : verdict.error().code; }

TEST(RulesRevise, AnAuthorEditsAndLaterReadersFindIt) {
  auto verdict = edited(kBen, message(kBen));

  ASSERT_TRUE(verdict);
  EXPECT_EQ(std::get<Edited>(verdict->event.header.kind).seq, Seq{5});
  EXPECT_EQ(verdict->event.body.bytes, "hello");
  EXPECT_TRUE(verdict->event.header.media.empty());
  ASSERT_EQ(verdict->revises.size(), 1u);
  const Event& reads = verdict->revises.front().becomes;
  EXPECT_TRUE(std::holds_alternative<Posted>(reads.header.kind));
  EXPECT_EQ(reads.header.edit, kThisEvent);
  EXPECT_EQ(reads.header.media, std::vector<std::string>{"17"});
  EXPECT_EQ(reads.header.mentions, std::vector{kBen});
  EXPECT_EQ(reads.body.bytes, "hello");
}

TEST(RulesRevise, ALaterEditEmptiesTheOneBefore) {
  Envelope before = changed(message(kBen, 6), [](Header& h) { h.kind = Edited{Seq{5}}; });

  auto verdict = edit(team(), kBen, hello(), message(kBen), &before, nullptr, kSaid);

  ASSERT_TRUE(verdict);
  ASSERT_EQ(verdict->revises.size(), 2u);
  EXPECT_EQ(verdict->revises[1].event.seq, Seq{6});
  EXPECT_EQ(verdict->revises[1].becomes.header.edit, kThisEvent);
  EXPECT_TRUE(verdict->revises[1].becomes.body.bytes.empty());
}

TEST(RulesRevise, EditingEndsAfterItsWindow) {
  EXPECT_EQ(refusal(edited(kBen, message(kBen), kSaid + limits::kEditWindow)), Code{});
  Time late = kSaid + limits::kEditWindow + std::chrono::milliseconds(1);
  EXPECT_EQ(refusal(edited(kBen, message(kBen), late)), Code::too_late);
}

TEST(RulesRevise, NobodyEditsForOthersNotEvenAnAdmin) {
  EXPECT_EQ(refusal(edited(kAna, message(kBen))), Code::not_the_author);
  EXPECT_EQ(refusal(edited(kCy, message(kCy))), Code::not_a_member);
}

TEST(RulesRevise, OnlyMessagesThatAreThereAreChanged) {
  Envelope gone = changed(message(kBen), [](Header& h) { h.deleted_by = kAna; });
  Envelope reaction = changed(message(kBen), [](Header& h) { h.kind = Reacted{Seq{3}}; });
  Envelope over = changed(message(kBen), [](Header& h) { h.expires = kSaid; });
  Envelope early = message(kBen, 2);  // before he came

  EXPECT_EQ(refusal(edited(kBen, gone)), Code::message_deleted);
  EXPECT_EQ(refusal(deleted(kBen, gone)), Code::message_deleted);
  EXPECT_EQ(refusal(edited(kBen, reaction)), Code::invalid_argument);
  EXPECT_EQ(refusal(deleted(kBen, reaction)), Code::invalid_argument);
  EXPECT_EQ(refusal(edited(kBen, over)), Code::seq_unknown);
  EXPECT_EQ(refusal(deleted(kBen, early)), Code::seq_unknown);
}

TEST(RulesRevise, AStatusIsDeletedButNotEdited) {
  Conversation feed = team(ConversationKind::status);
  EXPECT_EQ(refusal(edited(kAna, message(kAna), kSaid, feed)), Code::invalid_argument);
  EXPECT_EQ(refusal(deleted(kAna, message(kAna), kSaid, feed)), Code{});
}

TEST(RulesRevise, AnotherEncodingIsRefused) {
  wire::EditMessage sealed = hello();
  sealed.body.encoding = Encoding::mls;
  EXPECT_EQ(refusal(edit(team(), kBen, sealed, message(kBen), nullptr, nullptr, kSaid)), Code::invalid_argument);
}

TEST(RulesRevise, WhoWasNotShownTheMessageIsNotShownItsEdit) {
  Envelope hidden = message(kAna);
  hidden.sealed = wire::seal(Event{hidden.sealed->header, {}}, {kBen});
  Account ben;
  ben.id = kBen;
  Conversation pair = team(ConversationKind::direct);

  auto unblocked = edit(pair, kAna, hello(), hidden, nullptr, &ben, kSaid);
  ben.blocked = {kAna};
  auto blocked = edit(pair, kAna, hello(), message(kAna), nullptr, &ben, kSaid);
  auto twice = edit(pair, kAna, hello(), hidden, nullptr, &ben, kSaid);

  EXPECT_EQ(unblocked->hidden_from, std::vector{kBen});
  EXPECT_EQ(blocked->hidden_from, std::vector{kBen});
  EXPECT_EQ(twice->hidden_from, std::vector{kBen});
}

TEST(RulesRevise, DeletingLeavesNothingOfTheContent) {
  Envelope newest = changed(message(kBen, 6), [](Header& h) { h.kind = Edited{Seq{5}}; });

  auto verdict = delete_for_everyone(team(), kBen, message(kBen), &newest, kSaid);

  ASSERT_TRUE(verdict);
  EXPECT_EQ(std::get<Deleted>(verdict->event.header.kind).seq, Seq{5});
  ASSERT_EQ(verdict->revises.size(), 2u);
  for (const Revision& revision : verdict->revises) {
    EXPECT_EQ(revision.becomes.header.deleted_by, kBen);
    EXPECT_TRUE(revision.becomes.header.media.empty());
    EXPECT_TRUE(revision.becomes.header.mentions.empty());
    EXPECT_TRUE(revision.becomes.body.bytes.empty());
  }
}

TEST(RulesRevise, AuthorsDeleteWithinTheirWindowAndAdminsAtAnyTime) {
  Time last = kSaid + limits::kDeleteWindow, late = last + std::chrono::milliseconds(1);
  EXPECT_EQ(refusal(deleted(kBen, message(kBen), last)), Code{});
  EXPECT_EQ(refusal(deleted(kBen, message(kBen), late)), Code::too_late);
  EXPECT_EQ(refusal(deleted(kAna, message(kBen), late)), Code{});
  EXPECT_EQ(refusal(deleted(kBen, message(kAna))), Code::not_the_author);
}

TEST(RulesRevise, NobodyIsAdminOfADirectConversation) {
  Conversation pair = team(ConversationKind::direct);
  EXPECT_EQ(refusal(deleted(kAna, message(kBen), kSaid, pair)), Code::not_the_author);
}

}  // namespace
}  // namespace homing::rules
