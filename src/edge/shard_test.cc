// A shard on real loopback sockets, with the real sessions and accounts over the store in memory.
#include "edge/shard.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
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
#include "frames.pb.h"
#include "store/memory.h"

namespace homing::edge {
namespace {

using namespace std::chrono_literals;

constexpr int kPatienceMs = 5000;  // a test that waits so long has failed

const EmbeddedFile kFiles[] = {{"/index.html", "text/html", "<!doctype html>"}};

// A client with a plain socket and a small vocabulary.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;

  void say(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // Waits for more; false at the end of the stream.
  bool more() {
    pollfd wait{fd_, POLLIN, 0};
    if (poll(&wait, 1, kPatienceMs) != 1) {
      ADD_FAILURE() << "nothing came";
      return false;
    }
    char buffer[65536];
    ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(got));
    return true;
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
    while (more()) {
    }
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
    return ask("GET /v1/ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
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
  std::string received_;
};

class ShardTest : public testing::Test {
 protected:
  ShardTest() {
    options_.port = 0;
    hub_.add_thread(
        0, [this](std::vector<chat::SessionId> rung) { boost::asio::post(io_, [this, rung] { sessions_->ring(rung); }); },
        [this](std::vector<chat::SessionId> old) {
          boost::asio::post(io_, [this, old] {
            sessions_->end(old, chat::CloseCode::session_replaced, "this device connected again");
          });
        });
  }
  ~ShardTest() override {
    if (thread_.joinable()) {
      shard_->stop();
      thread_.join();
    }
  }

  void start() {
    sessions_.emplace(0, io_.get_executor(), chat_, hub_, limits_);
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

  SystemClock clock_;
  SystemRandom random_;
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  chat::Hub hub_;
  chat::Chat chat_{store_.log(), store_.inbox(), store_.directory(), hub_, clock_, random_};
  chat::Delivery delivery_{store_.log(), store_.inbox(), store_.directory(), hub_, clock_};
  chat::Accounts accounts_{store_.directory(), store_.inbox(), clock_, random_, std::nullopt};
  std::atomic<bool> ready_{true};
  Http http_{accounts_, clock_, [this]() -> Result<void> { return ready_ ? Result<void>{} : fail(Code::unavailable, "the disk is full"); },
             kFiles, HttpOptions{"1.2.3", Rate{3, std::chrono::hours(1)}}};
  chat::SessionLimits limits_;
  ShardOptions options_;
  std::optional<chat::Sessions> sessions_;
  boost::asio::io_context io_{1};
  std::unique_ptr<Shard> shard_;
  std::thread thread_;
  std::uint16_t port_ = 0;
  chat::NewDevice ana_, ben_;
};

v1::ClientFrame message_to(AccountId to, const std::string& text, std::uint64_t request) {
  v1::ClientFrame frame;
  frame.set_request(request);
  frame.mutable_send()->set_account(to.value);
  std::string id(16, '\0');
  id.replace(0, 8, reinterpret_cast<const char*>(&request), 8);
  frame.mutable_send()->set_client_id(id);
  frame.mutable_send()->mutable_plain()->mutable_text()->set_text(text);
  return frame;
}

TEST_F(ShardTest, CarriesAMessageFromOneSocketToTheOther) {
  start();
  Client ana(port_), ben(port_);
  EXPECT_TRUE(ana.upgrade(ana_.token).starts_with("HTTP/1.1 101"));
  EXPECT_TRUE(ben.upgrade(ben_.token).starts_with("HTTP/1.1 101"));
  EXPECT_EQ(ana.hello().welcome().phone(), "+15551230001");
  ben.hello();

  ana.send(message_to(ben_.account, "hello Ben", 7));

  v1::ServerFrame sent = ana.answer();
  while (!sent.has_sent()) sent = ana.answer();
  EXPECT_EQ(sent.request(), 7u);
  EXPECT_EQ(ben.answer().delivery().envelope().event().plain().text().text(), "hello Ben");
}

TEST_F(ShardTest, SpeaksJsonInTextMessages) {
  start();
  Client ana(port_);
  ana.upgrade(ana_.token, "homing.v1.json");

  ana.send(Opcode::text, R"({"request":"1","hello":{}})");

  Client::Frame welcome = ana.frame();
  EXPECT_EQ(welcome.opcode, Opcode::text);
  EXPECT_NE(welcome.payload.find("\"welcome\""), std::string::npos);
}

TEST_F(ShardTest, TakesFramesByteByByte) {
  start();
  Client ana(port_);
  ana.upgrade(ana_.token);
  v1::ClientFrame hello;
  hello.set_request(1);
  hello.mutable_hello()->set_agent("slow client");
  std::string bytes = Client::masked(Opcode::binary, hello.SerializeAsString());

  for (char byte : bytes) {
    ana.say({&byte, 1});
    metrics();  // the shard has been round
  }

  EXPECT_TRUE(ana.answer().has_welcome());
}

TEST_F(ShardTest, TakesFramesThatComeWithTheRequest) {
  start();
  Client ana(port_);
  v1::ClientFrame hello;
  hello.set_request(1);
  hello.mutable_hello();
  ana.say("GET /v1/ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: homing.v1.proto, homing.bearer." +
          ana_.token + "\r\n\r\n" + Client::masked(Opcode::binary, hello.SerializeAsString()));

  EXPECT_TRUE(ana.until("\r\n\r\n").starts_with("HTTP/1.1 101"));
  EXPECT_TRUE(ana.answer().has_welcome());
}

TEST_F(ShardTest, RefusesAWrongToken) {
  start();
  for (const std::string& token : {std::string("nonsense"), std::string(), ana_.token + "x"}) {
    Client client(port_);
    std::string answer = client.upgrade(token);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 401")) << answer;
    EXPECT_NE(answer.find("\"unauthenticated\""), std::string::npos);
    EXPECT_TRUE(client.ends());
  }
}

TEST_F(ShardTest, AnswersPingsAndCloses) {
  start();
  Client ana(port_);
  ana.upgrade(ana_.token);
  ana.send(Opcode::ping, "abc");
  Client::Frame pong = ana.frame();
  EXPECT_EQ(pong.opcode, Opcode::pong);
  EXPECT_EQ(pong.payload, "abc");

  ana.send(Opcode::close, "\x03\xE8" "bye");

  EXPECT_EQ(ana.close_code(), 1000);
  EXPECT_TRUE(ana.ends());
  EXPECT_EQ(metrics().connections, 1u);  // until our end is closed as well
}

TEST_F(ShardTest, ClosesWithThePreciseCode) {
  start();
  v1::ClientFrame ping;
  ping.mutable_ping();
  struct Case {
    std::string bytes;
    int code;
  };
  std::string unmasked;
  append_frame(unmasked, Opcode::binary, "x");
  for (const Case& c : std::vector<Case>{{unmasked, 1002},
                                         {Client::masked(Opcode::text, "{}"), 1003},
                                         {Client::masked(Opcode::binary, "\xFF\xFF"), 1003},
                                         {Client::masked(Opcode::text, "\xFF"), 1007},
                                         {std::string("\x82\xFF\x00\x00\x00\x00\x00\x02\x00\x01", 10), 1009},
                                         {Client::masked(Opcode::binary, ping.SerializeAsString()), 4005}}) {
    Client ana(port_);
    ana.upgrade(ana_.token);
    ana.say(c.bytes);
    EXPECT_EQ(ana.close_code(), c.code);
  }
}

TEST_F(ShardTest, ReplacesAnOlderSessionOfTheSameDevice) {
  start();
  Client first(port_), second(port_);
  first.upgrade(ana_.token);
  first.hello();

  second.upgrade(ana_.token);

  EXPECT_EQ(first.close_code(), 4002);
  EXPECT_TRUE(second.hello().has_welcome());
}

TEST_F(ShardTest, AnswersEveryRequestOfAFastClientInOrder) {
  limits_.frames_burst = 10000;
  start();
  Client ana(port_);
  ana.upgrade(ana_.token);
  ana.hello();
  constexpr std::uint64_t kRequests = 2000;  // far more than may be in flight
  std::string all;
  for (std::uint64_t i = 0; i < kRequests; ++i) {
    v1::ClientFrame frame;
    frame.set_request(100 + i);
    frame.mutable_list_conversations();
    all += Client::masked(Opcode::binary, frame.SerializeAsString());
  }
  std::thread writer([&] { ana.say(all); });

  for (std::uint64_t i = 0; i < kRequests; ++i) ASSERT_EQ(ana.answer().request(), 100 + i);

  writer.join();
}

TEST_F(ShardTest, StopsReadingAClientThatDoesNotReadAndGoesOnLater) {
  limits_.frames_burst = 1e6;
  start();
  Client ana(port_);
  ana.upgrade(ana_.token);
  int small = 256 * 1024;
  setsockopt(ana.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  constexpr int kPings = 60000;
  std::string pings;
  for (int i = 0; i < kPings; ++i) pings += Client::masked(Opcode::ping, std::string(100, 'p'));
  std::thread writer([&] { ana.say(pings); });

  for (int i = 0; i < kPings; ++i) ASSERT_EQ(ana.frame().opcode, Opcode::pong) << i;

  writer.join();
}

TEST_F(ShardTest, ServesPagesFactsAndHealth) {
  start();
  Client client(port_);
  EXPECT_TRUE(client.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("<!doctype html>"));
  EXPECT_TRUE(client.ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("\r\n\r\n"));
  EXPECT_TRUE(client.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_NE(client.ask("GET /v1/server HTTP/1.1\r\nHost: a\r\n\r\n").find("1.2.3"), std::string::npos);
  EXPECT_TRUE(client.ask("GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(client.ask("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 405"));
  EXPECT_TRUE(client.ask("GET /v1/me HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 401"));
  EXPECT_NE(client.ask("GET /v1/me HTTP/1.1\r\nAuthorization: Bearer " + ana_.token + "\r\n\r\n")
                .find("\"account_id\":\"" + std::to_string(ana_.account.value)),
            std::string::npos);
  ready_ = false;
  std::string unready = client.ask("GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(unready.starts_with("HTTP/1.1 503"));
  EXPECT_NE(unready.find("the disk is full"), std::string::npos);
  EXPECT_TRUE(client.ends());
}

TEST_F(ShardTest, AnswersRequestsThatComeTogetherInOrder) {
  start();
  Client client(port_);
  client.say("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/ser");
  EXPECT_NE(client.until("alive\"}").find("200 OK"), std::string::npos);
  EXPECT_TRUE(client.until("}}").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(client.ask("ver HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_F(ShardTest, RefusesBadHttp) {
  start();
  Client nonsense(port_);
  EXPECT_TRUE(nonsense.ask("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(nonsense.ends());
  Client large(port_);
  EXPECT_TRUE(large.ask("GET / HTTP/1.1\r\nX: " + std::string(20000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431"));
}

TEST_F(ShardTest, LimitsRegistrationsOfOneAddress) {
  start();
  std::string body = R"({"phone":"+15551239999","invite":"none"})";
  std::string request = "POST /v1/register HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  Client client(port_);
  for (int i = 0; i < 3; ++i) EXPECT_NE(client.ask(request).find("invite_invalid"), std::string::npos);

  std::string answer = client.ask(request);

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 429")) << answer;
  EXPECT_NE(answer.find("Retry-After: "), std::string::npos);
}

TEST_F(ShardTest, CutsWhatDoesNotFinishItsHandshake) {
  options_.sweep = 10ms;
  options_.handshake = 50ms;
  start();
  Client silent(port_), half(port_);
  half.say("GET / HT");
  EXPECT_TRUE(silent.ends());
  EXPECT_TRUE(half.ends());
  EXPECT_EQ(metrics().cut_handshake, 2u);
}

TEST_F(ShardTest, ClosesWhatIsSilentForTwoPings) {
  options_.sweep = 10ms;
  options_.ping = 50ms;
  start();
  Client ana(port_);
  ana.upgrade(ana_.token);
  EXPECT_EQ(ana.close_code(), 4003);
  EXPECT_EQ(metrics().cut_silent, 1u);
}

TEST_F(ShardTest, CutsWhoTakesNothing) {
  options_.sweep = 10ms;
  options_.stall = 100ms;
  start();
  Client ana(port_);
  ana.upgrade(ana_.token);
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += Client::masked(Opcode::ping, std::string(125, 'p'));
  // Fills every buffer on the way; ends because the shard cuts the line.
  for (int i = 0; i < 1000 && metrics().cut_stalled == 0; ++i) {
    ::send(ana.fd(), pings.data(), pings.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(metrics().cut_stalled, 1u);
  EXPECT_EQ(metrics().connections, 0u);
}

TEST_F(ShardTest, DrainsAndTellsClientsToComeBackElsewhere) {
  start();
  Client ana(port_), idle(port_);
  ana.upgrade(ana_.token);
  ana.hello();
  idle.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");

  shard_->drain(100ms, 2000ms, 3s);

  v1::ServerFrame away = ana.answer();
  EXPECT_EQ(away.go_away().after_ms_max(), 2000u);
  EXPECT_EQ(ana.close_code(), 1001);
  EXPECT_TRUE(idle.ends());
  ::shutdown(ana.fd(), SHUT_RDWR);
  thread_.join();
}

}  // namespace
}  // namespace homing::edge
