// What every Inbox does.
#include <algorithm>

#include "suite.h"

namespace homing::test {
namespace {

bool is_event(const Notice& notice, const Envelope& envelope) {
  const auto* arrived = std::get_if<EventArrived>(&notice.news);
  return arrived != nullptr && arrived->event == EventRef{envelope.conversation, envelope.seq, envelope.commit} &&
         notice.at == Cursor::at(envelope.commit);
}

bool is_marks(const Notice& notice, ConversationId conversation) {
  return notice.news == News{MarksMoved{conversation}};
}

TEST_P(InboxSuite, EventsStandAtTheirCommits) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1"), two = say(id, ana, "2");

  post({arrived(ana.account, one, Own::yes), arrived(ben.account, one), arrived(ben.account, two)});

  auto hers = notices(ana.account), his = notices(ben.account);
  ASSERT_EQ(hers.size(), 1u);
  EXPECT_TRUE(is_event(hers[0], one));
  EXPECT_EQ(std::get<EventArrived>(hers[0].news).own, Own::yes);
  ASSERT_EQ(his.size(), 2u);
  EXPECT_TRUE(is_event(his[0], one));
  EXPECT_TRUE(is_event(his[1], two));
  EXPECT_EQ(std::get<EventArrived>(his[1].news).own, Own::no);
}

TEST_P(InboxSuite, TheSameEventTwiceIsOnePost) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1");

  post({arrived(ben.account, one), arrived(ben.account, one)});
  post({arrived(ben.account, one)});
  flush();
  post({arrived(ben.account, one)});

  EXPECT_EQ(notices(ben.account).size(), 1u);
}

TEST_P(InboxSuite, ReadGivesPagesAfterAPlace) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  std::vector<Envelope> envelopes;
  for (int i = 0; i < 7; ++i) {
    envelopes.push_back(say(id, ana, std::to_string(i)));
    post({arrived(ben.account, envelopes.back())});
    if (i == 3) flush();  // part of it may be read from disk
  }

  auto page = run(inbox().read(ben.account, Cursor::at(envelopes[1].commit), 3));

  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 3u);
  EXPECT_TRUE(is_event(page->items[0], envelopes[2]));
  EXPECT_TRUE(is_event(page->items[2], envelopes[4]));
  EXPECT_EQ(page->more, More::yes);
  page = run(inbox().read(ben.account, Cursor::at(envelopes[4].commit), 2));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items.size(), 2u);
  EXPECT_EQ(page->more, More::no);
  EXPECT_TRUE(notices(ana.account).empty());
}

TEST_P(InboxSuite, MovedMarksStandAfterWhatIsThere) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1");
  post({arrived(ben.account, one)});
  ASSERT_TRUE(run(inbox().set_bookmark(one.commit)));

  post({marks_moved(ben.account, id)});
  Envelope two = say(id, ana, "2");
  post({arrived(ben.account, two)});

  auto his = notices(ben.account);
  ASSERT_EQ(his.size(), 3u);
  EXPECT_TRUE(is_event(his[0], one));
  EXPECT_TRUE(is_marks(his[1], id));
  EXPECT_TRUE(is_event(his[2], two));
}

TEST_P(InboxSuite, MovedMarksReplaceUnreadOnesOfTheSameConversation) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben}), other = talk({ana, ben});
  post({marks_moved(ben.account, id)});
  Cursor before = notices(ben.account).at(0).at;
  post({marks_moved(ben.account, other)});

  post({marks_moved(ben.account, id)});

  auto his = notices(ben.account);
  ASSERT_EQ(his.size(), 2u);
  EXPECT_TRUE(is_marks(his[0], other));
  EXPECT_TRUE(is_marks(his[1], id));
  EXPECT_LT(before, his[0].at);
}

TEST_P(InboxSuite, MovedMarksAreNewsAlsoToWhoSawTheOnesTheyReplace) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  post({marks_moved(ben.account, id)});
  for (int i = 0; i < 5; ++i) {
    if (i == 2) flush();
    Cursor seen = notices(ben.account).back().at;
    post({marks_moved(ben.account, id)});
    auto news = notices(ben.account, seen);
    ASSERT_EQ(news.size(), 1u);
    EXPECT_TRUE(is_marks(news[0], id));
  }
}

TEST_P(InboxSuite, MovedMarksStandBehindTheCursorsOfWhoReadEverything) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1");
  post({arrived(ben.account, one), marks_moved(ben.account, id)});
  Cursor read_all = notices(ben.account).back().at;
  ASSERT_TRUE(run(inbox().move(ben.account, ben.device, read_all)));
  flush();

  post({marks_moved(ben.account, id)});

  ASSERT_EQ(notices(ben.account, read_all).size(), 1u);
  reopen();
  ASSERT_EQ(notices(ben.account, read_all).size(), 1u);
}

// Somebody's marks may move while Delivery is between two inboxes: what it posts next must not land behind a reader.
TEST_P(InboxSuite, MovedMarksStandBeforeEventsThatAreStillBeingPosted) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1");
  post({arrived(ana.account, one, Own::yes)});
  post({marks_moved(ben.account, id)});
  Cursor read = notices(ben.account).back().at;

  post({arrived(ben.account, one)});

  auto his = notices(ben.account, read);
  ASSERT_EQ(his.size(), 1u);
  EXPECT_TRUE(is_event(his[0], one));
}

TEST_P(InboxSuite, ManyMovedMarksDoNotReachTheNextCommit) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1");
  post({arrived(ben.account, one)});
  ASSERT_TRUE(run(inbox().set_bookmark(one.commit)));

  std::vector<Post> posts(5000, marks_moved(ben.account, id));
  post(std::move(posts));

  auto his = notices(ben.account);
  ASSERT_EQ(his.size(), 2u);
  EXPECT_EQ(his[1].at.commit(), one.commit);
}

TEST_P(InboxSuite, CursorsOnlyMoveForward) {
  Person ben = person();
  EXPECT_EQ(run(inbox().cursor(ben.account, ben.device)), Cursor{});

  EXPECT_EQ(run(inbox().move(ben.account, ben.device, Cursor::at(Commit{7}))), Cursor{});
  EXPECT_EQ(run(inbox().move(ben.account, ben.device, Cursor::at(Commit{5}))), Cursor::at(Commit{7}));
  EXPECT_EQ(run(inbox().cursor(ben.account, ben.device)), Cursor::at(Commit{7}));
  reopen();

  EXPECT_EQ(run(inbox().cursor(ben.account, ben.device)), Cursor::at(Commit{7}));
  EXPECT_EQ(run(inbox().move(ben.account, ben.device, Cursor::at(Commit{6}))), Cursor::at(Commit{7}));
}

TEST_P(InboxSuite, WhatOneDeviceHasNotPassedStays) {
  Person ana = person(), ben = person();
  DeviceId tablet = device_of(ben.account);
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1"), two = say(id, ana, "2");
  post({arrived(ben.account, one), arrived(ben.account, two)});

  ASSERT_TRUE(run(inbox().move(ben.account, ben.device, Cursor::at(two.commit))));
  EXPECT_EQ(notices(ben.account).size(), 2u);  // the tablet has never been here
  flush();
  EXPECT_EQ(notices(ben.account).size(), 2u);
  ASSERT_TRUE(run(inbox().move(ben.account, tablet, Cursor::at(one.commit))));
  reopen();

  auto waiting = notices(ben.account, Cursor::at(one.commit));
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_TRUE(is_event(waiting[0], two));
}

TEST_P(InboxSuite, AForgottenDeviceStartsFromNothing) {
  Person ben = person();
  DeviceId tablet = device_of(ben.account);
  ASSERT_TRUE(run(inbox().move(ben.account, tablet, Cursor::at(Commit{7}))));
  flush();

  ASSERT_TRUE(run(inbox().forget(ben.account, tablet)));

  EXPECT_EQ(run(inbox().cursor(ben.account, tablet)), Cursor{});
  reopen();
  EXPECT_EQ(run(inbox().cursor(ben.account, tablet)), Cursor{});
}

TEST_P(InboxSuite, TheBookmarkOnlyMovesForward) {
  EXPECT_EQ(run(inbox().bookmark()), Commit{});
  ASSERT_TRUE(run(inbox().set_bookmark(Commit{9})));
  ASSERT_TRUE(run(inbox().set_bookmark(Commit{4})));
  EXPECT_EQ(run(inbox().bookmark()), Commit{9});

  reopen();

  EXPECT_EQ(run(inbox().bookmark()), Commit{9});
}

// The sentence that makes writing behind safe.
TEST_P(InboxSuite, AfterACrashEverythingUpToTheBookmarkIsThere) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  std::vector<Envelope> envelopes;
  for (int i = 0; i < 30; ++i) {
    Envelope envelope = say(id, ana, std::to_string(i));
    envelopes.push_back(envelope);
    post({arrived(ben.account, envelope)});
    ASSERT_TRUE(run(inbox().set_bookmark(envelope.commit)));
    if (i % 7 == 3) flush();
    if (i % 5 != 4) continue;
    crash();

    Commit bookmark = run(inbox().bookmark()).value();
    auto his = notices(ben.account);
    for (const Envelope& known : envelopes) {
      if (known.commit > bookmark) continue;
      EXPECT_TRUE(std::ranges::any_of(his, [&](const Notice& notice) { return is_event(notice, known); }));
    }
    // Delivery reads on, and all is as it was.
    for (const Envelope& known : envelopes) {
      if (known.commit > bookmark) post({arrived(ben.account, known)});
    }
    EXPECT_EQ(notices(ben.account).size(), envelopes.size());
  }
}

TEST_P(InboxSuite, AfterACrashACursorIsNeverAheadOfWhatWasSaid) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Envelope one = say(id, ana, "1"), two = say(id, ana, "2");
  post({arrived(ben.account, one), arrived(ben.account, two)});
  ASSERT_TRUE(run(inbox().set_bookmark(two.commit)));
  ASSERT_TRUE(run(inbox().move(ben.account, ben.device, Cursor::at(one.commit))));
  flush();
  ASSERT_TRUE(run(inbox().move(ben.account, ben.device, Cursor::at(two.commit))));

  crash();

  auto cursor = run(inbox().cursor(ben.account, ben.device));
  ASSERT_TRUE(cursor);
  EXPECT_GE(*cursor, Cursor::at(one.commit));
  EXPECT_LE(*cursor, Cursor::at(two.commit));
}

}  // namespace
}  // namespace homing::test
