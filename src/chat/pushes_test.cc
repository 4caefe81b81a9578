#include "chat/pushes.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "base/manual_clock.h"
#include "events.pb.h"
#include "push.pb.h"
#include "push/memory_push.h"
#include "store/memory.h"
#include "wire/schema.h"
#include "wire/seal.h"

namespace homing::chat {
namespace {

using namespace std::chrono_literals;
using enum PushAnswer::What;
constexpr AccountId kAna{1}, kBen{2};
constexpr DeviceId kPhone{20}, kLaptop{21};
constexpr ConversationId kChat{7};

class PushesTest : public testing::Test {
 protected:
  PushesTest() {
    for (AccountId id : {kAna, kBen}) {
      Account account;
      account.id = id;
      account.phone = "+1555123000" + std::to_string(id.value);
      account.name = id == kAna ? "Ana" : "Ben";
      EXPECT_TRUE(run(store_.put(account)));
    }
    for (DeviceId id : {kPhone, kLaptop}) {
      Device device;
      device.id = id;
      device.account = kBen;
      EXPECT_TRUE(run(store_.put(device)));
    }
  }
  template <class T>
  T run(Task<T> task) {
    auto result = boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future);
    io_.restart();
    io_.run();
    return result.get();
  }
  static PushAddress address(std::string endpoint, Previews previews = Previews::no) {
    return PushAddress{std::move(endpoint), std::string(65, 'k'), std::string(16, 's'), previews};
  }
  void reach(DeviceId device, Previews previews = Previews::no) {
    ASSERT_TRUE(run(pushes_.set(Caller{kBen, device}, address("to " + std::to_string(device.value), previews))));
  }
  // Ana says something; Ben is told by Delivery.
  EventRef say(const std::string& text) {
    Draft draft;
    draft.conversation = kChat;
    draft.device = DeviceId{10};
    draft.client_id[0] = static_cast<std::uint8_t>(++said_);
    v1::Content content;
    content.mutable_text()->set_text(text);
    Event event;
    event.header.author = kAna;
    event.header.mentions = {kBen};
    event.body.bytes = content.SerializeAsString();
    draft.sealed = wire::seal(event);
    if (said_ == 1) {
      Conversation conversation;
      conversation.id = kChat;
      conversation.kind = ConversationKind::group;
      conversation.name = "team";
      conversation.members = {Membership{kAna, Role::admin, kThisEvent, {}},
                              Membership{kBen, Role::member, kThisEvent, {}}};
      draft.becomes = conversation;
    } else {
      draft.expects = Version{1};
    }
    Envelope envelope = run(store_.append(std::move(draft))).value();
    EventRef ref{envelope.conversation, envelope.seq, envelope.commit};
    pushes_.arrived(kBen, ref);
    return ref;
  }
  // As time goes by; how many pushes there were.
  std::size_t after(std::chrono::milliseconds time) {
    gateway_.said.clear();
    clock_.pass(time);
    while (run(pushes_.tell_due())) {}
    return gateway_.said.size();
  }
  v1::PushNotice notice(std::size_t at = 0) const {
    v1::PushNotice notice;
    EXPECT_TRUE(wire::parse(gateway_.said.at(at).second.text, wire::Form::json, notice));
    return notice;
  }

  ManualClock clock_;
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  MemoryPush gateway_;
  Pushes pushes_{{store_, store_, store_, store_, clock_}, gateway_};
  boost::asio::io_context io_;
  int said_ = 0;
};

TEST_F(PushesTest, WhoHasNotFetchedAMessageAfterAWhileIsTold) {
  reach(kPhone);
  EventRef ref = say("hello");

  EXPECT_EQ(after(kPushAfter - 1ms), 0u);
  ASSERT_EQ(after(1ms), 1u);

  EXPECT_EQ(gateway_.said[0].first.endpoint, "to 20");
  EXPECT_EQ(notice().conversation(), kChat.value);
  EXPECT_EQ(notice().seq(), ref.seq.value);
  EXPECT_EQ(notice().text(), "") << "a bare hint";
  EXPECT_EQ(notice().author(), "");
  EXPECT_FALSE(gateway_.said[0].second.topic.empty());
  EXPECT_EQ(after(1h), 0u) << "once";
}

TEST_F(PushesTest, WhoWantsPreviewsReadsThem) {
  reach(kPhone, Previews::yes);
  say("hello");
  ASSERT_EQ(after(kPushAfter), 1u);
  EXPECT_EQ(notice().author(), "Ana");
  EXPECT_EQ(notice().group(), "team");
  EXPECT_EQ(notice().text(), "hello");
  EXPECT_TRUE(notice().mentioned());
}

TEST_F(PushesTest, LongWordsAreCutBetweenCharacters) {
  reach(kPhone, Previews::yes);
  std::string text;
  for (int i = 0; i < 500; ++i) text += "ä";
  say("x" + text);
  ASSERT_EQ(after(kPushAfter), 1u);
  EXPECT_EQ(notice().text().size(), 239u + std::string("…").size());
}

TEST_F(PushesTest, NobodyIsToldWhoHasNoAddress) {
  say("hello");
  EXPECT_EQ(after(kPushAfter), 0u);
}

TEST_F(PushesTest, OnlyTheDeviceThatIsBehindIsTold) {
  reach(kPhone);
  reach(kLaptop);
  EventRef ref = say("hello");
  ASSERT_TRUE(run(store_.move(kBen, kLaptop, Cursor::at(ref.commit))));
  ASSERT_EQ(after(kPushAfter), 1u);
  EXPECT_EQ(gateway_.said[0].first.endpoint, "to 20");
}

TEST_F(PushesTest, WhatWasReadElsewhereIsNotTold) {
  reach(kPhone);
  EventRef ref = say("hello");
  ASSERT_TRUE(run(store_.merge(kChat, kBen, Receipt{ref.seq, ref.seq, ref.seq}, Durable::later)));
  EXPECT_EQ(after(kPushAfter), 0u);
}

TEST_F(PushesTest, SeveralMessagesAreOnePushAboutTheNewest) {
  reach(kPhone);
  say("one");
  clock_.pass(2s);
  EventRef last = say("two");
  ASSERT_EQ(after(3s), 1u);
  EXPECT_EQ(notice().seq(), last.seq.value);
}

TEST_F(PushesTest, AnAddressThatIsGoneIsForgotten) {
  reach(kPhone);
  reach(kLaptop);
  gateway_.answers = {{gone, {}}};
  say("one");
  EXPECT_EQ(after(kPushAfter), 2u);
  say("two");
  EXPECT_EQ(after(kPushAfter), 1u);
  ASSERT_TRUE(run(pushes_.clear(Caller{kBen, kLaptop})));
  say("three");
  EXPECT_EQ(after(kPushAfter), 0u);
  EXPECT_EQ(pushes_.metrics().gone, 1u);
}

TEST_F(PushesTest, ARevokedDeviceIsNotTold) {
  reach(kPhone);
  Device device = *run(store_.device(kPhone)).value();
  device.life = Life::ended;
  ASSERT_TRUE(run(store_.put(device)));
  say("hello");
  EXPECT_EQ(after(kPushAfter), 0u);
}

TEST_F(PushesTest, AServiceThatIsBusyIsAskedAgainAfterItsPauseAndOthersAreNot) {
  reach(kPhone);
  reach(kLaptop);
  gateway_.answers = {{later, 120s}};
  say("hello");
  EXPECT_EQ(after(kPushAfter), 2u);
  EXPECT_EQ(after(119s), 0u);
  ASSERT_EQ(after(1s), 1u);
  EXPECT_EQ(gateway_.said[0].first.endpoint, "to 20");
  EXPECT_EQ(after(1h), 0u);
}

TEST_F(PushesTest, AServiceThatIsNeverReadyIsGivenUp) {
  reach(kPhone);
  for (int i = 0; i < 20; ++i) gateway_.answers.push_back({later, {}});
  say("hello");
  std::size_t attempts = 0;
  for (int i = 0; i < 50; ++i) attempts += after(kPushAgainMax);
  EXPECT_EQ(attempts, static_cast<std::size_t>(kPushAttemptsMax));
}

TEST_F(PushesTest, WhatFailsForGoodIsNotSaidAgain) {
  reach(kPhone);
  gateway_.answers = {{refused, {}}};
  say("hello");
  EXPECT_EQ(after(kPushAfter), 1u);
  EXPECT_EQ(after(1h), 0u);
}

TEST_F(PushesTest, AddressesOutliveTheServer) {
  reach(kPhone);
  Pushes again{{store_, store_, store_, store_, clock_}, gateway_};
  ASSERT_TRUE(run(again.load()));
  EventRef ref = say("hello");
  again.arrived(kBen, ref);
  clock_.pass(kPushAfter);
  EXPECT_TRUE(run(again.tell_due()));
}

TEST_F(PushesTest, ANewAddressReplacesTheOneBeforeAndABadOneDoesNot) {
  reach(kPhone);
  EXPECT_EQ(run(pushes_.set(Caller{kBen, kPhone}, address(""))).error().code, Code::invalid_argument);
  ASSERT_TRUE(run(pushes_.set(Caller{kBen, kPhone}, address("elsewhere"))));
  auto told = run(pushes_.test(kBen));
  ASSERT_TRUE(told);
  ASSERT_EQ(told->size(), 1u);
  EXPECT_EQ(told->front().endpoint, "elsewhere");
  EXPECT_EQ(notice().kind(), "test");
}

}  // namespace
}  // namespace homing::chat
