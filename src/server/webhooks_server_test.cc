// A whole server on a folder, with RocksDB, its threads and libcurl: what was written to a bot while no server ran is told
// to its webhook when one starts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>

#include <pthread.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/random.h"
#include "edge/business/bots.h"
#include "edge/business/keys.h"
#include "server/operator.h"
#include "server/server.h"
#include "server/server_key.h"
#include "webhooks/http_fixture.h"
#include "webhooks/signature.h"

namespace homing::server {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;

class WebhooksServerTest : public ::testing::Test {
 protected:
  WebhooksServerTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "homing-webhooks-XXXXXX").string();
    parent_ = mkdtemp(pattern.data());
    config_.data = (parent_ / "data").string();
    config_.listen = "127.0.0.1:0";
    config_.threads = 2;
    config_.drain_seconds = 0;
  }
  ~WebhooksServerTest() override { std::filesystem::remove_all(parent_); }

  template <class T>
  static T run(asio::io_context& io, Task<T> task) {
    auto future = asio::co_spawn(io, std::move(task), asio::use_future);
    auto work = asio::make_work_guard(io);
    io.restart();
    while (future.wait_for(0s) != std::future_status::ready) io.run_one();
    return future.get();
  }

  // A bot with this webhook, and somebody who writes to it; no server runs.
  void write_to_bot(const std::string& url) {
    auto opened = Storage::open(config_.data);
    ASSERT_TRUE(opened);
    std::unique_ptr<Storage> storage = std::move(*opened);
    SystemClock clock;
    SystemRandom random;
    chat::Hub hub;
    chat::Accounts accounts(storage->log(), storage->directory(), storage->inbox(), clock, random, std::nullopt);
    chat::Chat chat(storage->log(), storage->inbox(), storage->directory(), hub, clock, random);
    webhooks::Ask nobody = [](webhooks::HttpRequest) -> Task<Result<webhooks::HttpAnswer>> {
      co_return fail(Code::unavailable);
    };
    webhooks::Subscriptions subscriptions(storage->shelf(), storage->inbox(), random, nobody);
    asio::io_context io(1);
    auto ana = run(io, accounts.add("+15551230001", "Ana", ""));
    auto key = server_key(config_.data, random);
    ASSERT_TRUE(key);
    business::Bots bots(storage->shelf(), storage->directory(), accounts, clock, random, business::derive_keys(*key));
    auto made = run(io, bots.add("+15551230007", "Bot"));
    ASSERT_TRUE(made) << made.error().detail;
    AccountId bot = made->bot.account;
    webhooks::Target target{url, "", {}, webhooks::Form::on_premises};
    ASSERT_TRUE(run(io, subscriptions.set(bot, target, "app-secret")));
    wire::Send send;
    send.to = bot;
    send.body.bytes = "\x0a\x07\x0a\x05hello";
    ASSERT_TRUE(run(io, chat.send(Caller{ana->account, ana->device}, send)));
    storage->close();
  }
  // Serves until this holds; then stops the server as an operator does.
  void serve_until(const std::function<bool()>& holds) {
    Server server(config_, {});
    auto started = server.start();
    ASSERT_TRUE(started) << started.error().detail;
    bool held = false;
    pthread_t serving = pthread_self();  // the thread that has set the handler up takes the signal
    std::thread watching([&] {
      for (int i = 0; i < 1000 && !(held = listens_to_signals() && holds()); ++i) std::this_thread::sleep_for(10ms);
      pthread_kill(serving, SIGTERM);
    });
    server.run();
    watching.join();
    EXPECT_TRUE(held);
  }
  // Before run() has come so far a signal would end the test.
  static bool listens_to_signals() {
    struct sigaction action{};
    sigaction(SIGTERM, nullptr, &action);
    return action.sa_handler != SIG_DFL;
  }
  json::object ask(const std::string& line, const std::string& list) {
    Operator way(config_.data);
    std::vector<std::string> lines{line};
    auto answers = way.ask(std::move(lines));
    if (!answers) throw std::runtime_error(answers.error().detail);
    return json::parse(answers->front()).at("result").at(list).at(0).as_object();
  }

  std::filesystem::path parent_;
  Config config_;
};

TEST_F(WebhooksServerTest, TellsWhatCameWhileItWasDown) {
  webhooks::Receiver receiver(webhooks::always(webhooks::answer_of("200 OK", "")));
  write_to_bot(receiver.url());

  config_.webhooks_allow = {"127.0.0.1"};
  serve_until([&] { return !receiver.requests().empty(); });

  std::string request = receiver.requests().at(0);
  std::string body = request.substr(request.find("\r\n\r\n") + 4);
  EXPECT_NE(request.find("X-Hub-Signature-256: " + webhooks::signature_256("app-secret", body) + "\r\n"),
            std::string::npos);
  json::object told = json::parse(body).as_object();
  EXPECT_EQ(told.at("messages").at(0).at("from"), "15551230001");
  EXPECT_EQ(told.at("messages").at(0).at("text").at("body"), "hello");

  serve_until([] { return true; });
  EXPECT_EQ(receiver.requests().size(), 1u);
  EXPECT_EQ(ask(R"({"command":"webhook.list"})", "webhooks").at("chats_waiting"), 0);
}

TEST_F(WebhooksServerTest, AddressesOfThisMachineAreRefusedUnlessAllowed) {
  webhooks::Receiver receiver(webhooks::always(webhooks::answer_of("200 OK", "")));
  write_to_bot(receiver.url());
  auto listed = [&] { return ask(R"({"command":"webhook.list","phone":"+15551230007"})", "webhooks"); };

  serve_until([&] { return listed().at("attempts") == 1; });

  EXPECT_TRUE(receiver.requests().empty());
  json::object state = listed();
  EXPECT_EQ(state.at("chats_waiting"), 1);
  EXPECT_THAT(std::string(state.at("last_failure").as_string()), testing::HasSubstr("webhooks.allow"));
}

}  // namespace
}  // namespace homing::server
