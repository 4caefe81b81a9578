// Bodies that come and files that go piece by piece, over real sockets, plain and under TLS.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <cstdlib>
#include <deque>

#include "edge/file_answer.h"
#include "edge/multipart.h"
#include "edge/shard_fixture.h"
#include "edge/tls_fixture.h"

namespace homing::edge {
namespace {

// Bytes that differ everywhere, so that what is lost, doubled or moved shows.
std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

std::shared_ptr<const OpenFile> file_of(std::string_view bytes) {
  int fd = memfd_create("file", MFD_CLOEXEC);
  EXPECT_EQ(write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return std::make_shared<const OpenFile>(fd);
}

class StreamTest : public ShardTest, public testing::WithParamInterface<Wire> {
 protected:
  StreamTest() {
    if (GetParam() == Wire::tls) options_.tls = *TlsContext::load(identity_.cert, identity_.key, clock_, random_);
    Family& family = http_.family({.claim = below("up"), .refuse = {}, .otherwise = {}});
    family.stream("PUT", "/up/keep", [this](Request, Body& body) { return keep(this, body); });
    family.stream("PUT", "/up/slow", [this](Request, Body& body) { return slow(this, body); });
    family.stream("PUT", "/up/refuse", [](Request, Body&) { return refuse(); });
    family.stream("PUT", "/up/drain", [](Request, Body& body) { return drain(body); });
    family.stream("POST", "/up/form", [](Request request, Body& body) { return form(std::move(request), body); });
    family.add("GET", "/up/file", [this](Request request) { return file(this, std::move(request)); });
    family.add(
        "POST", "/up/large", [](Request request) { return length(std::move(request)); }, limits::kApiBodyBytesMax);
  }
  // Handlers use what is here: none runs when it goes.
  void TearDown() override {
    if (!thread_.joinable()) return;
    shard_->stop();
    thread_.join();
  }
  TestClient client() { return TestClient(port_, GetParam()); }

  static Task<Response> keep(StreamTest* self, Body& body) {
    std::string all;
    for (;;) {
      auto bytes = co_await body.read();
      if (!bytes) {
        self->broken_.set_value(all + "|" + bytes.error().detail);
        co_return refused(bytes.error());
      }
      if (bytes->empty()) break;
      EXPECT_LE(bytes->size(), limits::kBodyWindowBytes);
      all += *bytes;
    }
    std::string size = std::to_string(all.size());
    self->keep_all(std::move(all));
    co_return json(201, std::move(size));
  }
  // Takes a piece, then rests: the window fills and the socket has to wait.
  static Task<Response> slow(StreamTest* self, Body& body) {
    std::string all;
    for (;;) {
      auto bytes = co_await body.read();
      if (!bytes) co_return refused(bytes.error());
      if (bytes->empty()) break;
      EXPECT_LE(bytes->size(), limits::kBodyWindowBytes);
      all += *bytes;
      co_await self->clock_.sleep(1ms);
    }
    std::string size = std::to_string(all.size());
    self->keep_all(std::move(all));
    co_return json(201, std::move(size));
  }
  static Task<Response> refuse() { co_return refused(Error{Code::quota_exceeded, {}, {}, {}}); }
  static Task<Response> drain(Body& body) {
    auto drained = co_await body.drain(200'000);
    co_return json(422, drained && *drained ? "drained" : "too much");
  }
  static Task<Response> form(Request request, Body& body) {
    auto boundary = multipart_boundary(request.header("content-type"));
    if (!boundary) co_return refused(boundary.error());
    Form form(body, *boundary);
    std::string told;
    for (;;) {
      auto part = co_await form.next();
      if (!part) co_return refused(part.error());
      if (!*part) break;
      Part head = std::move(**part);
      std::size_t size = 0;
      std::string value;
      for (;;) {
        auto piece = co_await form.read();
        if (!piece) co_return refused(piece.error());
        if (piece->empty()) break;
        size += piece->size();
        if (!head.file_name) value += *piece;
      }
      told += head.name + "=" + (head.file_name ? *head.file_name + ":" + std::to_string(size) : value) + ";";
    }
    co_return json(200, told);
  }
  static Task<Response> file(StreamTest* self, Request request) {
    ServedFile served;
    {
      std::lock_guard lock(self->mutex_);
      served.region = {self->file_, 0, self->file_size_};
    }
    served.name = "sommer.jpg";
    served.validators.etag = "\"abc\"";
    co_return file_answer(request, served);
  }
  static Task<Response> length(Request request) { co_return json(200, std::to_string(request.body.size())); }

  // The handlers run on the shard's thread.
  void keep_all(std::string all) {
    std::lock_guard lock(mutex_);
    kept_ = std::move(all);
  }
  std::string kept() {
    std::lock_guard lock(mutex_);
    return kept_;
  }
  void serve(std::shared_ptr<const OpenFile> file, std::uint64_t size) {
    std::lock_guard lock(mutex_);
    file_ = std::move(file);
    file_size_ = size;
  }

  // What the handler had, and what it was told instead of the rest.
  std::string broken() {
    auto told = broken_.get_future();
    return told.wait_for(5s) == std::future_status::ready ? told.get() : "never";
  }

  Identity identity_;
  std::mutex mutex_;
  std::string kept_;
  std::promise<std::string> broken_;
  std::shared_ptr<const OpenFile> file_;
  std::uint64_t file_size_ = 0;
};

std::string put(const std::string& path, std::size_t size, const std::string& more = {}) {
  return "PUT " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n" + more + "\r\n";
}

TEST_P(StreamTest, TakesABodyOfKnownLength) {
  start();
  auto client = this->client();
  std::string bytes = pattern(5'000'000);
  client.say(put("/up/keep", bytes.size()));
  client.say(bytes);
  // The next request is on its way already.
  std::string next = client.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(next.starts_with("HTTP/1.1 201")) << next;
  EXPECT_TRUE(next.ends_with("5000000"));
  EXPECT_NE(client.until("alive\"}").find("200 OK"), std::string::npos);
  EXPECT_TRUE(kept() == bytes);
}

TEST_P(StreamTest, TakesChunksOfAnySize) {
  start();
  auto client = this->client();
  std::string bytes = pattern(300'000), sent = "PUT /up/keep HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::size_t size = 1;
  for (std::size_t at = 0; at < bytes.size(); at += size, size = size * 7 % 9973 + 1) {
    std::string piece = bytes.substr(at, size);
    sent += fmt::format("{:x};note=\"x\"\r\n", piece.size()) + piece + "\r\n";
  }
  sent += "0\r\nTrailer: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t at = 0; at < sent.size(); at += 3001) client.say(std::string_view(sent).substr(at, 3001));
  EXPECT_TRUE(client.until("300000").starts_with("HTTP/1.1 201"));
  EXPECT_NE(client.until("alive\"}").find("200 OK"), std::string::npos);
  EXPECT_TRUE(kept() == bytes);
}

TEST_P(StreamTest, WaitsForAHandlerThatIsSlow) {
  start();
  auto client = this->client();
  std::string bytes = pattern(3'000'000);
  client.say(put("/up/slow", bytes.size()));
  client.say(bytes);
  EXPECT_TRUE(client.until("3000000").starts_with("HTTP/1.1 201"));
  EXPECT_TRUE(kept() == bytes);
}

TEST_P(StreamTest, TellsToContinueWhenTheHandlerAsks) {
  start();
  auto client = this->client();
  client.say(put("/up/keep", 5, "Expect: 100-continue\r\n"));
  EXPECT_TRUE(client.until("\r\n\r\n").starts_with("HTTP/1.1 100"));
  client.say("hello");
  EXPECT_TRUE(client.until("\r\n\r\n").starts_with("HTTP/1.1 201"));
  EXPECT_EQ(kept(), "hello");
}

TEST_P(StreamTest, RefusesBeforeTheBodyIsSent) {
  start();
  auto client = this->client();
  std::string answer = client.ask(put("/up/refuse", 100'000'000, "Expect: 100-continue\r\n"));
  EXPECT_FALSE(answer.starts_with("HTTP/1.1 100")) << answer;
  EXPECT_NE(answer.find("quota_exceeded"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.ends());
}

TEST_P(StreamTest, RefusesWhileTheBodyIsSentAndIsHeard) {
  start();
  auto client = this->client();
  client.say(put("/up/refuse", 3'000'000));
  client.say(pattern(3'000'000));
  EXPECT_NE(client.until("\r\n\r\n").find("Connection: close"), std::string::npos);
}

TEST_P(StreamTest, ReadsABodyToItsEndBeforeItRefuses) {
  start();
  auto client = this->client();
  client.say(put("/up/drain", 150'000));
  client.say(pattern(150'000));
  EXPECT_TRUE(client.until("drained").starts_with("HTTP/1.1 422"));
  EXPECT_TRUE(client.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 200"));
  std::string answer = client.ask(put("/up/drain", 200'001));
  EXPECT_NE(answer.find("too much"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST_P(StreamTest, TellsTheHandlerThatTheClientIsGone) {
  start();
  {
    auto client = this->client();
    client.say(put("/up/keep", 100));
    client.say("half");
  }
  // A TLS client that leaves takes back what was not read: what it had said before may be lost.
  std::string told = broken();
  EXPECT_TRUE(told.starts_with("half|") || (GetParam() == Wire::tls && told.starts_with("|"))) << told;
}

TEST_P(StreamTest, CutsAClientThatStalls) {
  options_.sweep = 20ms;
  options_.stall = 60ms;
  start();
  auto client = this->client();
  client.say(put("/up/keep", 100));
  client.say("half");
  EXPECT_TRUE(client.ends());
  EXPECT_EQ(metrics().cut_stalled, 1U);
  EXPECT_TRUE(broken().starts_with("half|"));
}

TEST_P(StreamTest, AnswersAClientThatHasSaidAll) {
  start();
  auto client = this->client();
  client.say(put("/up/slow", 200'000));
  client.say(pattern(200'000));
  client.say_end();
  EXPECT_TRUE(client.until("200000").starts_with("HTTP/1.1 201"));
  EXPECT_TRUE(client.ends());
}

TEST_P(StreamTest, MayEndWhileAHandlerWaits) {
  start();
  auto client = this->client();
  client.say(put("/up/keep", 100, "Expect: 100-continue\r\n"));
  client.until("\r\n\r\n");
  client.say("half");
  TearDown();
}

// What a program that others wrote says of an upload: as it likes, in chunks, and with a form.
TEST_P(StreamTest, TakesWhatCurlSends) {
  if (std::system("curl --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no curl";
  start();
  std::string bytes = pattern(2'000'000);
  auto path = identity_.folder / "upload.bin";
  FILE* file = std::fopen(path.c_str(), "w");
  std::fwrite(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
  auto curl = [&](const std::string& arguments) {
    std::string url =
        (GetParam() == Wire::tls ? "https" : "http") + std::string("://127.0.0.1:") + std::to_string(port_) + "/up/";
    std::string command = "curl -sk --http1.1 --max-time 5 -w ' %{http_code}' " + arguments;
    command.replace(command.find("URL"), 3, url);
    FILE* pipe = popen(command.c_str(), "r");
    std::string said(1000, '\0');
    said.resize(std::fread(said.data(), 1, said.size(), pipe));
    pclose(pipe);
    return said;
  };
  EXPECT_EQ(curl("-T " + path.string() + " URLkeep"), "2000000 201");
  EXPECT_TRUE(kept() == bytes);
  keep_all({});
  EXPECT_EQ(curl("-T - -H 'Transfer-Encoding: chunked' -H 'Expect: 100-continue' URLkeep <" + path.string()),
            "2000000 201");
  EXPECT_TRUE(kept() == bytes);
  EXPECT_EQ(curl("-F to=ben -F 'file=@" + path.string() + ";filename=a\"b.bin' URLform"),
            "to=ben;file=a\"b.bin:2000000; 200");
  std::string refused = curl("-T " + path.string() + " URLrefuse");
  EXPECT_NE(refused.find("quota_exceeded"), std::string::npos) << refused;
  serve(file_of(bytes), bytes.size());
  EXPECT_EQ(curl("-r 1999990- -o /dev/null URLfile"), " 206");
}

TEST_P(StreamTest, NamesABrokenChunk) {
  start();
  auto client = this->client();
  client.say("PUT /up/keep HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  client.until("\r\n\r\n");
  client.say("5\r\nhello\r\nnonsense\r\n");
  std::string answer = client.until("\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
  EXPECT_TRUE(client.ends());
  EXPECT_TRUE(broken().starts_with("hello|"));
}

TEST_P(StreamTest, ReadsFormsAsTheyCome) {
  start();
  auto client = this->client();
  std::string content = pattern(700'000);
  std::string body =
      "--xyz\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nben\r\n"
      "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b.bin\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\n" +
      content + "\r\n--xyz--\r\n";
  client.say(
      "POST /up/form HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=xyz\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n");
  client.say(body);
  EXPECT_NE(client.until("700000;").find("to=ben;file=a\"b.bin:"), std::string::npos);
  EXPECT_TRUE(client.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_P(StreamTest, GivesARouteTheBodyItAllows) {
  start();
  auto client = this->client();
  auto post = [](std::size_t size) {
    return "POST /up/large HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
  };
  client.say(post(1 << 20));
  client.say(pattern(1 << 20));
  EXPECT_TRUE(client.until("1048576").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(client.ask(post((1 << 20) + 1)).starts_with("HTTP/1.1 413"));
  EXPECT_TRUE(client.ends());
}

TEST_P(StreamTest, SendsFilesAndTheirParts) {
  std::string bytes = pattern(5'000'000);
  serve(file_of(bytes), bytes.size());
  start();
  auto client = this->client();
  std::string whole = client.ask("GET /up/file HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(whole.starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(whole.ends_with(bytes));
  std::string part = client.ask("GET /up/file HTTP/1.1\r\nHost: a\r\nRange: bytes=1000-200999\r\n\r\n");
  EXPECT_TRUE(part.starts_with("HTTP/1.1 206"));
  EXPECT_NE(part.find("Content-Range: bytes 1000-200999/5000000\r\n"), std::string::npos);
  EXPECT_TRUE(part.ends_with(bytes.substr(1000, 200'000)));
  std::string head = client.ask("HEAD /up/file HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 5000000\r\n"), std::string::npos);
  std::string unsatisfied = client.ask("GET /up/file HTTP/1.1\r\nHost: a\r\nRange: bytes=5000000-\r\n\r\n");
  EXPECT_TRUE(unsatisfied.starts_with("HTTP/1.1 416"));
  EXPECT_NE(unsatisfied.find("Content-Range: bytes */5000000\r\n"), std::string::npos);
  std::string fresh = client.ask("GET /up/file HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"abc\"\r\n\r\n");
  EXPECT_TRUE(fresh.starts_with("HTTP/1.1 304"));
  EXPECT_EQ(fresh.find("Content-Length"), std::string::npos);
  EXPECT_TRUE(client.ask("GET /up/file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").ends_with(bytes));
  EXPECT_TRUE(client.ends());
  EXPECT_EQ(file_.use_count(), 1);
}

// What a file that waits for its readers costs: one piece of it each, with TLS; nothing without.
TEST_P(StreamTest, AHundredSlowReadersCostLittle) {
  constexpr std::size_t kReaders = 100;
  int fd = memfd_create("sparse", MFD_CLOEXEC);
  constexpr std::uint64_t kSize = 100 << 20;
  ASSERT_EQ(ftruncate(fd, static_cast<off_t>(kSize)), 0);
  serve(std::make_shared<const OpenFile>(fd), kSize);
  start();
  std::deque<TestClient> clients;
  for (std::size_t i = 0; i < kReaders; ++i) {
    clients.emplace_back(port_, GetParam());
    clients.back().say("GET /up/file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }
  for (TestClient& client : clients) client.until("\r\n\r\n");
  EXPECT_LE(output_bytes(), kReaders * 80 * 1024);
}

TEST_P(StreamTest, ServesReadersTogether) {
  std::string bytes = pattern(8'000'000);
  serve(file_of(bytes), bytes.size());
  start();
  std::deque<TestClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.emplace_back(port_, GetParam());
    clients.back().say("GET /up/file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }
  for (TestClient& client : clients) client.until("\r\n\r\n");
  for (TestClient& client : clients) EXPECT_TRUE(client.exactly(bytes.size()) == bytes);
}

TEST_P(StreamTest, CutsAReaderThatStalls) {
  std::string bytes = pattern(30'000'000);
  serve(file_of(bytes), bytes.size());
  options_.sweep = 20ms;
  options_.stall = 100ms;
  start();
  auto client = this->client();
  client.say("GET /up/file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  client.until("\r\n\r\n");
  for (int i = 0; i < 250 && metrics().cut_stalled == 0; ++i) std::this_thread::sleep_for(20ms);
  EXPECT_EQ(metrics().cut_stalled, 1U);
}

TEST_P(StreamTest, EndsWhenAFileIsShorterThanItWas) {
  serve(file_of("short"), 1000);
  start();
  auto client = this->client();
  client.say("GET /up/file HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.ends());
}

TEST_P(StreamTest, AnswersOptionsAndUnknownMethods) {
  start();
  auto client = this->client();
  std::string options = client.ask("OPTIONS /up/file HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\n\r\n");
  EXPECT_TRUE(options.starts_with("HTTP/1.1 204"));
  EXPECT_NE(options.find("Allow: GET, HEAD\r\n"), std::string::npos);
  EXPECT_EQ(options.find("Access-Control"), std::string::npos);
  EXPECT_TRUE(client.ask("DELETE /up/file HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 405"));
  EXPECT_TRUE(client.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 204"));
  EXPECT_TRUE(client.ask("GET /up/%zz HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 400"));
}

INSTANTIATE_TEST_SUITE_P(Wires, StreamTest, testing::Values(Wire::plain, Wire::tls),
                         [](const auto& info) { return info.param == Wire::plain ? "Plain" : "Tls"; });

}  // namespace
}  // namespace homing::edge
