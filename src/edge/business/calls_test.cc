#include "edge/business/calls.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "events.pb.h"
#include "store/memory.h"

namespace homing::business {
namespace {

namespace asio = boost::asio;

class TestClock final : public Clock {
 public:
  Time now() const override { return time; }
  Task<void> sleep(std::chrono::milliseconds) override { co_return; }
  Time time{1'749'416'383'000};
};

// A bot, another bot and a person, in a store in memory.
class CallsTest : public ::testing::Test {
 protected:
  template <class T>
  T run(Task<T> task) {
    auto done = asio::co_spawn(io_, std::move(task), asio::use_future);
    io_.restart();
    while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io_.run_one();
    return done.get();
  }
  void SetUp() override {
    ana_ = run(accounts_.add("+15551230001", "Ana", "")).value();
    shop_ = know(run(bots_.add("+15551239000", "Shop")).value());
    other_ = know(run(bots_.add("+15551239001", "Other")).value());
  }
  Known know(const NewBot& made) { return run(bots_.authenticate(made.token)).value(); }

  OutgoingMessage text(std::string to = "15551230001") {
    OutgoingMessage message;
    message.input = to;
    message.to = std::move(to);
    v1::Content content;
    content.mutable_text()->set_text("hi");
    message.content = content.SerializeAsString();
    return message;
  }
  Answer<SentMessage> send(OutgoingMessage message, std::string key = {}) {
    return run(calls_.send(shop_, std::move(message), std::move(key), Api::cloud));
  }
  int refusal(OutgoingMessage message) {
    auto sent = send(std::move(message));
    return sent ? 0 : sent.error().code;
  }
  Envelope sent_event(const SentMessage& sent) {
    MessageName name = Wamids(keys_.ids).read(sent.id).value();
    wire::ReadHistory one{name.conversation, Seq{name.seq.value + 1}, 1};
    return run(chat_.history(shop_.caller, one)).value().envelopes.front();
  }
  std::shared_ptr<const Conversation> conversation(ConversationId id) {
    return run(store_.directory().conversation(id)).value();
  }

  TestClock clock_;
  SeededRandom random_{1};
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  chat::Accounts accounts_{store_.log(), store_.directory(), store_.inbox(), clock_, random_, std::nullopt};
  chat::Hub hub_;
  chat::Chat chat_{store_.log(), store_.inbox(), store_.directory(), hub_, clock_, random_};
  Keys keys_ = derive_keys({});
  Bots bots_{store_.shelf(), store_.directory(), accounts_, clock_, random_, keys_};
  Calls calls_{chat_,
               bots_,
               Wamids(keys_.ids),
               random_,
               clock_,
               {},
               {{5, std::chrono::seconds(1)}, {3, std::chrono::minutes(1)}}};
  chat::NewDevice ana_;
  Known shop_, other_;
  asio::io_context io_{1};
};

TEST_F(CallsTest, AMessageGetsANameThatLeadsBackToIt) {
  auto sent = send(text());
  ASSERT_TRUE(sent) << sent.error().details;
  EXPECT_EQ(sent->wa_id, "15551230001");
  EXPECT_EQ(sent_event(*sent).sealed->header.author, shop_.caller.account);
}

TEST_F(CallsTest, AResendGetsTheFirstAnswer) {
  EXPECT_EQ(send(text(), "order-17")->id, send(text(), "order-17")->id);
  EXPECT_NE(send(text(), "order-18")->id, send(text(), "order-17")->id);
}

TEST_F(CallsTest, RepliesQuoteOnlyWhatStandsInTheChat) {
  auto first = send(text());
  OutgoingMessage reply = text();
  reply.reply_to = first->id;
  EXPECT_EQ(sent_event(*send(reply)).sealed->header.reply_to, Seq{1});

  OutgoingMessage elsewhere = text("15551239001");
  elsewhere.reply_to = first->id;
  EXPECT_EQ(sent_event(*send(elsewhere)).sealed->header.reply_to, Seq{});
}

TEST_F(CallsTest, ReactionsAreToMessagesOfTheChat) {
  auto first = send(text());
  OutgoingMessage reaction = text();
  reaction.content = {};
  v1::Content content;
  content.mutable_reaction()->set_emoji("\U0001F44D");
  reaction.content = content.SerializeAsString();
  reaction.reacted_to = first->id;
  auto sent = send(reaction);
  ASSERT_TRUE(sent) << sent.error().details;
  EXPECT_EQ(std::get<Reacted>(sent_event(*sent).sealed->header.kind).seq, Seq{1});

  reaction.reacted_to = "wamid.unknown";
  EXPECT_EQ(refusal(reaction), 131009);
  reaction.reacted_to = first->id;
  reaction.to = "15551239001";
  EXPECT_EQ(refusal(reaction), 131009);
}

TEST_F(CallsTest, WhoCannotBeReached) {
  EXPECT_EQ(refusal(text("15559999999")), 131026);
  EXPECT_EQ(refusal(text("15551239000")), 131021);
  EXPECT_EQ(refusal(text("1")), 131026);
  OutgoingMessage group = text("g000000000000001f");
  group.recipient_type = RecipientType::group;
  EXPECT_EQ(refusal(group), 100);
}

TEST_F(CallsTest, APairHasItsOwnLimit) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(refusal(text()), 0);
  auto fourth = send(text());
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().code, 131056);
  EXPECT_EQ(http_of(fourth.error()), 429);
  EXPECT_GT(fourth.error().retry_after.count(), 0);
  EXPECT_EQ(refusal(text("15551239001")), 0);
  EXPECT_EQ(refusal(text("15551239001")), 130429);
  clock_.time = clock_.time + std::chrono::minutes(1);
  EXPECT_EQ(refusal(text()), 0);
}

TEST_F(CallsTest, ReadingMarksWhatCame) {
  auto sent = send(text("15551239001"));
  ReadUpTo upto{sent->id, true};

  EXPECT_TRUE(run(calls_.read(other_, upto)));
  ConversationId id = sent_event(*sent).conversation;
  for (const MemberReceipt& mark : run(store_.directory().marks(id)).value()) {
    EXPECT_TRUE(mark.account != other_.caller.account || mark.receipt.read == Seq{1});
  }
  EXPECT_EQ(run(calls_.read(shop_, upto)).error().code, 131009) << "an own message";
  EXPECT_EQ(run(calls_.read(other_, ReadUpTo{"wamid.x"})).error().code, 131009);
  EXPECT_EQ(run(calls_.read(other_, ReadUpTo{send(text())->id})).error().code, 131009) << "somebody else's chat";
}

TEST_F(CallsTest, BodiesOfWebhooksHaveWhatWasKept) {
  OutgoingMessage message = text();
  message.callback_data = "cb-1";
  auto sent = send(message);
  Calls::Told told;
  told.bot = shop_.caller.account;
  told.envelope = sent_event(*sent);
  told.conversation = conversation(told.envelope.conversation);
  told.person = run(store_.directory().account(ana_.account)).value();
  told.step = Progress::Step::delivered;
  told.time = clock_.now();
  auto body = run(calls_.body(told));
  ASSERT_TRUE(body);
  EXPECT_NE(body->find("\"statuses\":[{\"id\":\"" + sent->id + "\",\"status\":\"delivered\""), body->npos) << *body;
  EXPECT_NE(body->find("\"biz_opaque_callback_data\":\"cb-1\""), body->npos) << *body;

  wire::Send reply;
  reply.to = told.conversation->id;
  reply.client_id[0] = 1;
  reply.body.bytes = message.content;
  reply.reply_to = Seq{1};
  told.envelope = run(chat_.send(Caller{ana_.account, ana_.device}, reply)).value();
  told.step.reset();
  body = run(calls_.body(told));
  ASSERT_TRUE(body);
  EXPECT_NE(body->find("\"context\":{\"from\":\"15551239000\",\"id\":\"" + sent->id + "\"}"), body->npos) << *body;
  EXPECT_NE(body->find("\"name\":\"Ana\""), body->npos) << *body;
}

TEST_F(CallsTest, WhoBlocksTheBotIsNotNamed) {
  wire::SetBlocked block{shop_.caller.account, wire::Blocked::yes};
  ASSERT_TRUE(run(chat_.set_blocked(Caller{ana_.account, ana_.device}, block)));
  auto sent = send(text());
  ASSERT_TRUE(sent) << sent.error().details;
  Calls::Told told;
  told.bot = shop_.caller.account;
  told.envelope = sent_event(*sent);
  told.conversation = conversation(told.envelope.conversation);
  told.person = run(store_.directory().account(ana_.account)).value();
  told.step = Progress::Step::sent;
  auto body = run(calls_.body(told));
  ASSERT_TRUE(body);
  EXPECT_NE(body->find("\"status\":\"failed\""), body->npos) << *body;
  EXPECT_NE(body->find("\"code\":131026"), body->npos) << *body;
  told.step = Progress::Step::delivered;
  EXPECT_EQ(run(calls_.body(told)), "");
}

TEST_F(CallsTest, WhatExpiresIsSweptAndTheRestStays) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  auto login = run(bots_.login("15551239002", made.password, {})).value();
  ASSERT_TRUE(run(bots_.keep_callback(shop_.caller.device, ClientId{1}, "x")));
  auto sweep = [&] {
    std::string after;
    do { after = run(bots_.sweep(after, 2)).value(); } while (!after.empty());
  };
  sweep();
  EXPECT_TRUE(run(bots_.authenticate(login.token)));
  EXPECT_EQ(run(bots_.callback(shop_.caller.device, ClientId{1})), "x");

  clock_.time = clock_.time + std::chrono::days(31);
  EXPECT_FALSE(run(bots_.authenticate(login.token)));
  sweep();
  EXPECT_EQ(run(bots_.callback(shop_.caller.device, ClientId{1})), "");
  EXPECT_EQ(run(bots_.list()).value().size(), 3u);
  EXPECT_TRUE(run(bots_.authenticate(made.token)));
}

TEST_F(CallsTest, PasswordsAreCheckedAndChanged) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  EXPECT_TRUE(is_good_password(made.password));
  EXPECT_EQ(run(bots_.login("15551239002", "wrong", {})).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("15550000000", made.password, {})).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("15551239002", made.password, "weak")).error().code, Code::invalid_argument);
  auto login = run(bots_.login("15551239002", made.password, "Stronger-1"));
  ASSERT_TRUE(login);
  EXPECT_FALSE(run(bots_.login("15551239002", made.password, {})));
  EXPECT_TRUE(run(bots_.authenticate(login->token)));
  EXPECT_TRUE(run(bots_.logout(login->token)));
  EXPECT_EQ(run(bots_.authenticate(login->token)).error().code, Code::unauthenticated);
}

TEST_F(CallsTest, SecretsNeedTheSameKey) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  EXPECT_EQ(bots_.app_secret(made.bot), made.app_secret);
  Bots elsewhere{store_.shelf(), store_.directory(), accounts_, clock_, random_, derive_keys({1})};
  EXPECT_EQ(elsewhere.app_secret(made.bot).error().code, Code::corrupt);
}

}  // namespace
}  // namespace homing::business
