// All of it over the memory store: people write to a bot and read what it wrote; a receiver that the test plays hears of it.
#include "webhooks/webhooks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhooks/webhooks_fixture.h"

namespace homing::webhooks {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

const Caller kAna{AccountId{1}, DeviceId{10}};
const Caller kBen{AccountId{2}, DeviceId{20}};
const Caller kBot{AccountId{7}, DeviceId{70}};  // where the API calls come from

// "message hello from 1", "sent hi", ...
Task<Result<std::optional<std::string>>> in_words(Happening happening) {
  std::string text = happening.envelope.sealed->bytes;
  std::size_t at = text.find("text:");
  if (at == std::string::npos) co_return std::nullopt;
  text = text.substr(at + 5, text.find('.', at) - at - 5);
  if (text == "odd") co_return fail(Code::invalid_argument, "odd");
  std::string to = happening.person ? std::to_string(happening.person->id.value) : "a group";
  if (!happening.status) co_return "message " + text + " from " + to;
  const char* words[] = {"sent ", "delivered ", "read "};
  co_return words[static_cast<int>(*happening.status)] + text + " to " + to;
}

class WebhooksTest : public testing::Test {
 protected:
  struct Life {
    Life(WebhooksTest& test)
        : store(test.disk_, test.clock_,
                MemoryFaults{[&test] { return test.fault_.crashed() ? Fate::refused : Fate::done; },
                             [&test] { return test.fault_.next(); }}),
          chat(store, store, store, hub, test.clock_, test.random_),
          delivery(store, store, store, hub, test.clock_) {
      hub.add_thread(0, [](auto) {}, [](auto, auto, auto) {}, [](auto, auto) {});
      Forwarder::World world{chat, hub, store, store, store, test.clock_};
      webhooks.emplace(io.get_executor(), world, store, test.random_, test.receiver_.ask(), &in_words, 6);
      webhooks->join(1);
    }
    MemoryStore store;
    chat::Hub hub;
    chat::Chat chat;
    chat::Delivery delivery;
    std::optional<Webhooks> webhooks;  // outlives the io_context, which outlives nothing that it runs
    boost::asio::io_context io{1};
    Life(const Life&) = delete;
  };

  WebhooksTest() {
    for (Caller caller : {kAna, kBen, kBot}) {
      Account account;
      account.id = caller.account;
      account.phone = "+1555123000" + std::to_string(caller.account.value);
      account.version = 1;
      disk_.accounts[account.id] = std::make_shared<const Account>(account);
      Device device;
      device.id = caller.device;
      device.account = caller.account;
      disk_.devices[device.id] = std::make_shared<const Device>(device);
    }
    start();
  }
  void start() {
    life_.reset();
    life_ = std::make_unique<Life>(*this);
    EXPECT_TRUE(run(life_->delivery.catch_up()));
    boost::asio::co_spawn(life_->io, life_->delivery.run(), boost::asio::detached);
    boost::asio::co_spawn(life_->io, life_->webhooks->run(), boost::asio::detached);
    poll();
  }
  void poll() {
    life_->io.restart();
    life_->io.poll();
  }
  void pass(std::chrono::milliseconds duration) {
    for (; duration > 0ms; duration -= 500ms) {
      clock_.pass(500ms);
      poll();
    }
  }
  template <class T>
  T run(Task<T> task) {
    return run_on(life_->io, std::move(task));
  }
  void hook() {
    Target target{"https://bot.example/hook", "", {"messages"}, Form::on_premises};
    ASSERT_TRUE(run(life_->webhooks->subscriptions().set(kBot.account, target)));
    poll();
  }
  Result<Envelope> say(Caller from, Caller to, const std::string& text, std::uint8_t number = 0) {
    wire::Send send;
    send.to = to.account;
    send.client_id[0] = number ? number : ++client_ids_;
    send.body.bytes = "text:" + text + ".";
    auto sent = run(life_->chat.send(from, send));
    poll();
    return sent;
  }
  // The device takes everything that waits for it.
  void fetch(Caller caller) {
    for (;;) {
      Cursor at = run(life_->store.cursor(caller.account, caller.device)).value();
      auto mail = run(life_->chat.mail(caller, at, 1 << 20));
      if (!mail || mail->next == at) break;
      if (!run(life_->chat.acknowledge(caller, mail->next, chat::Chat::Saying::again))) break;
    }
    poll();
  }
  void read(Caller caller, const Result<Envelope>& last) {
    auto marked = run(life_->chat.mark_read(caller, wire::MarkRead{last->conversation, last->seq}));
    EXPECT_TRUE(marked);
    poll();
  }
  Seq delivered_to(Caller author, ConversationId conversation) {
    auto view = run(life_->chat.conversation(author, wire::GetConversation{conversation}));
    return view->receipts.delivered_to;
  }
  std::size_t records(const std::string& prefix) {
    std::size_t count = 0;
    for (const auto& [name, value] : disk_.records) count += name.starts_with(prefix);
    return count;
  }

  ManualClock clock_;
  SeededRandom random_{5};
  MemoryDisk disk_;
  Fault fault_;
  FakeReceiver receiver_{clock_};
  std::uint8_t client_ids_ = 0;
  std::unique_ptr<Life> life_;
};

TEST_F(WebhooksTest, AMessageIsToldAndItsSenderSeesTheSecondTick) {
  hook();

  auto sent = say(kAna, kBot, "hello");

  EXPECT_THAT(receiver_.taken(), ElementsAre("message hello from 1"));
  EXPECT_EQ(delivered_to(kAna, sent->conversation), sent->seq);
}

TEST_F(WebhooksTest, TheSecondTickMeansThatItIsInTheQueueOnDisk) {
  hook();
  receiver_.status = [](const HttpRequest&) { return 500; };
  fault_.refuses = true;
  auto sent = say(kAna, kBot, "hello");
  pass(5s);
  EXPECT_EQ(delivered_to(kAna, sent->conversation), Seq{});

  fault_.refuses = false;
  pass(5s);

  EXPECT_EQ(delivered_to(kAna, sent->conversation), sent->seq);
  EXPECT_EQ(records("hook/mail/"), 1u);
}

TEST_F(WebhooksTest, OwnMessagesAreToldAsSentDeliveredAndReadOnceAndInOrder) {
  hook();
  auto first = say(kBot, kAna, "one");
  auto second = say(kBot, kAna, "two");
  EXPECT_THAT(receiver_.taken(), ElementsAre("sent one to 1", "sent two to 1"));
  fetch(kAna);
  fetch(kAna);
  read(kAna, first);
  read(kAna, first);
  read(kAna, second);
  pass(2min);

  EXPECT_THAT(receiver_.taken(), ElementsAre("sent one to 1", "sent two to 1", "delivered one to 1",
                                             "delivered two to 1", "read one to 1", "read two to 1"));
}

TEST_F(WebhooksTest, WhatBelongsToNoChatIsToldInItsOwnOrder) {
  hook();
  receiver_.status = [](const HttpRequest& request) { return request.body.starts_with("failed") ? 500 : 200; };
  for (const char* body : {"failed one", "failed two"}) {
    EXPECT_TRUE(run(life_->webhooks->tell(kBot.account, Mail{"failed", body})));
  }
  say(kAna, kBot, "hello");
  EXPECT_THAT(receiver_.taken(), ElementsAre("message hello from 1"));

  start();
  receiver_.status = [](const HttpRequest&) { return 200; };
  pass(10s);

  EXPECT_THAT(receiver_.taken(), ElementsAre("message hello from 1", "failed one", "failed two"));
  EXPECT_EQ(records("hook/mail/"), 0u);
}

TEST_F(WebhooksTest, WhatCannotBeWrittenIsNotTold) {
  hook();
  fault_.refuses = true;
  EXPECT_FALSE(run(life_->webhooks->tell(kBot.account, Mail{"failed", "failed one"})));
  fault_.refuses = false;
  pass(5s);
  EXPECT_THAT(receiver_.taken(), IsEmpty());
}

TEST_F(WebhooksTest, ReadAtOnceIsDeliveredBefore) {
  hook();
  auto sent = say(kBot, kAna, "one");
  read(kAna, sent);

  EXPECT_THAT(receiver_.taken(), ElementsAre("sent one to 1", "delivered one to 1", "read one to 1"));
}

TEST_F(WebhooksTest, ManyStatusesAtOnceAreAddedInPieces) {
  hook();
  std::vector<std::string> wanted;
  for (int i = 0; i < 100; ++i) {
    auto sent = say(kBot, kAna, std::to_string(i));
    ASSERT_TRUE(sent);
  }
  receiver_.posts.clear();
  for (int i = 0; i < 100; ++i) wanted.push_back("delivered " + std::to_string(i) + " to 1");
  fetch(kAna);

  EXPECT_EQ(receiver_.taken(), wanted);
}

TEST_F(WebhooksTest, GroupsToo) {
  hook();
  wire::CreateGroup request;
  request.name = "team";
  request.members = {kBot.account, kBen.account};
  request.client_id[0] = ++client_ids_;
  auto group = run(life_->chat.create_group(kAna, request));
  ASSERT_TRUE(group);
  wire::Send send;
  send.to = group->conversation;
  send.client_id[0] = ++client_ids_;
  send.body.bytes = "text:hello.";
  ASSERT_TRUE(run(life_->chat.send(kAna, send)));
  send.client_id[0] = ++client_ids_;
  send.body.bytes = "text:hi.";
  ASSERT_TRUE(run(life_->chat.send(kBot, send)));
  poll();
  fetch(kAna);
  EXPECT_THAT(receiver_.taken(), ElementsAre("message hello from 1", "sent hi to a group"));
  fetch(kBen);

  EXPECT_THAT(receiver_.taken(), ElementsAre("message hello from 1", "sent hi to a group", "delivered hi to a group"));
}

TEST_F(WebhooksTest, WhatIsNotToldIsAcknowledgedAllTheSame) {
  hook();
  auto odd = say(kAna, kBot, "odd");
  EXPECT_EQ(delivered_to(kAna, odd->conversation), odd->seq);
  EXPECT_EQ(life_->webhooks->metrics().forward.left_out, 1u);
  say(kAna, kBot, "even");

  EXPECT_THAT(receiver_.taken(), ElementsAre("message even from 1"));
}

TEST_F(WebhooksTest, ANewWebhookHearsWhatNobodyFetchedButNoOldStatuses) {
  say(kAna, kBot, "fetched");
  fetch(kBot);
  auto old = say(kBot, kAna, "old");
  say(kAna, kBot, "waiting");
  hook();
  EXPECT_THAT(receiver_.taken(), ElementsAre("message waiting from 1"));
  say(kBot, kAna, "new");
  fetch(kAna);
  read(kAna, old);

  EXPECT_THAT(receiver_.taken(), ElementsAre("message waiting from 1", "sent new to 1", "delivered new to 1"));
}

TEST_F(WebhooksTest, ALostBellCostsAMinute) {
  hook();
  life_->hub.add_thread(2, [](auto) {}, [](auto, auto, auto) {}, [](auto, auto) {});
  for (chat::SessionId session : life_->hub.sessions_of(kBot.account)) life_->hub.leave(kBot.account, session);
  say(kAna, kBot, "hello");
  EXPECT_THAT(receiver_.taken(), IsEmpty());

  pass(61s);

  EXPECT_THAT(receiver_.taken(), ElementsAre("message hello from 1"));
}

TEST_F(WebhooksTest, ARemovedWebhookHearsNothingAndLeavesNothing) {
  hook();
  receiver_.status = [](const HttpRequest&) { return 500; };
  say(kAna, kBot, "hello");
  EXPECT_EQ(records("hook/mail/"), 1u);
  EXPECT_TRUE(run(life_->webhooks->subscriptions().remove(kBot.account)));
  poll();
  pass(2min);
  EXPECT_EQ(records("hook"), 0u);
  receiver_.posts.clear();
  receiver_.status = [](const HttpRequest&) { return 200; };
  say(kAna, kBot, "missed");
  pass(2min);
  EXPECT_THAT(receiver_.posts, IsEmpty());

  hook();
  say(kAna, kBot, "again");
  EXPECT_THAT(receiver_.taken(), ElementsAre("message missed from 1", "message again from 1"));
}

TEST_F(WebhooksTest, ARevokedDeviceIsReplacedAndARemovedAccountEndsItsWebhook) {
  hook();
  auto subscription = run(life_->webhooks->subscriptions().get(kBot.account));
  Device device = *run(life_->store.device(subscription->device)).value();
  EXPECT_EQ(device.name, "Webhook");
  device.life = homing::Life::ended;
  ASSERT_TRUE(run(life_->store.put(device)));
  pass(61s);
  say(kAna, kBot, "hello");
  EXPECT_THAT(receiver_.taken(), ElementsAre("message hello from 1"));

  Account account = *run(life_->store.account(kBot.account)).value();
  account.life = homing::Life::ended;
  ASSERT_TRUE(run(life_->store.put(account)));
  pass(61s);
  EXPECT_EQ(records("hook"), 0u);
}

// Messages, receipts and statuses, with the process dying at the write with each number in turn: everything is told, in
// order, and only what was under way at the crash may come twice.
TEST_F(WebhooksTest, ACrashBetweenAnyTwoStepsLosesNothing) {
  hook();
  const std::vector<std::string> kWanted = {"message a from 1", "sent b to 1", "message c from 1", "delivered b to 1",
                                            "sent d to 1",      "read b to 1", "delivered d to 1", "read d to 1"};
  std::size_t crashes = 0;
  for (Fate last : {Fate::refused, Fate::lost}) {
    for (std::size_t crash_at = 0; crash_at < 40; ++crash_at) {
      SCOPED_TRACE(testing::Message() << "write " << crash_at << (last == Fate::lost ? ", on disk" : ""));
      receiver_.posts.clear();
      life_->store.flush();
      std::uint8_t number = static_cast<std::uint8_t>(crash_at * 5 % 200);
      auto settle = [&] {
        if (!fault_.crashed()) return;
        ++crashes;
        fault_ = Fault{};
        start();
      };
      // What a device was not answered it says again.
      auto insist = [&](Caller from, Caller to, const char* text) {
        client_ids_ = ++number;
        for (;;) {
          auto sent = say(from, to, text, client_ids_);
          settle();
          if (sent) return sent;
        }
      };
      disk_.client_ids.clear();
      fault_ = Fault{0, crash_at, last};
      insist(kAna, kBot, "a");
      auto b = insist(kBot, kAna, "b");
      insist(kAna, kBot, "c");
      fetch(kAna);
      settle();
      fetch(kAna);
      auto d = insist(kBot, kAna, "d");
      for (const auto* seen : {&b, &d}) {
        for (int again = 0; again < 2; ++again) {
          if (run(life_->chat.mark_read(kAna, wire::MarkRead{(*seen)->conversation, (*seen)->seq}))) poll();
          settle();
        }
      }
      fault_ = Fault{};
      start();
      fetch(kAna);
      EXPECT_TRUE(run(life_->chat.mark_read(kAna, wire::MarkRead{d->conversation, d->seq})));
      pass(5min);

      std::vector<std::string> got;
      std::size_t twice = 0;
      for (const std::string& body : receiver_.taken()) {
        if (std::ranges::find(got, body) != got.end()) {
          ++twice;
        } else {
          got.push_back(body);
        }
      }
      auto place = [&](const std::string& body) { return std::ranges::find(got, body) - got.begin(); };
      EXPECT_THAT(got, testing::UnorderedElementsAreArray(kWanted));
      EXPECT_LT(place("message a from 1"), place("message c from 1"));
      for (const char* text : {"b", "d"}) {
        std::string to = std::string(text) + " to 1";
        EXPECT_LT(place("sent " + to), place("delivered " + to));
        EXPECT_LT(place("delivered " + to), place("read " + to));
      }
      EXPECT_LE(twice, 1u);
      EXPECT_EQ(records("hook/mail/"), 0u);
    }
  }
  EXPECT_GT(crashes, 20u);
}

}  // namespace
}  // namespace homing::webhooks
