// What every EventLog keeps, and for how long.
#include "suite.h"

namespace homing::test {
namespace {

constexpr std::chrono::hours kDay{24};

TEST_P(RetentionSuite, ForeverKeepsEverything) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  clock_.pass(10000 * kDay);
  Retention forever{Keep::forever, 1, 1};

  ASSERT_TRUE(run(log().retain(forever, clock_.now())));

  EXPECT_EQ(all_of(id).size(), 1u);
}

TEST_P(RetentionSuite, DaysDropsWhatIsOlder) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "old");
  auto old = run(log().append(message));
  ASSERT_TRUE(old);
  clock_.pass(20 * kDay);
  Envelope young = say(id, ana, "young");
  post({arrived(ben.account, *old), arrived(ben.account, young)});
  ASSERT_TRUE(run(inbox().set_bookmark(young.commit)));
  flush();
  clock_.pass(11 * kDay);
  Retention month{Keep::days, 30, 30};

  auto oldest = run(log().retain(month, clock_.now()));

  ASSERT_TRUE(oldest);
  EXPECT_EQ(*oldest, young.commit);
  for (int round = 0; round < 3; ++round) {
    auto kept = run(log().read(id, Seq{1}, Seq{100}, 1));  // what is gone does not use up the page
    ASSERT_TRUE(kept);
    ASSERT_EQ(kept->items.size(), 1u);
    EXPECT_EQ(kept->items[0].seq, Seq{3});
    EXPECT_EQ(kept->more, More::no);
    EXPECT_FALSE(*run(log().find(ana.device, message.client_id)));
    std::vector<EventRef> refs{{id, old->seq, old->commit}, {id, young.seq, young.commit}};
    EXPECT_EQ(run(log().get(std::move(refs)))->size(), 1u);
    EXPECT_EQ(run(log().head(id)), Seq{3});
    auto followed = run(log().follow(Partition{}, Commit{}, 10));
    ASSERT_TRUE(followed);
    EXPECT_EQ(followed->envelopes.size(), 1u);
    EXPECT_EQ(notices(ben.account, Cursor::at(old->commit)).size(), 1u);
    if (round == 0) {
      reopen();
    } else {
      crash();
    }
  }
}

TEST_P(RetentionSuite, SeqsGoOnWhenEverythingWasDropped) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  for (int i = 0; i < 4; ++i) say(id, ana, "old");
  ASSERT_TRUE(run(inbox().set_bookmark(all_of(id).back().commit)));
  flush();
  clock_.pass(40 * kDay);
  Retention month{Keep::days, 30, 30};
  ASSERT_TRUE(run(log().retain(month, clock_.now())));
  EXPECT_TRUE(all_of(id).empty());

  reopen();

  EXPECT_EQ(run(log().head(id)), Seq{5});
  EXPECT_EQ(say(id, ben, "back again").seq, Seq{6});
  crash();
  EXPECT_EQ(run(log().head(id)), Seq{6});
  auto conversation = run(directory().conversation(id));
  ASSERT_TRUE(conversation);
  EXPECT_EQ((*conversation)->members.size(), 2u);
}

TEST_P(RetentionSuite, DaysKeepsWhatDeliveryHasNotPosted) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  clock_.pass(40 * kDay);
  Retention month{Keep::days, 30, 30};

  ASSERT_TRUE(run(log().retain(month, clock_.now())));

  EXPECT_EQ(all_of(id).size(), 1u);
}

TEST_P(RetentionSuite, DaysKeepsWhatWaitsAsLongAsWhatIsUndelivered) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1");
  post({arrived(ben.account, one)});
  ASSERT_TRUE(run(inbox().set_bookmark(one.commit)));
  Retention week{Keep::days, 7, 30};

  clock_.pass(10 * kDay);
  ASSERT_TRUE(run(log().retain(week, clock_.now())));
  ASSERT_FALSE(all_of(id).empty());
  EXPECT_EQ(all_of(id).back().seq, one.seq);
  clock_.pass(21 * kDay);
  ASSERT_TRUE(run(log().retain(week, clock_.now())));
  EXPECT_TRUE(all_of(id).empty());
}

TEST_P(RetentionSuite, UntilDeliveredKeepsWhatWaits) {
  Person ana = person(), ben = person();
  DeviceId tablet = device_of(ben.account);
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1"), two = say(id, ana, "2"), three = say(id, ana, "3");
  post({arrived(ben.account, one), arrived(ben.account, two), arrived(ben.account, three)});
  ASSERT_TRUE(run(inbox().set_bookmark(three.commit)));
  ASSERT_TRUE(run(inbox().move(ben.account, ben.device, Cursor::at(three.commit))));
  ASSERT_TRUE(run(inbox().move(ben.account, tablet, Cursor::at(one.commit))));
  Retention delivered{Keep::until_delivered, 1, 30};

  auto oldest = run(log().retain(delivered, clock_.now()));

  ASSERT_TRUE(oldest);
  EXPECT_LE(*oldest, two.commit);
  auto kept = all_of(id);
  ASSERT_GE(kept.size(), 2u);
  EXPECT_EQ(kept[kept.size() - 2].seq, two.seq);
  ASSERT_TRUE(run(inbox().move(ben.account, tablet, Cursor::at(three.commit))));
  ASSERT_TRUE(run(log().retain(delivered, clock_.now())));
  EXPECT_TRUE(all_of(id).empty());
}

TEST_P(RetentionSuite, UntilDeliveredWaitsForDevicesThatNeverCame) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1");
  post({arrived(ben.account, one)});
  ASSERT_TRUE(run(inbox().set_bookmark(one.commit)));
  Retention delivered{Keep::until_delivered, 1, 30};

  ASSERT_TRUE(run(log().retain(delivered, clock_.now())));
  EXPECT_EQ(all_of(id).back().seq, one.seq);

  clock_.pass(31 * kDay);
  ASSERT_TRUE(run(log().retain(delivered, clock_.now())));
  EXPECT_TRUE(all_of(id).empty());
}

TEST_P(RetentionSuite, UntilDeliveredKeepsWhatIsNotPostedYet) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1");
  Retention delivered{Keep::until_delivered, 1, 30};

  ASSERT_TRUE(run(log().retain(delivered, clock_.now())));

  EXPECT_EQ(all_of(id).back().seq, one.seq);
}

TEST_P(RetentionSuite, UntilDeliveredDoesNotWaitForRevokedDevices) {
  Person ana = person(), ben = person();
  DeviceId tablet = device_of(ben.account);
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1");
  post({arrived(ben.account, one)});
  ASSERT_TRUE(run(inbox().set_bookmark(one.commit)));
  ASSERT_TRUE(run(inbox().move(ben.account, ben.device, Cursor::at(one.commit))));
  Retention delivered{Keep::until_delivered, 1, 30};
  ASSERT_TRUE(run(log().retain(delivered, clock_.now())));
  ASSERT_EQ(all_of(id).back().seq, one.seq);

  Device ended = **run(directory().device(tablet));
  ended.life = Life::ended;
  ASSERT_TRUE(run(directory().put(ended)));
  ASSERT_TRUE(run(inbox().forget(ben.account, tablet)));
  ASSERT_TRUE(run(log().retain(delivered, clock_.now())));

  EXPECT_TRUE(all_of(id).empty());
}

}  // namespace
}  // namespace homing::test
