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
  Ports ports() {
    Ports ports;
    ports.media = [this](Known, WantedMedia) { return look(); };
    ports.webhooks.emplace();
    ports.webhooks->tell = [this](AccountId, std::function<std::string(Api)> body) { return hear(std::move(body)); };
    return ports;
  }
  Task<Answer<MediaFacts>> look() {
    ++looked_;
    co_return refuse(131053, "image[link] answered with status 404");
  }
  Task<Result<void>> hear(std::function<std::string(Api)> body) {
    if (deaf_) co_return fail(Code::unavailable);
    told_.push_back(body(Api::cloud));
    co_return Result<void>{};
  }
  OutgoingMessage picture(std::string link) {
    OutgoingMessage message = text();
    v1::Content content;
    content.mutable_media()->set_caption("look");
    message.content = content.SerializeAsString();
    message.media = WantedMedia{WantedMedia::Kind::image, "image", {}, std::move(link), {}};
    if (message.media->link.empty()) message.media->id = "17";
    return message;
  }
  Calls::Told told(const Envelope& envelope) {
    Calls::Told told;
    told.bot = shop_.caller.account;
    told.envelope = envelope;
    told.conversation = conversation(envelope.conversation);
    told.person = run(store_.directory().account(ana_.account)).value();
    told.time = clock_.now();
    return told;
  }
  int looked_ = 0;
  bool deaf_ = false;
  std::vector<std::string> told_;
  Calls calls_{chat_,
               bots_,
               Wamids(keys_.ids),
               random_,
               clock_,
               ports(),
               {{5, std::chrono::seconds(1)}, {3, std::chrono::minutes(1)}, {4, std::chrono::seconds(1)}}};
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

TEST_F(CallsTest, CallsThatSendNothingHaveALimitToo) {
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(calls_.admit(shop_));
  auto fifth = calls_.admit(shop_);
  ASSERT_FALSE(fifth);
  EXPECT_EQ(fifth.error().code, 80007);
  EXPECT_EQ(http_of(fifth.error()), 429);
  EXPECT_GT(fifth.error().retry_after.count(), 0);
  EXPECT_TRUE(calls_.admit(other_));
  EXPECT_EQ(refusal(text()), 0);
}

TEST_F(CallsTest, ALinkThatLeadsNowhereIsToldLater) {
  OutgoingMessage message = picture("https://example.com/gone.jpg");
  message.callback_data = "cb-1";
  auto sent = send(message, "order-17");

  ASSERT_TRUE(sent) << sent.error().details;
  EXPECT_EQ(sent->wa_id, "15551230001");
  EXPECT_FALSE(Wamids(keys_.ids).read(sent->id)) << "a name of nothing";
  ASSERT_EQ(told_.size(), 1u);
  for (std::string part : {"\"statuses\":[{\"id\":\"" + sent->id + "\",\"status\":\"failed\"",
                           std::string("\"recipient_id\":\"15551230001\""), std::string("\"code\":131053"),
                           std::string("\"biz_opaque_callback_data\":\"cb-1\""), std::string("status 404")}) {
    EXPECT_NE(told_[0].find(part), std::string::npos) << part << " in " << told_[0];
  }
  EXPECT_EQ(send(message, "order-17")->id, sent->id);
}

TEST_F(CallsTest, AFileThatIsNamedByItsIdIsRefusedAtOnce) {
  EXPECT_EQ(refusal(picture("")), 131053);
  EXPECT_TRUE(told_.empty());
}

TEST_F(CallsTest, ALinkIsFetchedOnlyForWhoCanBeReached) {
  OutgoingMessage message = picture("https://example.com/a.jpg");
  message.to = "15559999999";
  EXPECT_EQ(refusal(message), 131026);
  EXPECT_EQ(looked_, 0);
}

TEST_F(CallsTest, ALinkIsNotFetchedAgainForAMessageThatWasSent) {
  auto sent = send(text(), "order-17");
  ASSERT_TRUE(sent) << sent.error().details;
  auto again = send(picture("https://example.com/gone.jpg"), "order-17");
  ASSERT_TRUE(again) << again.error().details;
  EXPECT_EQ(again->id, sent->id);
  EXPECT_EQ(looked_, 0);
  EXPECT_TRUE(told_.empty());
}

TEST_F(CallsTest, ARepeatLeavesTheFirstMessagesCallbackAlone) {
  OutgoingMessage message = text();
  message.callback_data = "first";
  auto sent = send(message, "order-17");
  ASSERT_TRUE(sent) << sent.error().details;
  message.callback_data = "second";
  (void)send(message, "order-17");
  EXPECT_EQ(run(bots_.callback(shop_.caller.device, calls_.client_id("order-17"))), "first");
}

TEST_F(CallsTest, WhatTheWebhookCannotBeToldIsRefused) {
  deaf_ = true;
  EXPECT_EQ(refusal(picture("https://example.com/gone.jpg")), 131016);
}

TEST_F(CallsTest, GroupsAreToldOfAndHaveNoTicks) {
  wire::CreateGroup create;
  create.client_id = calls_.client_id("group-1");
  create.name = "Team";
  create.members = {ana_.account};
  auto made = run(chat_.create_group(shop_.caller, create));
  ASSERT_TRUE(made) << made.error().detail;
  Calls::Told news = told(*made);
  news.step = Progress::Step::sent;
  auto body = run(calls_.body(news));
  ASSERT_TRUE(body);
  EXPECT_NE(body->find("\"type\":\"group_create\""), body->npos) << *body;
  EXPECT_NE(body->find("\"request_id\":\"" + request_id(create.client_id) + "\""), body->npos) << *body;
  EXPECT_EQ(body->find("statuses"), body->npos) << *body;
  news.step = Progress::Step::read;
  EXPECT_EQ(run(calls_.body(news)), "");

  wire::ChangeMembers change;
  change.conversation = made->conversation;
  change.client_id[0] = 7;
  change.remove = {ana_.account};
  auto changed = run(chat_.change_members(shop_.caller, change));
  ASSERT_TRUE(changed) << changed.error().detail;
  news = told(*changed);
  news.step = Progress::Step::sent;
  body = run(calls_.body(news));
  EXPECT_NE(body->find("\"removed_participants\":[{\"input\":\"+15551230001\""), body->npos) << *body;

  wire::LeaveGroup leave{calls_.client_id({}), made->conversation};
  auto left = run(chat_.leave_group(shop_.caller, leave));
  ASSERT_TRUE(left) << left.error().detail;
  news = told(*left);
  news.step = Progress::Step::sent;
  EXPECT_NE(run(calls_.body(news)).value().find("group_delete"), std::string::npos);
}

TEST_F(CallsTest, WhatABotShowsToEverybodyIsNotToldToItself) {
  wire::Send send;
  send.to = wire::MyStatus{};
  send.client_id[0] = 9;
  send.body.bytes = text().content;
  ASSERT_TRUE(CallsTest::send(text()));  // somebody to show it to
  auto shown = run(chat_.send(shop_.caller, send));
  ASSERT_TRUE(shown) << shown.error().detail;
  Calls::Told news = told(*shown);
  news.step = Progress::Step::sent;
  EXPECT_EQ(run(calls_.body(news)), "");
}

TEST_F(CallsTest, ReadingMarksWhatCame) {
  auto sent = send(text("15551239001"));
  ReadUpTo upto{sent->id, true};

  EXPECT_TRUE(run(calls_.read(other_, upto)));
  ConversationId id = sent_event(*sent).conversation;
  auto marks = run(store_.directory().marks(id));
  ASSERT_TRUE(marks);
  for (const MemberReceipt& mark : *marks) {
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

TEST_F(CallsTest, AnOnPremisesWebhookHearsOfTheStatusesThatItWants) {
  auto sent = send(text());
  std::function<void(Bot&)> quiet = [](Bot& bot) { bot.untold = {"sent"}; };
  ASSERT_TRUE(run(bots_.change(shop_.bot.number_id, quiet)));
  Calls::Told news = told(sent_event(*sent));
  news.step = Progress::Step::sent;
  EXPECT_NE(run(calls_.body(news)), "") << "the Cloud form has no such setting";
  news.api = Api::on_premises;
  EXPECT_EQ(run(calls_.body(news)), "");
  news.step = Progress::Step::read;
  EXPECT_NE(run(calls_.body(news)), "");
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
  ASSERT_TRUE(run(bots_.keep_callback(shop_.caller.device, ClientId{1}, "x", Bots::Repeats::never)));
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

TEST_F(CallsTest, ABotCanHaveFurtherUsers) {
  const std::string& number = shop_.bot.number_id;
  ASSERT_TRUE(run(bots_.add_user(number, "till-1", "Strong-12")));
  auto login = run(bots_.login("till-1", "Strong-12", {}));
  ASSERT_TRUE(login) << login.error().detail;
  auto known = run(bots_.authenticate(login->token));
  ASSERT_TRUE(known);
  EXPECT_EQ(known->bot.number_id, number);
  EXPECT_EQ(known->user, "till-1");
  EXPECT_EQ(run(bots_.login("till-1", "Strong-13", {})).error().code, Code::unauthenticated);

  ASSERT_TRUE(run(bots_.set_password(number, "till-1", "Strong-13")));
  EXPECT_TRUE(run(bots_.login("till-1", "Strong-13", "Strong-14")));
  EXPECT_TRUE(run(bots_.login("till-1", "Strong-14", {})));

  ASSERT_TRUE(run(bots_.remove_user(number, "till-1")));
  EXPECT_EQ(run(bots_.authenticate(login->token)).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("till-1", "Strong-14", {})).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.remove_user(number, "till-1")).error().code, Code::not_found);
}

TEST_F(CallsTest, AUsersTokensAreNotThoseOfAnotherWithItsName) {
  const std::string& number = shop_.bot.number_id;
  ASSERT_TRUE(run(bots_.add_user(number, "till", "Strong-12")));
  auto before = run(bots_.login("till", "Strong-12", {})).value();
  ASSERT_TRUE(run(bots_.remove_user(number, "till")));
  clock_.time = clock_.time + std::chrono::seconds(1);
  ASSERT_TRUE(run(bots_.add_user(number, "till", "Strong-34")));
  EXPECT_EQ(run(bots_.authenticate(before.token)).error().code, Code::unauthenticated);
  EXPECT_TRUE(run(bots_.authenticate(run(bots_.login("till", "Strong-34", {})).value().token)));
}

TEST_F(CallsTest, UsersThatCannotBe) {
  const std::string& number = shop_.bot.number_id;
  for (const char* name : {"", "15551239001", "a b", "a:b", "a/b", "+1-555.1239001"}) {
    EXPECT_EQ(run(bots_.add_user(number, name, "Strong-12")).error().code, Code::invalid_argument) << name;
  }
  EXPECT_EQ(run(bots_.add_user(number, "till", "weak")).error().code, Code::invalid_argument);
  ASSERT_TRUE(run(bots_.add_user(number, "till", "Strong-12")));
  EXPECT_EQ(run(bots_.add_user(number, "till", "Strong-12")).error().code, Code::conflict);
  EXPECT_EQ(run(bots_.add_user(other_.bot.number_id, "till", "Strong-12")).error().code, Code::conflict);
  EXPECT_EQ(run(bots_.set_password(other_.bot.number_id, "till", "Strong-13")).error().code, Code::not_found);
  EXPECT_EQ(run(bots_.remove_user(other_.bot.number_id, "till")).error().code, Code::not_found);
  for (std::size_t i = 1; i < kUsersMax; ++i) {
    ASSERT_TRUE(run(bots_.add_user(number, "till" + std::to_string(i), "Strong-12")));
  }
  EXPECT_EQ(run(bots_.add_user(number, "more", "Strong-12")).error().code, Code::invalid_argument);
}

TEST_F(CallsTest, LoginsEndWithTheBotsDevice) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  auto login = run(bots_.login("15551239002", made.password, {})).value();
  ASSERT_TRUE(run(accounts_.revoke(made.bot.device)));

  EXPECT_EQ(run(bots_.authenticate(login.token)).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("15551239002", made.password, {})).error().code, Code::unauthenticated);
}

TEST_F(CallsTest, LoginsEndWithTheBotsAccount) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  auto login = run(bots_.login("15551239002", made.password, {})).value();
  ASSERT_TRUE(run(bots_.add_user(made.bot.number_id, "till", "Strong-12")));
  auto till = run(bots_.login("till", "Strong-12", {})).value();
  ASSERT_TRUE(run(accounts_.remove("+15551239002")));

  EXPECT_EQ(run(bots_.authenticate(login.token)).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.authenticate(till.token)).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("15551239002", made.password, {})).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("till", "Strong-12", {})).error().code, Code::unauthenticated);
}

TEST_F(CallsTest, ANewPasswordEndsTheTokensOfTheOldOne) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  const std::string& number = made.bot.number_id;
  ASSERT_TRUE(run(bots_.add_user(number, "till", "Strong-12")));
  auto before = run(bots_.login("15551239002", made.password, {})).value();
  auto till = run(bots_.login("till", "Strong-12", {})).value();

  auto after = run(bots_.login("15551239002", made.password, "Stronger-1")).value();
  EXPECT_EQ(run(bots_.authenticate(before.token)).error().code, Code::unauthenticated);
  EXPECT_TRUE(run(bots_.authenticate(after.token)));
  EXPECT_TRUE(run(bots_.authenticate(till.token))) << "another user";

  ASSERT_TRUE(run(bots_.set_password(number, "till", "Strong-13")));
  EXPECT_EQ(run(bots_.authenticate(till.token)).error().code, Code::unauthenticated);
  EXPECT_TRUE(run(bots_.authenticate(run(bots_.login("till", "Strong-13", {})).value().token)));
  EXPECT_TRUE(run(bots_.authenticate(after.token)));
}

TEST_F(CallsTest, UsersEndWithTheirBot) {
  ASSERT_TRUE(run(bots_.add_user(shop_.bot.number_id, "till", "Strong-12")));
  ASSERT_TRUE(run(bots_.forget(run(bots_.by_phone("+15551239000")).value())));
  EXPECT_EQ(run(bots_.login("till", "Strong-12", {})).error().code, Code::unauthenticated);
  EXPECT_TRUE(run(bots_.add_user(other_.bot.number_id, "till", "Strong-12"))) << "the name is free";
}

TEST_F(CallsTest, SecretsNeedTheSameKey) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  EXPECT_EQ(bots_.app_secret(made.bot), made.app_secret);
  Bots elsewhere{store_.shelf(), store_.directory(), accounts_, clock_, random_, derive_keys({1})};
  EXPECT_EQ(elsewhere.app_secret(made.bot).error().code, Code::corrupt);
}

}  // namespace
}  // namespace homing::business
