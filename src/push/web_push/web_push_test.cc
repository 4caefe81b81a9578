#include "push/web_push/web_push.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>

#include "base/manual_clock.h"
#include "push/web_push/base64.h"
#include "push/web_push/sealing.h"

namespace homing {
namespace {

class WebPushTest : public testing::Test {
 protected:
  WebPushTest() {
    push_ = std::move(*WebPush::open(
        pem_, "mailto:ops@chat.example", WebPush::Services::tls,
        [this](WebPush::Request request) { return ask(std::move(request)); }, clock_, random_));
  }
  Task<Result<WebPush::Response>> ask(WebPush::Request request) {
    asked_.push_back(std::move(request));
    co_return response_;
  }
  PushAddress browser(std::string endpoint = "https://push.example:8443/send/17?x=1") const {
    return PushAddress{std::move(endpoint), web_push::point_of(browser_).value(), std::string(16, 's'), Previews::no};
  }
  Result<PushAnswer> say(const std::string& text, std::string topic = {}) {
    PushMessage message{text, std::move(topic)};
    auto answer = boost::asio::co_spawn(io_, push_->push(browser(), std::move(message)), boost::asio::use_future);
    io_.restart();
    io_.run();
    return answer.get();
  }
  PushAnswer after(int status, std::chrono::milliseconds retry = {}) {
    response_ = WebPush::Response{status, retry};
    return say("x").value();
  }
  std::string header(const std::string& name) const {
    for (const std::string& line : asked_.back().headers) {
      if (line.starts_with(name + ": ")) return line.substr(name.size() + 2);
    }
    return {};
  }

  ManualClock clock_;
  SystemRandom random_;
  std::string pem_ = WebPush::fresh_pem().value();
  web_push::Key browser_ = web_push::fresh_key().value();
  Result<WebPush::Response> response_ = WebPush::Response{201, {}};
  std::vector<WebPush::Request> asked_;
  std::unique_ptr<WebPush> push_;
  boost::asio::io_context io_;
};

TEST_F(WebPushTest, TheBrowserReadsWhatWasSaid) {
  auto answer = say("hello", "chat7");

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->what, PushAnswer::What::taken);
  EXPECT_EQ(asked_.back().url, browser().endpoint);
  EXPECT_EQ(web_push::unsealed(browser_, std::string(16, 's'), asked_.back().body), "hello");
  EXPECT_EQ(header("Content-Encoding"), "aes128gcm");
  EXPECT_EQ(header("TTL"), "86400");
  EXPECT_EQ(header("Topic"), "chat7");
}

TEST_F(WebPushTest, EveryMessageHasItsOwnSaltAndKey) {
  (void)say("hello");
  (void)say("hello");
  EXPECT_NE(asked_[0].body.substr(0, 16), asked_[1].body.substr(0, 16));
  EXPECT_NE(asked_[0].body.substr(21, 65), asked_[1].body.substr(21, 65));
}

TEST_F(WebPushTest, TheTokenIsSignedByTheServersKeyForThisService) {
  (void)say("x");

  std::string value = header("Authorization");
  ASSERT_TRUE(value.starts_with("vapid t="));
  std::size_t end = value.find(", k=");
  std::string token = value.substr(8, end - 8), key = web_push::from_base64(value.substr(end + 4)).value();
  EXPECT_EQ(key, push_->public_key());
  std::size_t dot = token.rfind('.');
  auto point = web_push::key_from_point(key);
  EXPECT_TRUE(web_push::is_signature(*point, token.substr(0, dot), *web_push::from_base64(token.substr(dot + 1))));
  EXPECT_FALSE(web_push::is_signature(*point, token.substr(1, dot - 1), *web_push::from_base64(token.substr(dot + 1))));
  std::size_t first = token.find('.');
  EXPECT_EQ(web_push::from_base64(token.substr(0, first)), "{\"typ\":\"JWT\",\"alg\":\"ES256\"}");
  std::int64_t ends = clock_.now().ms / 1000 + 12 * 3600;
  EXPECT_EQ(web_push::from_base64(token.substr(first + 1, dot - first - 1)),
            "{\"aud\":\"https://push.example:8443\",\"exp\":" + std::to_string(ends) +
                ",\"sub\":\"mailto:ops@chat.example\"}");
}

TEST_F(WebPushTest, ATokenIsKeptForHoursAndThenMadeAnew) {
  (void)say("x");
  std::string first = header("Authorization");
  clock_.pass(std::chrono::hours(5));
  (void)say("x");
  EXPECT_EQ(header("Authorization"), first);
  clock_.pass(std::chrono::hours(1));
  (void)say("x");
  EXPECT_NE(header("Authorization"), first);
}

TEST_F(WebPushTest, AnswersMeanWhatTheRfcSays) {
  using enum PushAnswer::What;
  EXPECT_EQ(after(200).what, taken);
  EXPECT_EQ(after(201).what, taken);
  EXPECT_EQ(after(404).what, gone);
  EXPECT_EQ(after(410).what, gone);
  EXPECT_EQ(after(429, std::chrono::seconds(7)).what, later);
  EXPECT_EQ(after(429, std::chrono::seconds(7)).after, std::chrono::seconds(7));
  EXPECT_EQ(after(503).what, later);
  EXPECT_EQ(after(400).what, refused);
  EXPECT_EQ(after(403).what, refused);
  EXPECT_EQ(after(301).what, refused) << "nobody is followed elsewhere";
  response_ = fail(Code::unavailable);
  EXPECT_EQ(say("x").error().code, Code::unavailable);
}

TEST_F(WebPushTest, OnlyHttpsEndpointsAreAddresses) {
  EXPECT_TRUE(push_->check(browser()));
  for (const char* url : {"http://push.example/x", "ftp://push.example", "", "https://a b/",
                          "https://me@push.example/x", "https://push.example/\"", "javascript:alert(1)"}) {
    EXPECT_EQ(push_->check(browser(url)).error().field, "endpoint") << url;
  }
  EXPECT_TRUE(push_->check(browser("https://a/" + std::string(2038, 'x'))));
  EXPECT_FALSE(push_->check(browser("https://a/" + std::string(2039, 'x'))));
  PushAddress other = browser();
  other.key = std::string(65, '\x04');
  EXPECT_EQ(push_->check(other).error().field, "key");
  other = browser();
  other.secret += 's';
  EXPECT_EQ(push_->check(other).error().field, "secret");
}

TEST_F(WebPushTest, TheKeyOutlivesTheServer) {
  auto again = WebPush::open(pem_, "mailto:x@y", WebPush::Services::tls, {}, clock_, random_);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->public_key(), push_->public_key());
  EXPECT_EQ(push_->public_key().size(), 65u);
  EXPECT_EQ(WebPush::open("garbage", "", WebPush::Services::tls, {}, clock_, random_).error().code, Code::corrupt);
}

}  // namespace
}  // namespace homing
