// For tests: a shard on real loopback sockets, with the real sessions and accounts over the store in memory, and a
// client with a plain socket and a small vocabulary.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <future>
#include <optional>
#include <thread>

#include "chat/delivery.h"
#include "edge/shard.h"
#include "frames.pb.h"
#include "store/memory.h"

namespace homing::edge {

using namespace std::chrono_literals;

constexpr int kPatienceMs = 5000;  // a test that waits so long has failed

inline const EmbeddedFile kFiles[] = {{"/index.html", "text/html", "<!doctype html>"}};

enum class Wire { plain, tls };

// A client with a socket, plain or under TLS, and a small vocabulary.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port, Wire wire = Wire::plain) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    if (wire == Wire::plain) return;
    context_ = SSL_CTX_new(TLS_client_method());
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd_);
    EXPECT_EQ(SSL_connect(ssl_), 1);
  }
  ~TestClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(fd_);
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  void say(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t sent = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                     : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // Waits for more; false at the end of the stream.
  bool more() {
    pollfd wait{fd_, POLLIN, 0};
    bool here = ssl_ != nullptr && SSL_pending(ssl_) > 0;
    if (!here && poll(&wait, 1, kPatienceMs) != 1) {
      ADD_FAILURE() << "nothing came";
      return false;
    }
    char buffer[65536];
    ssize_t got = ssl_ != nullptr ? SSL_read(ssl_, buffer, sizeof buffer) : recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  // Says that nothing more is said, and listens on.
  void say_end() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
    shutdown(fd_, SHUT_WR);
  }
  // Everything up to and including this.
  std::string until(std::string_view mark) {
    std::size_t at;
    while ((at = received_.find(mark)) == std::string::npos) {
      if (!more()) return {};
    }
    return take(at + mark.size());
  }
  std::string exactly(std::size_t size) {
    while (received_.size() < size) {
      if (!more()) return {};
    }
    return take(size);
  }
  bool ends() {
    while (more()) {}
    return true;
  }

  // --- HTTP ---
  std::string ask(const std::string& request) {
    say(request);
    std::string head = until("\r\n\r\n");
    std::size_t length = head.find("Content-Length: ");
    if (length == std::string::npos || request.starts_with("HEAD")) return head;
    return head + exactly(std::stoul(head.substr(length + 16)));
  }
  std::string upgrade(const std::string& token, const std::string& protocol = "homing.v1.proto") {
    return ask(
        "GET /v1/ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " +
        token + "\r\nSec-WebSocket-Protocol: " + protocol + "\r\n\r\n");
  }

  // --- WebSocket ---
  static std::string masked(Opcode opcode, std::string_view payload) {
    std::string frame;
    append_frame(frame, opcode, payload);
    frame[1] = static_cast<char>(frame[1] | 0x80);
    frame.insert(frame.size() - payload.size(), 4, '\0');  // a mask of zeros changes nothing
    return frame;
  }
  void send(Opcode opcode, std::string_view payload) { say(masked(opcode, payload)); }
  void send(const v1::ClientFrame& frame) { send(Opcode::binary, frame.SerializeAsString()); }
  struct Frame {
    Opcode opcode = Opcode::continuation;  // when the stream has ended
    std::string payload;
  };
  Frame frame() {
    std::string head = exactly(2);
    if (head.empty()) return {};
    std::size_t length = static_cast<unsigned char>(head[1]);
    if (length >= 126) {
      std::string wide = exactly(length == 126 ? 2 : 8);
      length = 0;
      for (char c : wide) length = length << 8 | static_cast<unsigned char>(c);
    }
    return {static_cast<Opcode>(head[0] & 0x0F), exactly(length)};
  }
  v1::ServerFrame answer() {
    v1::ServerFrame message;
    Frame got = frame();
    EXPECT_EQ(got.opcode, Opcode::binary);
    EXPECT_TRUE(message.ParseFromString(got.payload));
    return message;
  }
  // The close code of the next close frame; 0 if the stream ends without one.
  int close_code() {
    for (;;) {
      Frame got = frame();
      if (got.opcode == Opcode::continuation) return 0;
      if (got.opcode != Opcode::close) continue;
      if (got.payload.size() < 2) return 1005;
      return static_cast<unsigned char>(got.payload[0]) << 8 | static_cast<unsigned char>(got.payload[1]);
    }
  }
  v1::ServerFrame hello() {
    v1::ClientFrame hello;
    hello.set_request(1);
    hello.mutable_hello();
    send(hello);
    v1::ServerFrame welcome = answer();
    EXPECT_TRUE(answer().has_caught_up());
    return welcome;
  }
  int fd() const { return fd_; }

 private:
  std::string take(std::size_t size) {
    std::string front = received_.substr(0, size);
    received_.erase(0, size);
    return front;
  }
  int fd_;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  std::string received_;
};

class ShardTest : public testing::Test {
 protected:
  ShardTest() { options_.port = 0; }
  ~ShardTest() override {
    if (thread_.joinable()) {
      shard_->stop();
      thread_.join();
    }
  }

  void start() {
    sessions_.emplace(0, io_.get_executor(), *serving_, hub_, limits_);
    sessions_->join();
    ana_ = add("+15551230001", "Ana");
    ben_ = add("+15551230002", "Ben");
    shard_ = std::make_unique<Shard>(io_, 0, *sessions_, accounts_, http_, options_);
    auto port = shard_->listen();
    ASSERT_TRUE(port);
    port_ = *port;
    boost::asio::co_spawn(io_, deliver(this), boost::asio::detached);
    thread_ = std::thread([this] { shard_->run(); });
  }
  static Task<void> deliver(ShardTest* self) {
    auto caught_up = co_await self->delivery_.catch_up();
    EXPECT_TRUE(caught_up);
    co_await self->delivery_.run();
  }
  static Task<void> add_account(ShardTest* self, std::string phone, std::string name, chat::NewDevice* out) {
    auto added = co_await self->accounts_.add(std::move(phone), std::move(name), "test");
    EXPECT_TRUE(added);
    if (added) *out = *added;
  }
  chat::NewDevice add(std::string phone, std::string name) {
    chat::NewDevice device;
    boost::asio::co_spawn(io_, add_account(this, std::move(phone), std::move(name), &device), boost::asio::detached);
    io_.run();
    io_.restart();
    return device;
  }
  // The shard's figures, read on its thread.
  Metrics metrics() {
    std::promise<Metrics> promise;
    boost::asio::post(io_, [&] { promise.set_value(shard_->metrics()); });
    return promise.get_future().get();
  }

  std::size_t output_bytes() {
    std::promise<std::size_t> promise;
    boost::asio::post(io_, [&] { promise.set_value(shard_->output_bytes()); });
    return promise.get_future().get();
  }

  SystemClock clock_;
  SystemRandom random_;
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  chat::Hub hub_;
  chat::Chat chat_{store_.log(), store_.inbox(), store_.directory(), hub_, clock_, random_};
  chat::Delivery delivery_{store_.log(), store_.inbox(), store_.directory(), hub_, clock_};
  chat::Accounts accounts_{store_.log(), store_.directory(), store_.inbox(), clock_, random_, std::nullopt};
  std::atomic<bool> ready_{true};
  Http http_{accounts_, clock_,
             [this]() -> Result<void> { return ready_ ? Result<void>{} : fail(Code::unavailable, "the disk is full"); },
             kFiles, HttpOptions{"1.2.3", Rate{3, std::chrono::hours(1)}}};
  chat::Chat* serving_ = &chat_;
  chat::SessionLimits limits_;
  ShardOptions options_;
  std::optional<chat::Sessions> sessions_;
  boost::asio::io_context io_{1};
  std::unique_ptr<Shard> shard_;
  std::thread thread_;
  std::uint16_t port_ = 0;
  chat::NewDevice ana_, ben_;
};

}  // namespace homing::edge
