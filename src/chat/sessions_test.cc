// Sessions, Chat and Delivery together over the memory store: frames in, frames out.
#include "chat/sessions.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "chat/delivery.h"
#include "store/memory.h"
#include "wire/limits.h"

namespace homing::chat {
namespace {

struct Phone final : Link {
  void send(const wire::ServerFrame& frame) override { frames.push_back(frame); }
  std::size_t pending() const override { return blocked_bytes; }
  void close(CloseCode code, std::string_view) override { closed = code; }

  template <class T>
  std::vector<T> all() const {
    std::vector<T> result;
    for (const auto& frame : frames) {
      if (const T* body = std::get_if<T>(&frame.body)) result.push_back(*body);
    }
    return result;
  }

  std::vector<wire::ServerFrame> frames;
  std::optional<CloseCode> closed;
  std::size_t blocked_bytes = 0;
};

class SessionsTest : public testing::Test {
 protected:
  SessionsTest() {
    sessions_.join();
    for (std::uint64_t id : {1, 2}) add_account(id);
    boost::asio::co_spawn(io_, begin(), boost::asio::detached);
    run();
  }

  void add_account(std::uint64_t id) {
    Account account;
    account.id = AccountId{id};
    account.phone = "+1555123000" + std::to_string(id);
    account.version = 1;
    disk_.accounts[account.id] = std::make_shared<const Account>(account);
    disk_.phones[account.phone] = account.id;
    for (std::uint64_t device : {id * 10, id * 10 + 1}) {
      Device record;
      record.id = DeviceId{device};
      record.account = account.id;
      disk_.devices[record.id] = std::make_shared<const Device>(record);
    }
  }

  Task<void> begin() {
    EXPECT_TRUE(co_await delivery_.catch_up());
    boost::asio::co_spawn(io_, delivery_.run(), boost::asio::detached);
  }

  void run() {
    io_.restart();
    io_.poll();
  }

  SessionId attach(Phone& phone, std::uint64_t account, std::uint64_t device, Cursor cursor = {}) {
    SessionId id = sessions_.open(Caller{AccountId{account}, DeviceId{device}}, phone);
    sessions_.receive(id, wire::ClientFrame{1, wire::Hello{cursor, "test"}});
    run();
    return id;
  }

  void say(SessionId session, std::uint64_t to, std::uint8_t number, const std::string& text) {
    wire::Send send;
    send.to = AccountId{to};
    send.client_id[0] = number;
    send.body.bytes = text;
    wire::ClientFrame frame{100u + number, std::move(send)};
    sessions_.receive(session, std::move(frame));
  }

  boost::asio::io_context io_;
  SystemClock clock_;
  SeededRandom random_{7};
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  Hub hub_;
  Chat chat_{store_, store_, store_, hub_, clock_, random_};
  Delivery delivery_{store_, store_, store_, hub_, clock_};
  Sessions sessions_{0, io_.get_executor(), chat_, hub_, SessionLimits{std::chrono::seconds(60), 200, 20}};
};

TEST_F(SessionsTest, TheEightSteps) {
  Phone ana, ben;
  SessionId from = attach(ana, 1, 10);
  SessionId to = attach(ben, 2, 20);
  ASSERT_EQ(ana.all<wire::Welcome>().size(), 1u);
  ASSERT_EQ(ana.all<wire::CaughtUp>().size(), 1u);

  say(from, 2, 1, "hello");
  run();
  ASSERT_EQ(ana.all<wire::Sent>().size(), 1u);
  auto got = ben.all<wire::Delivery>();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_TRUE(ana.all<wire::Receipts>().empty());

  sessions_.receive(to, wire::ClientFrame{0, wire::Ack{got[0].position}});
  run();
  auto receipts = ana.all<wire::Receipts>();
  ASSERT_EQ(receipts.size(), 1u);
  EXPECT_EQ(receipts[0].delivered_to, Seq{1});
  EXPECT_EQ(receipts[0].read_to, Seq{0});

  sessions_.receive(to, wire::ClientFrame{2, wire::MarkRead{got[0].envelope.conversation, Seq{1}}});
  run();
  receipts = ana.all<wire::Receipts>();
  ASSERT_EQ(receipts.size(), 2u);
  EXPECT_EQ(receipts[1].read_to, Seq{1});
  EXPECT_EQ(ben.all<wire::Done>().size(), 1u);
}

// As large as they may be, with what stands around the words.
TEST_F(SessionsTest, TheNewestConversationsFitIntoOneAnswer) {
  Phone ana;
  SessionId session = attach(ana, 1, 10);
  auto newest = [&] {
    wire::ListConversations list;
    list.newest = true;
    sessions_.receive(session, wire::ClientFrame{7, list});
    run();
    return ana.all<wire::Conversations>().back();
  };
  EXPECT_TRUE(newest().conversations.empty());

  for (std::uint64_t id = 3; id < 9; ++id) {
    add_account(id);
    say(session, id, static_cast<std::uint8_t>(id), std::string(limits::kNewestConversationsBytesMax / 4, 'x'));
    run();
  }

  wire::Conversations list = newest();
  ASSERT_EQ(list.conversations.size(), 3u);
  EXPECT_FALSE(list.next);
  EXPECT_EQ(list.conversations[0].people.at(1).id, AccountId{8});
  EXPECT_EQ(list.conversations[2].people.at(1).id, AccountId{6});

  // One that is larger alone is shown alone.
  say(session, 3, 99, std::string(limits::kNewestConversationsBytesMax + 1, 'x'));
  run();
  EXPECT_EQ(newest().conversations.size(), 1u);
}

TEST_F(SessionsTest, ADeviceThatWasRevokedWhileItConnectedIsClosedAtItsHello) {
  Phone ana;
  Device revoked = *disk_.devices[DeviceId{10}];
  revoked.life = Life::ended;
  disk_.devices[revoked.id] = std::make_shared<const Device>(revoked);

  attach(ana, 1, 10);

  EXPECT_EQ(ana.closed, CloseCode::unauthenticated);
  EXPECT_TRUE(ana.all<wire::Welcome>().empty());
}

TEST_F(SessionsTest, ADeviceOfAnAccountThatEndedWhileItConnectedIsClosedAtItsHello) {
  Phone ana;
  Account ended = *disk_.accounts[AccountId{1}];
  ended.life = Life::ended;
  disk_.accounts[ended.id] = std::make_shared<const Account>(ended);

  attach(ana, 1, 10);

  EXPECT_EQ(ana.closed, CloseCode::unauthenticated);
}

TEST_F(SessionsTest, MessagesTakePlacesInTheOrderTheyCame) {
  Phone ana, ben;
  SessionId from = attach(ana, 1, 10);
  attach(ben, 2, 20);
  for (std::uint8_t i = 1; i <= 15; ++i) say(from, 2, i, std::string(1, static_cast<char>('a' + i)));
  run();
  auto got = ben.all<wire::Delivery>();
  ASSERT_EQ(got.size(), 15u);
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i].envelope.client_id[0], i + 1);
}

TEST_F(SessionsTest, OwnMessagesReachOtherDevicesOnly) {
  Phone phone, laptop;
  SessionId from = attach(phone, 1, 10);
  attach(laptop, 1, 11);
  say(from, 2, 1, "hello");
  run();
  EXPECT_TRUE(phone.all<wire::Delivery>().empty());
  EXPECT_EQ(laptop.all<wire::Delivery>().size(), 1u);
}

TEST_F(SessionsTest, WhatCameWhileAwayComesBeforeCaughtUp) {
  Phone ana;
  SessionId from = attach(ana, 1, 10);
  say(from, 2, 1, "one");
  say(from, 2, 2, "two");
  run();

  Phone ben;
  attach(ben, 2, 20);
  ASSERT_EQ(ben.all<wire::Delivery>().size(), 2u);
  EXPECT_TRUE(std::holds_alternative<wire::CaughtUp>(ben.frames.back().body));
}

TEST_F(SessionsTest, ResumingFromACursorDeliversOnlyWhatIsBehindIt) {
  Phone ana;
  SessionId from = attach(ana, 1, 10);
  say(from, 2, 1, "one");
  say(from, 2, 2, "two");
  run();
  Phone first;
  SessionId session = attach(first, 2, 20);
  Cursor after_one = first.all<wire::Delivery>()[0].position;
  sessions_.close(session);

  Phone again;
  attach(again, 2, 20, after_one);
  ASSERT_EQ(again.all<wire::Delivery>().size(), 1u);
  EXPECT_EQ(again.all<wire::Delivery>()[0].envelope.seq, Seq{2});
}

TEST_F(SessionsTest, SlowLinkCostsACursorNotMemory) {
  Phone ana, ben;
  SessionId from = attach(ana, 1, 10);
  SessionId slow = attach(ben, 2, 20);
  ben.blocked_bytes = 1 << 20;
  for (std::uint8_t i = 1; i <= 10; ++i) say(from, 2, i, "x");
  run();
  EXPECT_TRUE(ben.all<wire::Delivery>().empty());
  ben.blocked_bytes = 0;
  sessions_.writable(slow);
  run();
  EXPECT_EQ(ben.all<wire::Delivery>().size(), 10u);
}

TEST_F(SessionsTest, SecondConnectionOfADeviceReplacesTheFirst) {
  Phone first, second;
  attach(first, 1, 10);
  attach(second, 1, 10);
  EXPECT_EQ(first.closed, CloseCode::session_replaced);
  EXPECT_FALSE(second.closed);
}

TEST_F(SessionsTest, HelloComesFirstAndOnce) {
  Phone early;
  SessionId id = sessions_.open(Caller{AccountId{1}, DeviceId{10}}, early);
  sessions_.receive(id, wire::ClientFrame{1, wire::Ping{}});
  EXPECT_EQ(early.closed, CloseCode::hello_expected);
  Phone twice;
  SessionId other = attach(twice, 2, 20);
  sessions_.receive(other, wire::ClientFrame{2, wire::Hello{}});
  EXPECT_EQ(twice.closed, CloseCode::hello_expected);
}

TEST_F(SessionsTest, TooManyFramesEndTheConnection) {
  Phone ana;
  SessionId id = attach(ana, 1, 10);
  for (int i = 0; i < 19; ++i) sessions_.receive(id, wire::ClientFrame{0, wire::Ping{}});
  EXPECT_FALSE(ana.closed);
  for (int i = 0; i < 5; ++i) sessions_.receive(id, wire::ClientFrame{0, wire::Ping{}});
  EXPECT_EQ(ana.closed, CloseCode::too_fast);
}

TEST_F(SessionsTest, AckBeyondWhatWasSentIsNotBelieved) {
  Phone ana, ben;
  SessionId from = attach(ana, 1, 10);
  SessionId to = attach(ben, 2, 20);
  sessions_.receive(to, wire::ClientFrame{0, wire::Ack{Cursor{~0ull}}});
  run();
  say(from, 2, 1, "hello");
  run();
  EXPECT_EQ(ben.all<wire::Delivery>().size(), 1u);
  EXPECT_TRUE(ana.all<wire::Receipts>().empty());
}

TEST_F(SessionsTest, BadFramesEndTheConnectionOthersAreAnswered) {
  Phone ana;
  SessionId id = attach(ana, 1, 10);
  sessions_.refuse(id, 5, Error{Code::empty_text, {}, {}, {}});
  EXPECT_FALSE(ana.closed);
  ASSERT_EQ(ana.all<Error>().size(), 1u);
  EXPECT_EQ(ana.frames.back().request, 5u);
  sessions_.refuse(id, 0, Error{Code::bad_frame, {}, {}, {}});
  EXPECT_EQ(ana.closed, CloseCode::unsupported_data);
}

TEST_F(SessionsTest, AProfileIsChangedAndShownAtTheNextWelcome) {
  Phone ana;
  SessionId id = attach(ana, 1, 10);
  wire::SetProfile profile{"Ana", "At home in more than one short word", ReadReceipts::hidden};
  sessions_.receive(id, wire::ClientFrame{2, profile});
  run();
  EXPECT_EQ(ana.all<wire::Done>().size(), 1u);

  Phone again;
  attach(again, 1, 11);
  ASSERT_EQ(again.all<wire::Welcome>().size(), 1u);
  EXPECT_EQ(again.all<wire::Welcome>()[0].about, profile.about);
  EXPECT_EQ(again.all<wire::Welcome>()[0].read_receipts, ReadReceipts::hidden);
}

TEST_F(SessionsTest, LeavingSaidAgainAfterReturningGetsTheFirstAnswer) {
  Phone ana, ben;
  SessionId founder = attach(ana, 1, 10);
  SessionId member = attach(ben, 2, 20);
  sessions_.receive(founder, wire::ClientFrame{2, wire::CreateGroup{ClientId{1}, "team", {AccountId{2}}}});
  run();
  ConversationId team = ana.all<wire::Sent>().at(0).conversation;
  sessions_.receive(member, wire::ClientFrame{2, wire::LeaveGroup{ClientId{2}, team}});
  run();
  wire::ChangeMembers back{ClientId{3}, team, {AccountId{2}}, {}, {AccountId{2}}};
  sessions_.receive(founder, wire::ClientFrame{3, back});
  sessions_.receive(founder, wire::ClientFrame{4, wire::LeaveGroup{ClientId{4}, team}});
  run();
  wire::ChangeMembers ana_again{ClientId{5}, team, {AccountId{1}}, {}, {}};
  sessions_.receive(member, wire::ClientFrame{3, ana_again});
  run();

  // Ben is the only admin now: leaving once more would make Ana one, and so be another event.
  sessions_.receive(member, wire::ClientFrame{4, wire::LeaveGroup{ClientId{2}, team}});
  run();
  auto answers = ben.all<wire::Sent>();
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].seq, answers[2].seq);

  wire::ChangeMembers other{ClientId{2}, team, {}, {AccountId{1}}, {}};
  sessions_.receive(member, wire::ClientFrame{5, other});
  run();
  ASSERT_EQ(ben.all<Error>().size(), 1u);
  EXPECT_EQ(ben.all<Error>()[0].code, Code::client_id_reused);
}

TEST_F(SessionsTest, DrainTellsAndCloses) {
  Phone ana;
  attach(ana, 1, 10);
  sessions_.drain(std::chrono::seconds(1), std::chrono::seconds(5));
  EXPECT_EQ(ana.all<wire::GoAway>().size(), 1u);
  EXPECT_EQ(ana.closed, CloseCode::going_away);
}

}  // namespace
}  // namespace homing::chat
