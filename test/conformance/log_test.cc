// What every EventLog does.
#include "suite.h"

namespace homing::test {
namespace {

constexpr Partition kPartition{};

bool same(const Envelope& a, const Envelope& b) {
  return a.conversation == b.conversation && a.seq == b.seq && a.commit == b.commit && a.time == b.time &&
         a.device == b.device && a.client_id == b.client_id && a.sealed->bytes == b.sealed->bytes &&
         a.sealed->header == b.sealed->header && a.sealed->hidden_from == b.sealed->hidden_from;
}

TEST_P(LogSuite, TheFirstEventBeginsItsConversation) {
  Person ana = person(), ben = person();
  Draft first = beginning({ana, ben}, "hello");

  auto envelope = run(log().append(first));

  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->seq, Seq{1});
  EXPECT_EQ(envelope->time, clock_.now());
  auto conversation = run(directory().conversation(first.conversation));
  ASSERT_TRUE(conversation);
  EXPECT_EQ((*conversation)->version, Version{1});
  ASSERT_EQ((*conversation)->members.size(), 2u);
  EXPECT_EQ((*conversation)->members[1].since, Seq{1});
  EXPECT_TRUE((*conversation)->members[1].active());
}

TEST_P(LogSuite, SeqsHaveNoGapsAndCommitsGrow) {
  Person ana = person(), ben = person();
  ConversationId one = talk({ana, ben}), two = talk({ana, ben});

  Commit last = all_of(two).back().commit;
  for (std::uint64_t i = 2; i < 20; ++i) {
    Envelope a = say(one, ana, "a"), b = say(two, ben, "b");
    EXPECT_EQ(a.seq, Seq{i});
    EXPECT_EQ(b.seq, Seq{i});
    EXPECT_LT(last, a.commit);
    EXPECT_LT(a.commit, b.commit);
    last = b.commit;
  }
}

TEST_P(LogSuite, AppendsOfOneThreadKeepTheirOrder) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  std::vector<Pending<Result<Envelope>>> pending;
  for (int i = 0; i < 200; ++i) {
    Draft next = draft(id, ana, std::to_string(i));
    pending.push_back(begin(log().append(std::move(next))));
  }

  for (std::size_t i = 0; i < pending.size(); ++i) {
    auto envelope = end(pending[i]);
    ASSERT_TRUE(envelope);
    EXPECT_EQ(envelope->seq.value, i + 2);
  }
}

TEST_P(LogSuite, AgainReturnsTheFirstEnvelope) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "once");
  auto first = run(log().append(message));
  say(id, ben, "in between");
  clock_.pass(std::chrono::hours(1));

  auto second = run(log().append(message));

  ASSERT_TRUE(first && second);
  EXPECT_TRUE(same(*first, *second));
  EXPECT_EQ(run(log().head(id)), Seq{3});
}

TEST_P(LogSuite, AgainReturnsTheFirstEnvelopeAlsoAfterARestartAndACrash) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "once");
  auto first = run(log().append(message));
  ASSERT_TRUE(first);

  crash();
  auto second = run(log().append(message));
  reopen();
  clock_.pass(std::chrono::hours(1));
  auto third = run(log().append(message));
  flush();
  crash();
  auto fourth = run(log().append(message));

  ASSERT_TRUE(second && third && fourth);
  EXPECT_TRUE(same(*first, *second));
  EXPECT_TRUE(same(*first, *third));
  EXPECT_TRUE(same(*first, *fourth));
  EXPECT_EQ(run(log().head(id)), Seq{2});
}

// Stores may find an id to be new by its place among the others of its device.
TEST_P(LogSuite, AgainReturnsTheFirstEnvelopeInWhateverOrderTheClientIdsCome) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  auto numbered = [&](Person from, std::uint8_t number) {
    Draft message = draft(id, from, std::to_string(number));
    message.client_id = ClientId{number};
    return message;
  };
  std::vector<Draft> messages;
  for (std::uint8_t number : {10, 20, 30, 25, 40, 5, 15, 255, 254, 0, 41, 42}) {
    messages.push_back(numbered(ana, number));
    messages.push_back(numbered(ben, static_cast<std::uint8_t>(number ^ 0x55)));
  }
  std::vector<Envelope> first;
  auto all_again = [&] {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      auto again = run(log().append(messages[i]));
      ASSERT_TRUE(again);
      EXPECT_TRUE(same(*again, first[i])) << i;
    }
  };
  for (const Draft& message : messages) {
    auto envelope = run(log().append(message));
    ASSERT_TRUE(envelope);
    first.push_back(*envelope);
    auto again = run(log().append(message));
    ASSERT_TRUE(again);
    EXPECT_TRUE(same(*again, *envelope));
  }

  all_again();
  flush();
  all_again();
  reopen();
  all_again();
  crash();
  all_again();
  for (std::uint8_t number : {200, 1})
    first.push_back(*run(log().append(messages.emplace_back(numbered(ana, number)))));
  all_again();

  EXPECT_EQ(run(log().head(id)).value().value, 1 + messages.size());
}

TEST_P(LogSuite, AClientIdThatTwoDevicesUseNamesTwoMessages) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "mine");
  for (Person other : {ben, Person{ana.account, device_of(ana.account)}}) {
    ASSERT_TRUE(run(log().append(message)));
    Draft same_id = draft(id, other, "theirs");
    same_id.client_id = message.client_id;
    ASSERT_TRUE(run(log().append(same_id)));
  }

  EXPECT_EQ(all_of(id).size(), 4u);
}

TEST_P(LogSuite, TheSameMessageTwiceAtTheSameMomentIsOne) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "once");

  auto a = begin(log().append(message));
  auto b = begin(log().append(message));
  auto first = end(a), second = end(b);

  ASSERT_TRUE(first && second);
  EXPECT_TRUE(same(*first, *second));
  EXPECT_EQ(all_of(id).size(), 2u);
}

TEST_P(LogSuite, AClientIdBelongsToItsDevice) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft hers = draft(id, ana, "text"), his = draft(id, ben, "text");
  his.client_id = hers.client_id;

  auto first = run(log().append(hers)), second = run(log().append(his));

  ASSERT_TRUE(first && second);
  EXPECT_NE(first->seq, second->seq);
}

TEST_P(LogSuite, AClientIdWithOtherBytesIsRefused) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "one");
  ASSERT_TRUE(run(log().append(message)));
  message.sealed = sealed(ana.account, "other");

  auto now = run(log().append(message));
  reopen();
  auto later = run(log().append(message));

  ASSERT_FALSE(now);
  EXPECT_EQ(now.error().code, Code::client_id_reused);
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, Code::client_id_reused);
  EXPECT_EQ(run(log().head(id)), Seq{2});
}

TEST_P(LogSuite, AnOldViewOfTheConversationIsAConflict) {
  Person ana = person(), ben = person(), cy = person();
  ConversationId id = talk({ana, ben});
  Draft late = draft(id, ana, "late");
  Draft change = draft(id, ana, "cy joins");
  change.becomes = **run(directory().conversation(id));
  change.becomes->members.push_back(Membership{cy.account, Role::member, kThisEvent, {}});
  ASSERT_TRUE(run(log().append(change)));

  auto refused = run(log().append(late));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_EQ(run(log().head(id)), Seq{2});
  EXPECT_FALSE(*run(log().find(ana.device, late.client_id)));
}

TEST_P(LogSuite, TheSecondToBeginAConversationHasAConflict) {
  Person ana = person(), ben = person();
  Draft hers = beginning({ana, ben}, "me first"), his = beginning({ben, ana}, "no, me");
  his.conversation = hers.conversation;
  his.becomes->id = hers.conversation;

  auto a = begin(log().append(hers));
  auto b = begin(log().append(his));
  auto first = end(a), second = end(b);

  ASSERT_TRUE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
}

TEST_P(LogSuite, OfTwoChangesAtTheSameMomentOneHasAConflict) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft a = draft(id, ana, "a"), b = draft(id, ben, "b");
  a.becomes = b.becomes = **run(directory().conversation(id));
  a.becomes->name = "a";
  b.becomes->name = "b";

  auto one = begin(log().append(a));
  auto two = begin(log().append(b));
  auto first = end(one), second = end(two);

  ASSERT_TRUE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_EQ((*run(directory().conversation(id)))->name, "a");
  EXPECT_EQ(version_of(id), Version{2});
}

TEST_P(LogSuite, WhatExpectsAConversationThatIsNotThereIsAConflict) {
  Person ana = person();
  Draft message = draft(ConversationId{77}, ana, "anybody?");
  message.expects = Version{5};

  auto refused = run(log().append(message));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
}

TEST_P(LogSuite, AgainIsLookedAtBeforeTheVersion) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "text");
  auto first = run(log().append(message));
  Draft change = draft(id, ana, "renamed");
  change.becomes = **run(directory().conversation(id));
  ASSERT_TRUE(run(log().append(change)));

  auto again = run(log().append(message));

  ASSERT_TRUE(first && again);
  EXPECT_TRUE(same(*first, *again));
}

TEST_P(LogSuite, WhoLeavesLeavesWithThisEvent) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  say(id, ana, "two");
  Draft change = draft(id, ana, "ben goes");
  change.becomes = **run(directory().conversation(id));
  change.becomes->members[1].until = kThisEvent;

  ASSERT_TRUE(run(log().append(change)));
  crash();

  auto conversation = run(directory().conversation(id));
  ASSERT_TRUE(conversation);
  EXPECT_EQ((*conversation)->version, Version{3});
  EXPECT_EQ((*conversation)->members[0].until, Seq{});
  EXPECT_EQ((*conversation)->members[1].since, Seq{1});
  EXPECT_EQ((*conversation)->members[1].until, Seq{3});
}

TEST_P(LogSuite, FindAnswersForTheDevicesOwnIdsOnly) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "text");
  auto envelope = run(log().append(message));
  ASSERT_TRUE(envelope);

  for (int round = 0; round < 2; ++round) {
    auto found = run(log().find(ana.device, message.client_id));
    ASSERT_TRUE(found && *found);
    EXPECT_TRUE(same(**found, *envelope));
    EXPECT_FALSE(*run(log().find(ben.device, message.client_id)));
    EXPECT_FALSE(*run(log().find(ana.device, fresh_client_id())));
    reopen();
  }
}

TEST_P(LogSuite, ReadGivesPagesOldestFirst) {
  Person ana = person(), ben = person();
  ConversationId other = talk({ana, ben}), id = talk({ana, ben});
  for (int i = 2; i <= 10; ++i) say(id, ana, std::to_string(i));
  say(other, ana, "elsewhere");

  for (int round = 0; round < 2; ++round) {
    auto page = run(log().read(id, Seq{3}, Seq{8}, 3));
    ASSERT_TRUE(page);
    ASSERT_EQ(page->items.size(), 3u);
    EXPECT_EQ(page->items.front().seq, Seq{3});
    EXPECT_EQ(page->items.back().seq, Seq{5});
    EXPECT_EQ(page->more, More::yes);
    page = run(log().read(id, Seq{6}, Seq{8}, 3));
    ASSERT_TRUE(page);
    ASSERT_EQ(page->items.size(), 2u);
    EXPECT_EQ(page->items.back().seq, Seq{7});
    EXPECT_EQ(page->more, More::no);
    EXPECT_TRUE(run(log().read(id, Seq{11}, Seq{99}, 3))->items.empty());
    EXPECT_TRUE(run(log().read(ConversationId{4}, Seq{1}, Seq{99}, 3))->items.empty());
    reopen();
  }
}

TEST_P(LogSuite, GetAnswersInTheOrderAskedAndLeavesOutWhatIsNotThere) {
  Person ana = person(), ben = person();
  ConversationId one = talk({ana, ben}), two = talk({ana, ben});
  Envelope a = say(one, ana, "a"), b = say(two, ben, "b");
  EventRef ref_a{one, a.seq, a.commit}, ref_b{two, b.seq, b.commit}, nothing{one, Seq{9}, Commit{999}};

  for (int round = 0; round < 2; ++round) {
    std::vector<EventRef> refs{ref_b, nothing, ref_a};
    auto envelopes = run(log().get(std::move(refs)));
    ASSERT_TRUE(envelopes);
    ASSERT_EQ(envelopes->size(), 2u);
    EXPECT_TRUE(same(envelopes->front(), b));
    EXPECT_TRUE(same(envelopes->back(), a));
    reopen();
  }
}

TEST_P(LogSuite, AnUnknownConversationHasNoHead) { EXPECT_EQ(run(log().head(ConversationId{12345})), Seq{}); }

TEST_P(LogSuite, FollowGivesEverythingInCommitOrder) {
  Person ana = person(), ben = person();
  ConversationId one = talk({ana, ben}), two = talk({ana, ben});
  for (int i = 0; i < 10; ++i) say(i % 3 == 0 ? one : two, ana, std::to_string(i));

  for (int round = 0; round < 2; ++round) {
    std::vector<Envelope> seen;
    Commit after;
    while (seen.size() < 12) {
      auto page = run(log().follow(kPartition, after, 5));
      ASSERT_TRUE(page);
      ASSERT_LE(page->envelopes.size(), 5u);
      ASSERT_LT(after, page->next);
      for (const Envelope& envelope : page->envelopes) {
        EXPECT_LT(after, envelope.commit);
        EXPECT_LE(envelope.commit, page->next);
        seen.push_back(envelope);
      }
      after = page->next;
    }
    ASSERT_EQ(seen.size(), 12u);
    for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_LT(seen[i - 1].commit, seen[i].commit);
    reopen();
  }
}

TEST_P(LogSuite, FollowWaitsForTheNextEvent) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Commit last = all_of(id).back().commit;
  auto one = begin(log().follow(kPartition, last, 10));
  auto two = begin(log().follow(kPartition, last, 10));
  settle();
  ASSERT_FALSE(*one);

  Envelope envelope = say(id, ben, "now");

  for (auto& waiting : {one, two}) {
    auto page = end(waiting);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->envelopes.size(), 1u);
    EXPECT_TRUE(same(page->envelopes.front(), envelope));
    EXPECT_GE(page->next, envelope.commit);
  }
}

TEST_P(LogSuite, AWaitingFollowerDiesWithTheStore) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  auto waiting = begin(log().follow(kPartition, all_of(id).back().commit, 10));
  settle();

  reopen();

  EXPECT_FALSE(*waiting);
  EXPECT_EQ(all_of(id).size(), 1u);
}

TEST_P(LogSuite, AdvanceIsLargerThanEverythingBefore) {
  Person ana = person(), ben = person();
  Commit last = run(log().advance(kPartition)).value();
  for (int round = 0; round < 3; ++round) {
    crash();
    Commit next = run(log().advance(kPartition)).value();
    EXPECT_LT(last, next);
    reopen();
    last = run(log().advance(kPartition)).value();
    EXPECT_LT(next, last);
  }
  ConversationId id = talk({ana, ben});
  EXPECT_LT(last, all_of(id).back().commit);
  Commit after = run(log().advance(kPartition)).value();
  EXPECT_LT(all_of(id).back().commit, after);
}

TEST_P(LogSuite, FollowPassesAnAdvance) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Commit last = all_of(id).back().commit;
  auto waiting = begin(log().follow(kPartition, last, 10));
  settle();

  Commit fresh = run(log().advance(kPartition)).value();

  auto page = end(waiting);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->envelopes.empty());
  EXPECT_EQ(page->next, fresh);
  crash();
  auto again = run(log().follow(kPartition, last, 10));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->envelopes.empty());
  EXPECT_EQ(again->next, fresh);
}

TEST_P(LogSuite, NothingAcknowledgedIsLostInACrash) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  std::vector<Envelope> acknowledged = all_of(id);
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 5; ++i) acknowledged.push_back(say(id, i % 2 == 0 ? ana : ben, std::string(300, 'x')));
    if (round == 2) flush();
    crash();

    auto there = all_of(id);
    ASSERT_EQ(there.size(), acknowledged.size());
    for (std::size_t i = 0; i < there.size(); ++i) {
      EXPECT_TRUE(same(there[i], acknowledged[i]));
      EXPECT_TRUE(same(**run(log().find(there[i].device, there[i].client_id)), acknowledged[i]));
    }
    EXPECT_EQ(run(log().head(id)).value().value, acknowledged.size());
    auto followed = run(log().follow(kPartition, Commit{}, 1000));
    ASSERT_TRUE(followed);
    EXPECT_EQ(followed->envelopes.size(), acknowledged.size());
  }
}

TEST_P(LogSuite, WhoMustNotSeeItIsRemembered) {
  Person ana = person(), ben = person(), cy = person();
  ConversationId id = talk({ana, ben, cy});
  Draft message = draft(id, ana, "not for ben");
  Event event;
  event.header.author = ana.account;
  event.body.bytes = "not for ben";
  message.sealed = wire::seal(event, {ben.account});
  ASSERT_TRUE(run(log().append(message)));

  crash();

  EXPECT_EQ(all_of(id).back().sealed->hidden_from, std::vector<AccountId>{ben.account});
}

}  // namespace
}  // namespace homing::test
