#include "webhooks/outgoing.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "webhooks/http_fixture.h"

namespace homing::webhooks {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::tcp;

class OutgoingTest : public testing::Test {
 protected:
  template <class T>
  T run(Task<T> task) {
    auto future = asio::co_spawn(io_, std::move(task), asio::use_future);
    auto work = asio::make_work_guard(io_);
    io_.restart();
    while (future.wait_for(0s) != std::future_status::ready) io_.run_one();
    return future.get();
  }
  static HttpRequest post(std::string url, std::string body = "{}", std::chrono::milliseconds limit = 5s) {
    HttpRequest request;
    request.method = Method::post;
    request.url = std::move(url);
    request.headers = {"Content-Type: application/json"};
    request.body = std::move(body);
    request.limit = limit;
    return request;
  }
  static HttpRequest get(std::string url, int redirects_max = 0) {
    HttpRequest request;
    request.url = std::move(url);
    request.limit = 5s;
    request.redirects_max = redirects_max;
    return request;
  }

  asio::io_context io_{1};
  Outgoing outgoing_{AddressGuard::parse({"127.0.0.0/8"}).value(), "Homing/test"};
};

TEST_F(OutgoingTest, PostsExactlyTheseBytesWithTheirLength) {
  Receiver receiver(always(answer_of("202 Accepted", "ok")));
  std::string body("a\0b\r\n\xff", 6);

  auto answer = run(outgoing_.ask(post(receiver.url("/hook?x=1"), body)));

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->status, 202);
  EXPECT_EQ(answer->body, "ok");
  std::string request = receiver.requests().at(0);
  EXPECT_TRUE(request.starts_with("POST /hook?x=1 HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\nContent-Length: 6\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nUser-Agent: Homing/test\r\n"), std::string::npos);
  EXPECT_EQ(request.find("Expect"), std::string::npos);
  EXPECT_EQ(request.find("chunked"), std::string::npos);
  EXPECT_TRUE(request.ends_with("\r\n\r\n" + body));
}

TEST_F(OutgoingTest, AnyStatusIsAnAnswerAndARedirectIsNotFollowed) {
  Receiver receiver([](tcp::socket& socket, const std::string& request) {
    if (request.starts_with("POST /500")) return say(socket, answer_of("500 Oops", "no"));
    say(socket, answer_of("302 Found", "", "Location: /500\r\n"));
  });

  EXPECT_EQ(run(outgoing_.ask(post(receiver.url("/500"))))->status, 500);
  EXPECT_EQ(run(outgoing_.ask(post(receiver.url("/302"))))->status, 302);
  EXPECT_EQ(receiver.requests().size(), 2u);
}

TEST_F(OutgoingTest, WhoIsSilentOrDripsIsGivenUpInTime) {
  Receiver silent(&stay_silent);
  Receiver dripping([](tcp::socket& socket, const std::string&) {
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    boost::system::error_code failed;
    while (!failed) {
      asio::write(socket, asio::buffer("x", 1), failed);
      std::this_thread::sleep_for(10ms);
    }
  });
  for (Receiver* receiver : {&silent, &dripping}) {
    auto begin = std::chrono::steady_clock::now();
    auto answer = run(outgoing_.ask(post(receiver->url(), "{}", 300ms)));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::unavailable);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  }
}

TEST_F(OutgoingTest, GarbageAndEarlyEndsAreNoAnswers) {
  for (const char* bytes :
       {"", "garbage\r\n\r\n", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    Receiver receiver(always(bytes));
    auto answer = run(outgoing_.ask(post(receiver.url())));
    ASSERT_FALSE(answer) << bytes;
    EXPECT_EQ(answer.error().code, Code::unavailable) << bytes;
  }
}

TEST_F(OutgoingTest, OfAHugeAnswerOnlyTheBeginningIsRead) {
  Receiver receiver([](tcp::socket& socket, const std::string&) {
    say(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    boost::system::error_code failed;
    std::string chunk(16 * 1024, 'x');
    while (!failed) asio::write(socket, asio::buffer(chunk), failed);  // without end
  });

  auto answer = run(outgoing_.ask(post(receiver.url())));

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body.size(), kAnswerBytesKept);
}

TEST_F(OutgoingTest, WhatAnAddressIsCountsNotItsName) {
  Receiver receiver(always(answer_of("200 OK", "secret")));
  Outgoing guarded{AddressGuard()};

  for (const char* host : {"127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "[::ffff:127.0.0.1]"}) {
    auto answer = run(guarded.ask(post(receiver.url("/", host))));
    ASSERT_FALSE(answer) << host;
    EXPECT_EQ(answer.error().code, Code::forbidden) << host << ": " << answer.error().detail;
  }
  EXPECT_TRUE(receiver.requests().empty());
}

TEST_F(OutgoingTest, EachRedirectIsCheckedToo) {
  Receiver inside(always(answer_of("200 OK", "secret")));
  // 127.0.0.2 is not allowed here, though it is the same machine.
  Receiver outside([&](tcp::socket& socket, const std::string&) {
    say(socket, answer_of("302 Found", "", "Location: " + inside.url("/", "127.0.0.2") + "\r\n"));
  });
  Outgoing guarded{AddressGuard::parse({"127.0.0.1"}).value()};

  auto answer = run(guarded.ask(get(outside.url(), 3)));

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::forbidden);
  EXPECT_TRUE(inside.requests().empty());
}

TEST_F(OutgoingTest, RedirectsAreFollowedAFewTimesAndToHttpOnly) {
  Receiver receiver([](tcp::socket& socket, const std::string& request) {
    std::string path = request.substr(4, request.find(' ', 4) - 4);
    if (path == "/file") return say(socket, answer_of("302 Found", "", "Location: file:///etc/passwd\r\n"));
    if (path == "/named") return say(socket, answer_of("302 Found", "", "Location: http://a:b@127.0.0.1/\r\n"));
    if (path == "/0") return say(socket, answer_of("200 OK", "done"));
    say(socket, answer_of("302 Found", "", "Location: /" + std::to_string(std::stoi(path.substr(1)) - 1) + "\r\n"));
  });

  auto three = run(outgoing_.ask(get(receiver.url("/3"), 3)));
  ASSERT_TRUE(three);
  EXPECT_EQ(three->body, "done");
  EXPECT_TRUE(three->url.ends_with("/0"));
  for (const char* path : {"/4", "/file", "/named"})
    EXPECT_FALSE(run(outgoing_.ask(get(receiver.url(path), 3)))) << path;
}

TEST_F(OutgoingTest, OnlyWholeHttpUrlsWithoutCredentialsAreTaken) {
  for (const char* url :
       {"", "example.org", "ftp://example.org/", "file:///etc/passwd", "http://", "http://a@b.org/",
        "https://a:b@c.org/", "http://exa mple.org/", "http://example.org/\r\nX: y", "javascript:alert(1)"}) {
    auto checked = check_url(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code, Code::invalid_argument) << url;
    EXPECT_EQ(checked.error().field, "url");
  }
  EXPECT_FALSE(check_url("http://a.org/" + std::string(kUrlBytesMax, 'x')));
  for (const char* url :
       {"http://example.org", "https://example.org:8443/a?b=c", "http://[2606:4700::1111]:80/", "HTTPS://X.ORG/"}) {
    EXPECT_TRUE(check_url(url)) << url;
  }
}

TEST_F(OutgoingTest, ASinkIsNotOutrun) {
  const std::string content(3'000'000, 'x');
  Receiver receiver(always(answer_of("200 OK", content, "Content-Type: image/png\r\nContent-Disposition: inline\r\n")));
  std::size_t taken = 0;
  std::size_t largest = 0;
  Sink sink = [&](std::string chunk) -> Task<Result<void>> {
    taken += chunk.size();
    largest = std::max(largest, chunk.size());
    asio::steady_timer pause(co_await asio::this_coro::executor, 5ms);
    co_await pause.async_wait(asio::use_awaitable);
    co_return Result<void>{};
  };

  auto answer = run(outgoing_.stream(get(receiver.url()), content.size(), sink));

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(taken, content.size());
  EXPECT_LE(largest, kStreamBytesAhead);
  EXPECT_EQ(answer->content_type, "image/png");
  EXPECT_EQ(answer->disposition, "inline");
}

TEST_F(OutgoingTest, AStreamThatIsTooLongOrUnwantedEnds) {
  Receiver receiver(always(answer_of("200 OK", std::string(100'000, 'x'))));
  Sink takes = [](std::string) -> Task<Result<void>> { co_return Result<void>{}; };
  Sink refuses = [](std::string) -> Task<Result<void>> { co_return fail(Code::quota_exceeded); };

  EXPECT_EQ(run(outgoing_.stream(get(receiver.url()), 99'999, takes)).error().code, Code::too_big);
  EXPECT_EQ(run(outgoing_.stream(get(receiver.url()), 100'000, refuses)).error().code, Code::quota_exceeded);
  EXPECT_TRUE(run(outgoing_.stream(get(receiver.url()), 100'000, takes)));
}

TEST_F(OutgoingTest, StoppingDoesNotWait) {
  Receiver receiver(&stay_silent);
  auto future = asio::co_spawn(io_, outgoing_.ask(post(receiver.url(), "{}", 60s)), asio::use_future);
  io_.poll();
  while (receiver.requests().empty()) std::this_thread::sleep_for(1ms);
  auto begin = std::chrono::steady_clock::now();

  outgoing_.stop();

  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(run(outgoing_.ask(post(receiver.url()))).error().code, Code::shutting_down);
}

TEST_F(OutgoingTest, DeliveriesHaveRoomWhenNothingElseHas) {
  Receiver receiver(always(answer_of("200 OK", "")));
  tcp::acceptor silent(io_, {asio::ip::address_v4::loopback(), 0});  // connects, and nobody accepts
  std::string slow = "http://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/";
  for (std::size_t i = 0; i < kTransfersMax - kTransfersForDeliveries; ++i) {
    asio::co_spawn(io_, outgoing_.ask(get(slow)), asio::detached);
  }
  io_.poll();

  EXPECT_EQ(run(outgoing_.ask(get(receiver.url()))).error().code, Code::rate_limited);
  HttpRequest delivery = post(receiver.url());
  delivery.errand = Errand::delivery;
  auto answer = run(outgoing_.ask(delivery));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->status, 200);
  outgoing_.stop();
}

}  // namespace
}  // namespace homing::webhooks
