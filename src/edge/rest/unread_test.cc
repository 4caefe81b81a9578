#include "edge/rest/unread.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "store/memory.h"

namespace homing::rest {
namespace {

namespace asio = boost::asio;

// Moves when the test says so; whoever sleeps only lets the others go first.
class TestClock final : public Clock {
 public:
  Time now() const override { return time; }
  Task<void> sleep(std::chrono::milliseconds) override { co_await asio::post(asio::use_awaitable); }
  Time time{1'749'416'383'000};
};

class UnreadTest : public testing::Test {
 protected:
  void SetUp() override {
    bool done = false;
    asio::co_spawn(io_, accounts_.add("+15551230001", "Ana", ""), [&](std::exception_ptr, auto added) {
      ana_ = std::move(*added);
      done = true;
    });
    while (!done) turn();
  }
  void turn() {
    io_.restart();
    io_.poll_one();
  }
  void turns() {
    for (int i = 0; i < 2000; ++i) turn();
  }
  // Nothing yet: it waits.
  std::shared_ptr<std::optional<edge::Response>> get(const std::string& query) {
    edge::RequestReader reader;
    reader.read("GET /v1/messages?" + query + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + ana_.token +
                "\r\n\r\n");
    edge::Request request = *reader.request();
    request.hung_up = [this] { return hung_up_; };
    auto answer = std::make_shared<std::optional<edge::Response>>();
    asio::co_spawn(io_, unread_.get(std::move(request)),
                   [answer](std::exception_ptr, edge::Response response) { answer->emplace(std::move(response)); });
    turns();
    return answer;
  }

  bool hung_up_ = false;
  TestClock clock_;
  SeededRandom random_{1};
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  chat::Hub hub_;
  chat::Accounts accounts_{store_.log(), store_.directory(), store_.inbox(), clock_, random_, std::nullopt};
  chat::Chat chat_{store_.log(), store_.inbox(), store_.directory(), hub_, clock_, random_};
  Gate gate_{accounts_, clock_, {}};
  People people_{chat_};
  Unread unread_{gate_, people_, chat_, clock_, []() -> Result<void> { return {}; }};
  chat::NewDevice ana_;
  asio::io_context io_{1};
};

TEST_F(UnreadTest, ANewerWaitEndsTheOldestOfTheDevice) {
  auto first = get("wait=30"), second = get("wait=30");
  EXPECT_FALSE(*first);
  EXPECT_FALSE(*second);

  auto third = get("wait=30");
  ASSERT_TRUE(*first);
  EXPECT_EQ((*first)->status, 200);
  EXPECT_EQ((*first)->body.find("{\"messages\":[]"), 0u) << (*first)->body;
  EXPECT_FALSE(*second);
  EXPECT_FALSE(*third);

  clock_.time = clock_.time + std::chrono::seconds(31);
  turns();
  ASSERT_TRUE(*second && *third);
  EXPECT_EQ((*third)->status, 200);
  EXPECT_FALSE(*get("wait=30"));
}

TEST_F(UnreadTest, AWaitEndsWhenItsClientHasHungUp) {
  auto waiting = get("wait=30");
  EXPECT_FALSE(*waiting);
  hung_up_ = true;
  turns();
  ASSERT_TRUE(*waiting);
  EXPECT_EQ((*waiting)->body.find("{\"messages\":[]"), 0u) << (*waiting)->body;
}

TEST_F(UnreadTest, AWaitEndsWithItsToken) {
  auto waiting = get("wait=30");
  EXPECT_FALSE(*waiting);
  bool revoked = false;
  asio::co_spawn(io_, accounts_.revoke(ana_.device), [&](std::exception_ptr, auto) { revoked = true; });
  turns();
  ASSERT_TRUE(revoked);
  ASSERT_TRUE(*waiting);
  EXPECT_EQ((*waiting)->status, 401);
}

}  // namespace
}  // namespace homing::rest
