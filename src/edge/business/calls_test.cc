#include "edge/business/calls.h"

#include "edge/business/calls_fixture.h"

namespace homing::business {
namespace {

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

TEST_F(CallsTest, ARepeatAfterItsFileWasDeletedGetsTheFirstAnswer) {
  there_ = upload("png");
  OutgoingMessage message = picture("");
  message.media->id = there_->id;
  auto first = send(message, "key");
  ASSERT_TRUE(first);
  there_.reset();
  gone_ = true;

  auto again = send(message, "key");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, first->id);

  OutgoingMessage other = message;
  other.media->id = "18";
  EXPECT_EQ(send(other, "key").error().code, 131009);
  EXPECT_EQ(send(message, "another key").error().code, 100);
  EXPECT_EQ(send(message).error().code, 100);
}

TEST_F(CallsTest, ALinkIsFetchedOnlyForWhoCanBeReached) {
  OutgoingMessage message = picture("https://example.com/a.jpg");
  message.to = "15559999999";
  EXPECT_EQ(refusal(message), 131026);
  EXPECT_EQ(looked_, 0);
}

TEST_F(CallsTest, ALinkIsNotFetchedAgainForAMessageThatWasSent) {
  there_ = upload("a picture");
  auto sent = send(picture("https://example.com/a.jpg"), "order-17");
  ASSERT_TRUE(sent) << sent.error().details;
  EXPECT_EQ(sent_event(*sent).sealed->header.media, std::vector<std::string>{there_->id});

  there_.reset();
  auto again = send(picture("https://example.com/a.jpg"), "order-17");
  ASSERT_TRUE(again) << again.error().details;
  EXPECT_EQ(again->id, sent->id);
  EXPECT_EQ(looked_, 1);
  EXPECT_TRUE(told_.empty());
}

// Each differs from picture("https://example.com/a.jpg") in one thing.
std::vector<OutgoingMessage> others_than(const OutgoingMessage& picture, const OutgoingMessage& text) {
  std::vector<OutgoingMessage> others(6, picture);
  others[0].media->link = "https://example.com/b.jpg";
  v1::Content content;
  content.mutable_media()->set_caption("look closer");
  others[1].content = content.SerializeAsString();
  others[2].to = "15551239001";
  others[3].media->file_name = "b.jpg";
  others[4].reply_to = "wamid.another";
  others[5] = text;
  return others;
}

TEST_F(CallsTest, AnotherMessageUnderTheKeyOfALinkIsRefused) {
  OutgoingMessage first = picture("https://example.com/a.jpg");
  there_ = upload("a picture");
  auto sent = send(first, "order-17");
  ASSERT_TRUE(sent) << sent.error().details;
  there_.reset();
  auto failed = send(first, "order-18");
  ASSERT_TRUE(failed) << failed.error().details;
  ASSERT_EQ(told_.size(), 1u);

  clock_.time = clock_.time + std::chrono::minutes(1);
  for (const char* key : {"order-17", "order-18"}) {
    int i = 0;
    for (const OutgoingMessage& other : others_than(first, text())) {
      clock_.time = clock_.time + std::chrono::minutes(1);
      auto refused = send(other, key);
      ASSERT_FALSE(refused) << key << " " << i;
      EXPECT_EQ(refused.error().code, 131009) << key << " " << i;
      ++i;
    }
  }
  EXPECT_EQ(looked_, 2);
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(CallsTest, ALinkUnderTheKeyOfAnotherMessageIsRefused) {
  ASSERT_TRUE(send(text(), "order-17"));
  auto refused = send(picture("https://example.com/a.jpg"), "order-17");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, 131009);
  EXPECT_EQ(looked_, 0);
}

TEST_F(CallsTest, AfterAFailureARepeatIsNotSentUnderAnotherName) {
  OutgoingMessage message = picture("https://example.com/a.jpg");
  auto failed = send(message, "order-17");
  ASSERT_TRUE(failed) << failed.error().details;
  there_ = upload("a picture");

  auto again = send(message, "order-17");

  ASSERT_TRUE(again) << again.error().details;
  EXPECT_EQ(again->id, failed->id);
  EXPECT_EQ(looked_, 1);
  EXPECT_EQ(told_.size(), 1u) << "told once";
  EXPECT_NE(send(message, "order-18")->id, failed->id) << "another key";
}

TEST_F(CallsTest, WhatWasRefusedCanBeSentAgainUnderItsKey) {
  deaf_ = Code::not_found;
  OutgoingMessage message = picture("https://example.com/a.jpg");
  ASSERT_FALSE(send(message, "order-17"));
  there_ = upload("a picture");
  auto sent = send(message, "order-17");
  ASSERT_TRUE(sent) << sent.error().details;
  EXPECT_TRUE(Wamids(keys_.ids).read(sent->id));
}

TEST_F(CallsTest, AKeyIsKnownForAsLongAsItsMessage) {
  OutgoingMessage message = picture("https://example.com/a.jpg");
  there_ = upload("a picture");
  auto sent = send(message, "order-17");
  ASSERT_TRUE(sent) << sent.error().details;
  clock_.time = clock_.time + std::chrono::days(31);
  ASSERT_TRUE(run(bots_.sweep({}, 1000)));

  EXPECT_EQ(send(message, "order-17")->id, sent->id);
  EXPECT_EQ(send(others_than(message, text())[1], "order-17").error().code, 131009);
  EXPECT_EQ(looked_, 1);
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

TEST_F(CallsTest, WithoutAWebhookABadLinkIsRefusedAtOnce) {
  deaf_ = Code::not_found;
  auto sent = send(picture("https://example.com/gone.jpg"));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, 131053);
  EXPECT_NE(sent.error().details.find("status 404"), std::string::npos) << sent.error().details;
}

TEST_F(CallsTest, WhatTheWebhookCannotBeToldIsRefused) {
  deaf_ = Code::unavailable;
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

}  // namespace
}  // namespace homing::business
