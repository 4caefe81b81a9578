#include "server/code_hook.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <future>
#include <string>
#include <thread>

namespace homing::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

// A hook that takes one request and gives one answer; an empty answer means that it stays silent.
class OneRequest {
 public:
  explicit OneRequest(std::string answer) : thread_([this, answer = std::move(answer)] { serve(answer); }) {}
  ~OneRequest() {
    boost::system::error_code ignored;
    if (thread_.joinable()) thread_.join();
    acceptor_.close(ignored);
  }
  std::string url() { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/send"; }
  void wait_for_request() { taken_.get_future().wait(); }
  std::string request() {
    thread_.join();
    return request_;
  }

 private:
  void serve(const std::string& answer) {
    tcp::socket socket = acceptor_.accept();
    boost::system::error_code failed;
    asio::read_until(socket, asio::dynamic_buffer(request_), "}", failed);
    taken_.set_value();
    if (!answer.empty()) {
      asio::write(socket, asio::buffer(answer), failed);
      return;
    }
    std::string rest;
    asio::read(socket, asio::dynamic_buffer(rest), failed);  // until the other side gives up
  }

  asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::promise<void> taken_;
  std::string request_;
  std::thread thread_;
};

class CodeHookTest : public ::testing::Test {
 protected:
  Result<void> send(CodeHook& hook) {
    auto future = asio::co_spawn(io_, hook.send("+15551230001", "012345"), asio::use_future);
    auto work = asio::make_work_guard(io_);
    io_.restart();
    while (future.wait_for(0s) != std::future_status::ready) io_.run_one();
    return future.get();
  }
  asio::io_context io_{1};
};

TEST_F(CodeHookTest, PostsPhoneAndCodeWithTheSecret) {
  OneRequest hooked("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
  CodeHook hook(hooked.url(), Secret("s3cret"), 5s);

  EXPECT_TRUE(send(hook));

  std::string request = hooked.request();
  EXPECT_TRUE(request.starts_with("POST /send HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("Authorization: Bearer s3cret\r\n"), std::string::npos);
  EXPECT_NE(request.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(request.find(R"({"phone":"+15551230001","code":"012345"})"), std::string::npos);
}

TEST_F(CodeHookTest, ARefusalOrARedirectMeansUndeliverable) {
  for (const char* answer :
       {"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "garbage\r\n\r\n"}) {
    OneRequest hooked(answer);
    CodeHook hook(hooked.url(), Secret(), 5s);
    auto sent = send(hook);
    ASSERT_FALSE(sent) << answer;
    EXPECT_EQ(sent.error().code, Code::code_undeliverable);
    EXPECT_EQ(sent.error().detail.find("012345"), std::string::npos);
  }
}

TEST_F(CodeHookTest, ASilentHookIsGivenUpInTime) {
  OneRequest hooked("");
  CodeHook hook(hooked.url(), Secret(), 200ms);
  auto begin = std::chrono::steady_clock::now();

  auto sent = send(hook);

  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::code_undeliverable);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST_F(CodeHookTest, NobodyListensThere) {
  CodeHook hook("http://127.0.0.1:1/", Secret(), 5s);

  EXPECT_EQ(send(hook).error().code, Code::code_undeliverable);
}

TEST_F(CodeHookTest, StoppingDoesNotWaitForASilentHook) {
  OneRequest hooked("");
  CodeHook hook(hooked.url(), Secret(), 60s);
  auto future = asio::co_spawn(io_, hook.send("+15551230001", "012345"), asio::use_future);
  io_.restart();
  io_.poll();
  hooked.wait_for_request();
  auto begin = std::chrono::steady_clock::now();

  hook.stop();

  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  EXPECT_EQ(send(hook).error().code, Code::shutting_down);
}

}  // namespace
}  // namespace homing::server
