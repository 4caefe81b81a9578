// What every EventLog does with a draft that revises earlier events.
#include "suite.h"

namespace homing::test {
namespace {

// Other words for an earlier message, as an edit has them.
Revision revised(const Envelope& envelope, const std::string& text) {
  Revision revision;
  revision.event = EventRef{envelope.conversation, envelope.seq, envelope.commit};
  revision.from = envelope.sealed;
  revision.becomes.header = envelope.sealed->header;
  revision.becomes.header.edit = kThisEvent;
  revision.becomes.body.bytes = text;
  return revision;
}

std::string bytes_of(const Envelope& message, Seq edit, const std::string& text) {
  Event event{message.sealed->header, {}};
  event.header.edit = edit;
  event.body.bytes = text;
  return wire::seal(event)->bytes;
}

TEST_P(LogSuite, ARevisedEventReadsOtherwiseEverywhere) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "helo");
  Envelope first = *run(log().append(message));
  Draft edit = draft(id, ana, "hello");
  edit.revises = {revised(first, "hello")};

  auto edited = run(log().append(edit));

  ASSERT_TRUE(edited);
  const std::string now = bytes_of(first, edited->seq, "hello");
  auto check = [&](const char* when) {
    auto read = run(log().read(id, first.seq, Seq{first.seq.value + 1}, 1));
    auto got = run(log().get({EventRef{id, first.seq, first.commit}}));
    auto found = run(log().find(ana.device, message.client_id));
    auto followed = run(log().follow(Partition{}, Commit{first.commit.value - 1}, 1));
    ASSERT_TRUE(read && got && found && *found && followed) << when;
    for (const Envelope& envelope : {read->items.at(0), got->at(0), **found, followed->envelopes.at(0)}) {
      EXPECT_EQ(envelope.sealed->bytes, now) << when;
      EXPECT_EQ(envelope.sealed->header.edit, edited->seq) << when;
      EXPECT_EQ(envelope.time, first.time) << when;
      EXPECT_EQ(envelope.device, first.device) << when;
    }
  };
  check("at once");
  crash();
  check("after a crash");
  reopen();
  check("after a restart");
}

TEST_P(LogSuite, WhoIsHiddenFromARevisedEventStays) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "helo");
  Event event;
  event.header.author = ana.account;
  event.body.bytes = "helo";
  message.sealed = wire::seal(event, {ben.account});
  Envelope first = *run(log().append(message));
  Draft edit = draft(id, ana, "hello");
  edit.revises = {revised(first, "hello")};

  ASSERT_TRUE(run(log().append(edit)));

  EXPECT_EQ(all_of(id).at(1).sealed->hidden_from, std::vector{ben.account});
}

TEST_P(LogSuite, ARevisionOfWhatReadsOtherwiseAlreadyIsAConflictAndChangesNothing) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "one"), two = say(id, ana, "two");
  Draft first = draft(id, ana, "1"), second = draft(id, ana, "2");
  first.revises = {revised(one, "1")};
  second.revises = {revised(two, "2"), revised(one, "2")};

  auto edited = begin(log().append(first)), late = begin(log().append(second));
  ASSERT_TRUE(end(edited));
  auto refused = end(late);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_EQ(all_of(id).at(2).sealed->bytes, two.sealed->bytes);
  EXPECT_EQ(run(log().head(id)), Seq{4});
}

TEST_P(LogSuite, AMessageSaidAgainAfterItWasRevisedIsStillTheFirst) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "helo");
  Envelope first = *run(log().append(message));
  Draft edit = draft(id, ana, "hello");
  edit.revises = {revised(first, "hello")};
  auto edited = run(log().append(edit));

  auto again = run(log().append(message)), edited_again = run(log().append(edit));

  ASSERT_TRUE(again && edited_again);
  EXPECT_EQ(again->seq, first.seq);
  EXPECT_EQ(edited_again->seq, edited->seq);
  EXPECT_EQ(run(log().head(id)), Seq{3});
}

}  // namespace
}  // namespace homing::test
