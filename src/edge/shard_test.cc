#include "edge/shard_fixture.h"

namespace homing::edge {
namespace {

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
  TestClient ana(port_), ben(port_);
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
  TestClient ana(port_);
  ana.upgrade(ana_.token, "homing.v1.json");

  ana.send(Opcode::text, R"({"request":"1","hello":{}})");

  TestClient::Frame welcome = ana.frame();
  EXPECT_EQ(welcome.opcode, Opcode::text);
  EXPECT_NE(welcome.payload.find("\"welcome\""), std::string::npos);
}

TEST_F(ShardTest, TakesFramesByteByByte) {
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);
  v1::ClientFrame hello;
  hello.set_request(1);
  hello.mutable_hello()->set_agent("slow client");
  std::string bytes = TestClient::masked(Opcode::binary, hello.SerializeAsString());

  for (char byte : bytes) {
    ana.say({&byte, 1});
    metrics();  // the shard has been round
  }

  EXPECT_TRUE(ana.answer().has_welcome());
}

TEST_F(ShardTest, TakesFramesThatComeWithTheRequest) {
  start();
  TestClient ana(port_);
  v1::ClientFrame hello;
  hello.set_request(1);
  hello.mutable_hello();
  ana.say(
      "GET /v1/ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: homing.v1.proto, homing.bearer." +
      ana_.token + "\r\n\r\n" + TestClient::masked(Opcode::binary, hello.SerializeAsString()));

  EXPECT_TRUE(ana.until("\r\n\r\n").starts_with("HTTP/1.1 101"));
  EXPECT_TRUE(ana.answer().has_welcome());
}

TEST_F(ShardTest, RefusesAWrongToken) {
  start();
  for (const std::string& token : {std::string("nonsense"), std::string(), ana_.token + "x"}) {
    TestClient client(port_);
    std::string answer = client.upgrade(token);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 401")) << answer;
    EXPECT_NE(answer.find("\"unauthenticated\""), std::string::npos);
    EXPECT_TRUE(client.ends());
  }
}

TEST_F(ShardTest, AnswersPingsAndCloses) {
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);
  ana.send(Opcode::ping, "abc");
  TestClient::Frame pong = ana.frame();
  EXPECT_EQ(pong.opcode, Opcode::pong);
  EXPECT_EQ(pong.payload, "abc");

  ana.send(Opcode::close,
           "\x03\xE8"
           "bye");

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
                                         {TestClient::masked(Opcode::text, "{}"), 1003},
                                         {TestClient::masked(Opcode::binary, "\xFF\xFF"), 1003},
                                         {TestClient::masked(Opcode::text, "\xFF"), 1007},
                                         {std::string("\x82\xFF\x00\x00\x00\x00\x00\x02\x00\x01", 10), 1009},
                                         {TestClient::masked(Opcode::binary, ping.SerializeAsString()), 4005}}) {
    TestClient ana(port_);
    ana.upgrade(ana_.token);
    ana.say(c.bytes);
    EXPECT_EQ(ana.close_code(), c.code);
  }
}

TEST_F(ShardTest, ReplacesAnOlderSessionOfTheSameDevice) {
  start();
  TestClient first(port_), second(port_);
  first.upgrade(ana_.token);
  first.hello();

  second.upgrade(ana_.token);

  EXPECT_EQ(first.close_code(), 4002);
  EXPECT_TRUE(second.hello().has_welcome());
}

TEST_F(ShardTest, AnswersEveryRequestOfAFastClientInOrder) {
  limits_.frames_burst = 10000;
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);
  ana.hello();
  constexpr std::uint64_t kRequests = 2000;  // far more than may be in flight
  std::string all;
  for (std::uint64_t i = 0; i < kRequests; ++i) {
    v1::ClientFrame frame;
    frame.set_request(100 + i);
    frame.mutable_list_conversations();
    all += TestClient::masked(Opcode::binary, frame.SerializeAsString());
  }
  std::thread writer([&] { ana.say(all); });

  for (std::uint64_t i = 0; i < kRequests; ++i) ASSERT_EQ(ana.answer().request(), 100 + i);

  writer.join();
}

TEST_F(ShardTest, StopsReadingAClientThatDoesNotReadAndGoesOnLater) {
  limits_.frames_burst = 1e6;
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);
  int small = 256 * 1024;
  setsockopt(ana.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  constexpr int kPings = 60000;
  std::string pings;
  for (int i = 0; i < kPings; ++i) pings += TestClient::masked(Opcode::ping, std::string(100, 'p'));
  std::thread writer([&] { ana.say(pings); });

  for (int i = 0; i < kPings; ++i) ASSERT_EQ(ana.frame().opcode, Opcode::pong) << i;

  writer.join();
}

TEST_F(ShardTest, CutsWhatDoesNotFinishItsHandshake) {
  options_.sweep = 10ms;
  options_.handshake = 50ms;
  start();
  TestClient silent(port_), half(port_);
  half.say("GET / HT");
  EXPECT_TRUE(silent.ends());
  EXPECT_TRUE(half.ends());
  EXPECT_EQ(metrics().cut_handshake, 2u);
}

TEST_F(ShardTest, ClosesWhatIsSilentForTwoPings) {
  options_.sweep = 10ms;
  options_.ping = 50ms;
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);
  EXPECT_EQ(ana.close_code(), 4003);
  EXPECT_EQ(metrics().cut_silent, 1u);
}

TEST_F(ShardTest, AsksWhoIsSilentOnceBeforeItCloses) {
  options_.sweep = 10ms;
  options_.ping = 50ms;
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);

  TestClient::Frame asked = ana.frame();

  EXPECT_EQ(asked.opcode, Opcode::ping);
  EXPECT_EQ(asked.payload, "");
  EXPECT_EQ(ana.frame().opcode, Opcode::close);
}

TEST_F(ShardTest, KeepsWhoSaysNothingButPong) {
  options_.sweep = 10ms;
  options_.ping = 300ms;
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);

  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(ana.frame().opcode, Opcode::ping) << i;
    ana.send(Opcode::pong, "");
  }

  EXPECT_EQ(metrics().cut_silent, 0u);
  EXPECT_TRUE(ana.hello().has_welcome());
}

TEST_F(ShardTest, DoesNotAskWhoSpeaks) {
  options_.sweep = 10ms;
  options_.ping = 500ms;
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);

  for (int i = 0; i < 100; ++i) {
    ana.send(Opcode::ping, "here");
    ASSERT_EQ(ana.frame().opcode, Opcode::pong);
    std::this_thread::sleep_for(10ms);
  }
}

TEST_F(ShardTest, CutsWhoTakesNothing) {
  options_.sweep = 10ms;
  options_.stall = 100ms;
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += TestClient::masked(Opcode::ping, std::string(125, 'p'));
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
  TestClient ana(port_), idle(port_);
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

// A disk that never answers.
class StuckLog final : public EventLog {
 public:
  explicit StuckLog(EventLog& log) : log_(log) {}

  Task<Result<Envelope>> append(Draft) override {
    boost::asio::steady_timer never(co_await boost::asio::this_coro::executor,
                                    std::chrono::steady_clock::time_point::max());
    co_await never.async_wait(boost::asio::use_awaitable);
    co_return fail(Code::unavailable);
  }
  Task<Result<std::optional<Envelope>>> find(DeviceId device, ClientId id) override { return log_.find(device, id); }
  Task<Result<Page<Envelope>>> read(ConversationId conversation, Seq from, Seq to, std::size_t limit) override {
    return log_.read(conversation, from, to, limit);
  }
  Task<Result<Seq>> head(ConversationId conversation) override { return log_.head(conversation); }
  Task<Result<std::vector<Envelope>>> get(std::vector<EventRef> refs) override { return log_.get(std::move(refs)); }
  Task<Result<Followed>> follow(Partition partition, Commit after, std::size_t limit) override {
    return log_.follow(partition, after, limit);
  }
  Task<Result<Commit>> advance(Partition partition) override { return log_.advance(partition); }
  Task<Result<Commit>> retain(Retention retention, Time now) override { return log_.retain(retention, now); }

 private:
  EventLog& log_;
};

TEST_F(ShardTest, TellsWhoIsStillBusyWhenTheGraceIsOver) {
  StuckLog stuck(store_.log());
  chat::Chat chat(stuck, store_.inbox(), store_.directory(), hub_, clock_, random_);
  serving_ = &chat;
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);
  ana.hello();
  ana.send(message_to(ben_.account, "never answered", 7));
  v1::ClientFrame ping;
  ping.set_request(8);
  ping.mutable_ping();
  ana.send(ping);
  EXPECT_TRUE(ana.answer().has_pong());  // so the message is on its way

  shard_->drain(100ms, 2000ms, 50ms);

  EXPECT_TRUE(ana.answer().has_go_away());
  EXPECT_EQ(ana.close_code(), 1001);
  ::shutdown(ana.fd(), SHUT_RDWR);
  thread_.join();
}

TEST_F(ShardTest, EndsADrainAlsoWhenNobodyAnswersTheFarewell) {
  StuckLog stuck(store_.log());
  chat::Chat chat(stuck, store_.inbox(), store_.directory(), hub_, clock_, random_);
  serving_ = &chat;
  options_.farewell = 50ms;
  start();
  TestClient ana(port_);
  ana.upgrade(ana_.token);
  ana.hello();
  ana.send(message_to(ben_.account, "never answered", 7));

  shard_->drain(100ms, 2000ms, 50ms);

  thread_.join();
  shard_.reset();
  EXPECT_EQ(ana.close_code(), 1001);
  EXPECT_TRUE(ana.ends());
}

}  // namespace
}  // namespace homing::edge
