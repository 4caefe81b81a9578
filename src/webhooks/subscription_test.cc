// Subscriptions and the operator's Desk over the memory store.
#include "webhooks/subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhooks/desk.h"
#include "webhooks/webhooks_fixture.h"

namespace homing::webhooks {
namespace {

constexpr AccountId kBot{7};

class SubscriptionTest : public testing::Test {
 protected:
  // A callback's answer to the handshake; by default the right one.
  Task<Result<HttpAnswer>> shake(HttpRequest request) {
    asked_.push_back(request.url);
    std::size_t at = request.url.find("hub.challenge=") + 14;
    std::string challenge = request.url.substr(at, request.url.find('&', at) - at);
    if (unreachable_) co_return fail(Code::unavailable, "Couldn't connect to server");
    if (internal_) co_return fail(Code::forbidden, "The address is not on the internet.");
    HttpAnswer answer;
    answer.status = status_;
    answer.body = before_ + challenge + after_;
    co_return answer;
  }
  Result<Subscription> set(std::string url, std::string secret = {}, Form form = Form::cloud) {
    Target target{std::move(url), "a b&c", {"messages"}, form};
    return run_on(io_, subscriptions_.set(kBot, target, std::move(secret)));
  }
  std::string refusal() {
    auto set = this->set("https://bot.example/hook");
    if (set) return "taken";
    EXPECT_EQ(set.error().code, internal_ ? Code::forbidden : Code::invalid_argument);
    return set.error().field + ": " + set.error().detail;
  }

  ManualClock clock_;
  SeededRandom random_{5};
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  std::vector<std::string> asked_;
  std::vector<AccountId> changed_;
  bool unreachable_ = false, internal_ = false;
  int status_ = 200;
  std::string before_, after_;
  Subscriptions subscriptions_{store_, store_, random_,
                               [this](HttpRequest request) { return shake(std::move(request)); }};
  boost::asio::io_context io_{1};
};

TEST_F(SubscriptionTest, AUrlIsTakenWhenItAnswersTheChallenge) {
  subscriptions_.on_changed([this](AccountId bot) { changed_.push_back(bot); });
  auto made = set("https://bot.example/hook?x=1");

  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_THAT(
      asked_,
      testing::ElementsAre(testing::MatchesRegex(
          "https://bot.example/hook\\?x=1&hub.mode=subscribe&hub.challenge=[0-9]{10}&hub.verify_token=a%20b%26c")));
  EXPECT_THAT(changed_, testing::ElementsAre(kBot));
  EXPECT_EQ(made->app_secret.size(), 32u);
  auto read = run_on(io_, subscriptions_.get(kBot));
  EXPECT_EQ(read->target, made->target);
  EXPECT_EQ(read->device, made->device);
  after_ = "\n";
  EXPECT_TRUE(set("https://bot.example/hook"));
  EXPECT_TRUE(asked_.back().starts_with("https://bot.example/hook?hub.mode=subscribe&"));
}

TEST_F(SubscriptionTest, TheRefusalSaysWhatWentWrong) {
  for (int status : {400, 401, 403}) {
    status_ = status;
    EXPECT_EQ(refusal(), "verify_token: The URL refused the verify token: it answered " + std::to_string(status) + ".");
  }
  for (int status : {204, 302, 404, 500}) {
    status_ = status;
    EXPECT_EQ(refusal(), "url: The URL answered " + std::to_string(status) + " instead of 200.");
  }
  status_ = 200;
  after_ = "\n\n";
  EXPECT_EQ(refusal(), "url: The URL did not answer with the challenge.");
  after_ = "";
  before_ = "x";
  EXPECT_EQ(refusal(), "url: The URL did not answer with the challenge.");
  unreachable_ = true;
  EXPECT_EQ(refusal(), "url: The URL did not answer: Couldn't connect to server");
  unreachable_ = false;
  internal_ = true;
  EXPECT_EQ(refusal(), ": The address is not on the internet.");
  EXPECT_EQ(set("ftp://bot.example/").error().field, "url");
  EXPECT_TRUE(disk_.records.empty());
}

TEST_F(SubscriptionTest, AChangeKeepsTheSecretAndTheBookmark) {
  auto first = set("https://bot.example/a", "s3cret");
  status_ = 500;  // the other form asks nothing
  auto second = set("https://bot.example/b", "", Form::on_premises);

  ASSERT_TRUE(second);
  EXPECT_EQ(second->app_secret, "s3cret");
  EXPECT_EQ(second->device, first->device);
  EXPECT_EQ(second->target.url, "https://bot.example/b");
  status_ = 200;
  EXPECT_EQ(set("https://bot.example/b", "other")->app_secret, "other");
  EXPECT_TRUE(run_on(io_, subscriptions_.remove(kBot)));
  EXPECT_TRUE(run_on(io_, subscriptions_.remove(kBot)));
  EXPECT_EQ(run_on(io_, subscriptions_.get(kBot)).error().code, Code::not_found);
}

TEST_F(SubscriptionTest, AnotherDeviceChangesNothingElse) {
  Subscription read = set("https://bot.example/a").value();
  Subscription changed = set("https://bot.example/b").value();

  auto renewed = run_on(io_, subscriptions_.renew_device(read));
  ASSERT_TRUE(renewed);
  EXPECT_EQ(renewed->target, changed.target) << "what was set in between stays";
  EXPECT_NE(renewed->device, read.device);
  EXPECT_EQ(run_on(io_, subscriptions_.renew_device(read))->device, renewed->device) << "it has another one already";

  ASSERT_TRUE(run_on(io_, subscriptions_.remove(kBot)));
  EXPECT_EQ(run_on(io_, subscriptions_.renew_device(*renewed)).error().code, Code::not_found);
  EXPECT_EQ(run_on(io_, subscriptions_.get(kBot)).error().code, Code::not_found) << "what was removed stays so";
}

TEST_F(SubscriptionTest, TheDeskListsWhatWaitsAndRetries) {
  Account account;
  account.id = kBot;
  account.phone = "+15551230007";
  disk_.accounts[kBot] = std::make_shared<const Account>(account);
  disk_.phones[account.phone] = kBot;
  ASSERT_TRUE(set("https://bot.example/hook"));
  int looked = 0;
  Desk desk(store_, store_, store_, clock_, random_, [&] { ++looked; });
  Queue queue(store_, clock_);
  Time begin = clock_.now();
  for (std::uint64_t chat : {1, 2}) {
    std::vector<Mail> mails{Mail{"message", "a"}, Mail{"message", "b"}};
    LaneId lane{kBot, ConversationId{chat}};
    ASSERT_TRUE(run_on(io_, queue.add(lane, std::nullopt, LaneMarks{}, mails)));
    clock_.pass(std::chrono::seconds(1));
  }
  LaneId lane{kBot, ConversationId{2}};
  ASSERT_TRUE(run_on(io_, queue.set_tries(lane, Tries{2, 3, clock_.now() + std::chrono::hours(1), "why"})));
  auto first = run_on(io_, queue.first(lane));
  ASSERT_TRUE(run_on(io_, queue.bury(lane, **first, Tries{1, 99, clock_.now(), "The webhook answered 500."})));
  ASSERT_TRUE(run_on(io_, queue.set_tries(lane, Tries{2, 3, clock_.now() + std::chrono::hours(1), "why"})));

  auto states = run_on(io_, desk.list(std::nullopt));
  ASSERT_EQ(states->size(), 1u);
  const WebhookState& state = states->front();
  EXPECT_EQ(state.phone, "+15551230007");
  EXPECT_EQ(state.chats, 2u);
  EXPECT_EQ(state.oldest, begin);
  EXPECT_EQ(state.attempts, 3u);
  EXPECT_EQ(state.refusal, "why");
  EXPECT_EQ(state.dead, 1u);
  EXPECT_EQ(run_on(io_, desk.dead("+15551230007", 10))->at(0).attempts, 99u);
  EXPECT_EQ(run_on(io_, desk.list("+15551230009")).error().code, Code::not_found);

  EXPECT_EQ(run_on(io_, desk.retry(std::nullopt, Letters::waiting)), 0u);
  EXPECT_FALSE(run_on(io_, queue.tries(lane))->has_value());
  EXPECT_EQ(run_on(io_, desk.retry("+15551230007", Letters::and_dead)), 1u);
  EXPECT_EQ(looked, 2);
  EXPECT_EQ(run_on(io_, queue.first(lane))->value().order, 1u);
}

}  // namespace
}  // namespace homing::webhooks
