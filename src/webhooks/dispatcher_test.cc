// Queue, Subscriptions and Dispatcher over the memory store, with a receiver that the test plays.
#include "webhooks/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhooks/webhooks_fixture.h"

namespace homing::webhooks {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr AccountId kBot{7};
constexpr AccountId kOther{8};

class DispatcherTest : public testing::Test {
 protected:
  struct Life {
    Life(DispatcherTest& test)
        : store(test.disk_, test.clock_, MemoryFaults{{}, [&test] { return test.fault_.next(); }}),
          queue(store, test.clock_),
          subscriptions(store, store, test.random_, test.receiver_.ask()),
          dispatcher(io.get_executor(), queue, subscriptions, test.receiver_.ask(), test.clock_, test.random_, 6) {}
    MemoryStore store;
    Queue queue;
    Subscriptions subscriptions;
    boost::asio::io_context io{1};
    Dispatcher dispatcher;
  };

  DispatcherTest() {
    start();
    set(kBot, "https://bot.example/hook");
  }
  void start() {
    life_.reset();  // the old one first: its coroutines end on their own io_context
    life_ = std::make_unique<Life>(*this);
    EXPECT_TRUE(run(life_->dispatcher.find_lanes()));
  }
  void set(AccountId bot, std::string url) {
    Target target{std::move(url), "", {}, Form::on_premises};
    ASSERT_TRUE(run(life_->subscriptions.set(bot, target, "app-secret")));
  }
  template <class T>
  T run(Task<T> task) {
    return run_on(life_->io, std::move(task));
  }
  // False when the process died over it.
  bool add(std::uint64_t conversation, std::string body, AccountId bot = kBot) {
    LaneId lane{bot, ConversationId{conversation}};
    auto was = run(life_->queue.marks(lane));
    LaneMarks is = was->value_or(LaneMarks{});
    is.arrived.value += 1;
    std::vector<Mail> mails{Mail{"message", std::move(body)}};
    if (!run(life_->queue.add(lane, *was, is, mails))) return false;
    life_->dispatcher.added(lane);
    return true;
  }
  void poll() {
    life_->dispatcher.tick();
    life_->io.restart();
    life_->io.poll();
  }
  void pass(std::chrono::milliseconds duration, std::chrono::milliseconds step = 500ms) {
    for (; duration > 0ms && !fault_.crashed(); duration -= step) {
      clock_.pass(std::min(step, duration));
      poll();
    }
  }
  std::size_t records(const std::string& prefix) {
    std::size_t count = 0;
    for (const auto& [name, value] : disk_.records) count += name.starts_with(prefix);
    return count;
  }
  std::vector<Time> attempts(const std::string& body) {
    std::vector<Time> times;
    for (const auto& post : receiver_.posts) {
      if (post.request.body == body) times.push_back(post.at);
    }
    return times;
  }

  ManualClock clock_;
  SeededRandom random_{5};
  MemoryDisk disk_;
  Fault fault_;
  FakeReceiver receiver_{clock_};
  std::unique_ptr<Life> life_;
};

TEST_F(DispatcherTest, AChatIsToldInOrderAndEachBodyIsSigned) {
  receiver_.takes = 100ms;
  for (const char* body : {"1", "2", "3"}) add(1, body);
  pass(2s, 50ms);

  EXPECT_THAT(receiver_.taken(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(receiver_.under_way_most, 1u);
  EXPECT_EQ(records("hook/mail/"), 0u);
  const HttpRequest& request = receiver_.posts[0].request;
  EXPECT_EQ(request.url, "https://bot.example/hook");
  EXPECT_THAT(request.headers, testing::Contains("Content-Type: application/json"));
  EXPECT_THAT(request.headers, testing::Contains(testing::StartsWith("X-Hub-Signature-256: sha256=")));
  EXPECT_EQ(request.redirects_max, 0);
}

TEST_F(DispatcherTest, WhatWasNeverAskedIsNoAttempt) {
  bool full = true;
  receiver_.status = [&](const HttpRequest&) { return full ? -1 : 200; };
  add(1, "body");
  pass(60s);
  EXPECT_GE(attempts("body").size(), 30u) << "no growing pauses";
  EXPECT_EQ(life_->dispatcher.metrics().failed, 0u);
  EXPECT_EQ(records("hook/tries/"), 0u);
  EXPECT_EQ(receiver_.posts[0].request.errand, Errand::delivery);
  full = false;
  pass(2s);
  EXPECT_THAT(receiver_.taken(), ElementsAre("body"));
}

TEST_F(DispatcherTest, AnyOtherAnswerThan2xxIsTriedAgainWithTheSameBytes) {
  for (int status : {0, 100, 301, 302, 400, 404, 410, 429, 500, 503}) {
    receiver_.posts.clear();
    bool first = true;
    receiver_.status = [&](const HttpRequest&) { return std::exchange(first, false) ? status : 204; };
    add(1, "body");
    pass(7s);
    ASSERT_EQ(receiver_.posts.size(), 2u) << status;
    EXPECT_EQ(receiver_.posts[0].request.body, receiver_.posts[1].request.body);
    EXPECT_EQ(receiver_.posts[0].request.headers, receiver_.posts[1].request.headers);
  }
}

TEST_F(DispatcherTest, AChatThatFailsHoldsUpNobodyElseAndKeepsItsOrder) {
  bool refuses = true;
  receiver_.status = [&](const HttpRequest& request) { return request.body.starts_with("bad") && refuses ? 400 : 200; };
  for (const char* body : {"bad1", "then"}) add(1, body);
  for (const char* body : {"a", "b"}) add(2, body);
  add(3, "c");
  pass(10s);
  EXPECT_THAT(receiver_.taken(), testing::UnorderedElementsAre("a", "b", "c"));

  refuses = false;
  pass(1min);

  auto taken = receiver_.taken();
  EXPECT_THAT(std::vector(taken.end() - 2, taken.end()), ElementsAre("bad1", "then"));
}

TEST_F(DispatcherTest, PausesGrowFromASecondToAnHour) {
  receiver_.status = [](const HttpRequest&) { return 500; };
  add(1, "body");
  pass(std::chrono::hours(12), 500ms);

  auto times = attempts("body");
  ASSERT_GT(times.size(), 18u);
  for (std::size_t i = 1; i < times.size(); ++i) {
    auto least = i > 12 ? 3'600'000ms : std::min(std::chrono::milliseconds(1000ll << (i - 1)), 3'600'000ms);
    EXPECT_GE(times[i] - times[i - 1], least) << i;
    EXPECT_LE(times[i] - times[i - 1], least + least / 4 + 1s) << i;
  }
}

TEST_F(DispatcherTest, AfterSevenDaysABodyIsADeadLetterAndTheChatGoesOn) {
  receiver_.status = [](const HttpRequest& request) { return request.body == "late" ? 200 : 500; };
  add(1, "dies");
  pass(std::chrono::days(7) - 1h, 10min);
  EXPECT_EQ(records("hook-dead/"), 0u);
  add(1, "late");
  pass(3h, 10min);

  EXPECT_EQ(records("hook-dead/"), 1u);
  EXPECT_THAT(receiver_.taken(), ElementsAre("late"));
  auto dead = run(life_->queue.dead(kBot, LaneId{}, 0, 10));
  ASSERT_EQ(dead->items.size(), 1u);
  EXPECT_EQ(dead->items[0].kind, "message");
  EXPECT_GT(dead->items[0].attempts, 100u);
  EXPECT_EQ(dead->items[0].refusal, "The webhook answered 500.");
  EXPECT_EQ(life_->dispatcher.metrics().died, 1u);

  receiver_.status = [](const HttpRequest&) { return 200; };
  EXPECT_EQ(run(life_->queue.revive(kBot)), 1u);
  EXPECT_TRUE(run(life_->dispatcher.find_lanes()));
  poll();
  EXPECT_THAT(receiver_.taken(), ElementsAre("late", "dies"));
  EXPECT_EQ(records("hook/mail/"), 0u);
  EXPECT_EQ(records("hook-dead/"), 0u);
}

TEST_F(DispatcherTest, ABodyThatIsRefusedThreeTimesIsADeadLetterAndTheChatGoesOn) {
  for (int status : {400, 401, 403, 404, 422}) {
    receiver_.posts.clear();
    receiver_.status = [&](const HttpRequest& request) { return request.body == "unwanted" ? status : 200; };
    add(1, "unwanted");
    add(1, "then");
    pass(30s);
    EXPECT_EQ(attempts("unwanted").size(), 2u) << status;
    EXPECT_THAT(receiver_.taken(), IsEmpty());
    pass(15s);

    auto times = attempts("unwanted");
    ASSERT_EQ(times.size(), 3u) << status;
    EXPECT_GE(times[1] - times[0], 5s);
    EXPECT_GE(times[2] - times[1], 30s);
    EXPECT_THAT(receiver_.taken(), ElementsAre("then"));
    auto dead = run(life_->queue.dead(kBot, LaneId{}, 0, 10));
    ASSERT_EQ(dead->items.size(), 1u);
    EXPECT_EQ(dead->items[0].refusal, "The webhook answered " + std::to_string(status) + ".");

    receiver_.status = [](const HttpRequest&) { return 200; };
    EXPECT_EQ(run(life_->queue.revive(kBot)), 1u) << "nothing is lost";
    EXPECT_TRUE(run(life_->dispatcher.find_lanes()));
    poll();
    EXPECT_THAT(receiver_.taken(), ElementsAre("then", "unwanted"));
  }
}

TEST_F(DispatcherTest, TroubleIsNoRefusal) {
  for (int status : {0, 302, 408, 425, 429, 500, 503}) {
    receiver_.posts.clear();
    receiver_.status = [&](const HttpRequest&) { return status; };
    add(1, "body");
    pass(std::chrono::hours(3), 1s);
    EXPECT_GT(attempts("body").size(), 10u) << status;
    EXPECT_EQ(records("hook-dead/"), 0u) << status;

    receiver_.status = [](const HttpRequest&) { return 200; };
    pass(std::chrono::hours(2), 1min);
    EXPECT_THAT(receiver_.taken(), ElementsAre("body")) << status;
  }
}

TEST_F(DispatcherTest, RefusalsAreCountedAlsoAcrossTroubleAndARestart) {
  std::vector<int> answers{500, 400, 500, 400};
  std::size_t asked = 0;
  receiver_.status = [&](const HttpRequest&) { return asked < answers.size() ? answers[asked++] : 404; };
  add(1, "body");
  pass(20s);
  EXPECT_EQ(attempts("body").size(), 4u);
  start();
  EXPECT_EQ(records("hook-dead/"), 0u);

  pass(1min);

  EXPECT_EQ(attempts("body").size(), 5u);
  EXPECT_EQ(records("hook-dead/"), 1u);
}

TEST_F(DispatcherTest, WhatCameBackFromTheDeadGoesFirst) {
  receiver_.status = [](const HttpRequest&) { return 500; };
  for (const char* body : {"1", "2"}) add(1, body);
  pass(std::chrono::days(7) + 2h, 10min);
  ASSERT_EQ(records("hook-dead/"), 2u);
  add(1, "3");
  poll();
  receiver_.status = [](const HttpRequest&) { return 200; };

  EXPECT_EQ(run(life_->queue.revive(AccountId{})), 2u);
  EXPECT_TRUE(run(life_->queue.forget_tries(AccountId{})));
  EXPECT_TRUE(run(life_->dispatcher.find_lanes()));
  poll();

  EXPECT_THAT(receiver_.taken(), ElementsAre("1", "2", "3"));
}

TEST_F(DispatcherTest, ARestartRemembersHowOftenAndWhen) {
  receiver_.status = [](const HttpRequest&) { return 500; };
  add(1, "body");
  pass(40s);
  auto before = attempts("body");
  ASSERT_EQ(before.size(), 6u);  // after 0, 1, 3, 7, 15, 31 s, and a little

  start();
  poll();
  EXPECT_EQ(attempts("body").size(), 6u);
  pass(42s);

  auto after = attempts("body");
  ASSERT_EQ(after.size(), 7u);
  EXPECT_GE(after[6] - after[5], 32s);
  receiver_.status = [](const HttpRequest&) { return 200; };
  pass(90s);
  EXPECT_THAT(receiver_.taken(), ElementsAre("body"));
}

TEST_F(DispatcherTest, AtMostSixOfABotAreUnderWayAndBotsDoNotWaitForEachOther) {
  set(kOther, "https://other.example/");
  receiver_.takes = 1s;
  for (std::uint64_t chat = 1; chat <= 20; ++chat) add(chat, "bot");
  add(1, "other", kOther);
  poll();
  EXPECT_EQ(receiver_.under_way, 7u);
  pass(1s);

  EXPECT_THAT(receiver_.taken(), testing::Contains("other"));
  pass(10s);
  EXPECT_EQ(receiver_.taken().size(), 21u);
  EXPECT_LE(receiver_.under_way_most, 7u);
}

TEST_F(DispatcherTest, WhatWasTakenIsNotSentAgainWhileTheDiskIsFull) {
  add(1, "1");
  fault_.refuses = true;
  pass(5s);
  EXPECT_THAT(receiver_.taken(), ElementsAre("1"));
  EXPECT_EQ(records("hook/mail/"), 1u);

  fault_.refuses = false;
  add(1, "2");
  pass(5s);
  EXPECT_THAT(receiver_.taken(), ElementsAre("1", "2"));
  EXPECT_EQ(records("hook/mail/"), 0u);
}

TEST_F(DispatcherTest, WithoutAWebhookItWaitsAndWhenClearedItIsForgotten) {
  add(1, "body", kOther);
  pass(2min);
  EXPECT_THAT(receiver_.posts, IsEmpty());
  EXPECT_EQ(life_->dispatcher.metrics().lanes, 1u);

  EXPECT_TRUE(run(life_->queue.clear(kOther)));
  life_->dispatcher.cleared(kOther);
  poll();
  EXPECT_EQ(life_->dispatcher.metrics().lanes, 0u);
  EXPECT_EQ(records("hook/"), 0u);
}

TEST_F(DispatcherTest, TheSameIsNotAddedTwice) {
  LaneId lane{kBot, ConversationId{1}};
  LaneMarks is{1, Seq{4}, {}, {}};
  std::vector<Mail> mails{Mail{"message", "body"}};

  EXPECT_TRUE(run(life_->queue.add(lane, std::nullopt, is, mails)));
  EXPECT_EQ(run(life_->queue.add(lane, std::nullopt, is, mails)).error().code, Code::conflict);

  auto marks = run(life_->queue.marks(lane));
  EXPECT_EQ(**marks, (LaneMarks{2, Seq{4}, {}, {}}));
  EXPECT_EQ(records("hook/mail/"), 1u);
}

// The process dies at the write with each number in turn, which is on disk or not: nothing is lost, chats keep their
// order, and only what was under way at the crash may come twice.
TEST_F(DispatcherTest, ACrashBetweenAnyTwoStepsLosesNothing) {
  for (Fate last : {Fate::refused, Fate::lost}) {
    for (std::size_t crash_at = 0; crash_at < 24; ++crash_at) {
      SCOPED_TRACE(testing::Message() << "write " << crash_at << (last == Fate::lost ? ", on disk" : ""));
      receiver_.posts.clear();
      std::size_t number = 0;
      receiver_.status = [&](const HttpRequest&) { return ++number % 3 == 0 ? 500 : 200; };
      fault_ = Fault{0, crash_at, last};
      std::map<std::uint64_t, std::vector<std::string>> wanted;
      for (int i = 0; i < 4; ++i) {
        for (std::uint64_t chat : {1, 2}) {
          std::string body = std::to_string(chat) + ":" + std::to_string(i);
          std::size_t before = records("hook/mail/");
          bool told = add(chat, body);
          if (told || records("hook/mail/") > before) wanted[chat].push_back(body);
          pass(500ms);
        }
      }
      pass(20s);
      fault_ = Fault{};
      start();
      pass(std::chrono::minutes(10));

      std::map<std::uint64_t, std::vector<std::string>> got;
      std::size_t twice = 0;
      for (const std::string& body : receiver_.taken()) {
        auto& chat = got[body[0] - '0'];
        if (std::ranges::find(chat, body) != chat.end()) {
          ++twice;
        } else {
          chat.push_back(body);
        }
      }
      EXPECT_EQ(got, wanted);
      EXPECT_LE(twice, 2u);
      EXPECT_EQ(records("hook/mail/"), 0u);
    }
  }
}

}  // namespace
}  // namespace homing::webhooks
