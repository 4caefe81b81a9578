#include "edge/upgrade.h"

#include <gtest/gtest.h>

#include "wire/errors.h"

#include "edge/request.h"
#include "wire/limits.h"

namespace homing::edge {
namespace {

struct Ask {
  std::string line = "GET /v1/ws HTTP/1.1";
  std::string host = "chat.example";
  std::string upgrade = "websocket";
  std::string connection = "keep-alive, Upgrade";
  std::string version = "13";
  std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
  std::string protocol = "homing.v1.proto";
  std::string more;

  std::string text() const {
    return line + "\r\nHost: " + host + "\r\nUpgrade: " + upgrade + "\r\nConnection: " + connection +
           "\r\nSec-WebSocket-Version: " + version + "\r\nSec-WebSocket-Key: " + key +
           "\r\nSec-WebSocket-Protocol: " + protocol + "\r\n" + more + "\r\n";
  }
};

std::expected<Upgrade, Response> upgrade(const Ask& ask, std::vector<std::string> origins = {}) {
  RequestReader reader;
  reader.read(ask.text());
  EXPECT_EQ(reader.state(), RequestReader::State::done);
  return check_upgrade(reader.head(), origins);
}

TEST(Upgrade, AnswersTheKeyOfTheRfc) {
  auto answer = upgrade({});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(answer->form, wire::Form::proto);
}

TEST(Upgrade, TakesTheTokenFromTheHeader) {
  auto answer = upgrade({.more = "Authorization: bearer abc.def\r\n"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->token, "abc.def");
}

TEST(Upgrade, TakesTheTokenOfABrowserAndDoesNotEchoIt) {
  auto answer = upgrade({.protocol = "homing.v1.json, homing.bearer.abc"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->token, "abc");
  EXPECT_EQ(answer->form, wire::Form::json);
  std::string text;
  append_switching(text, *answer);
  EXPECT_TRUE(text.ends_with("Sec-WebSocket-Protocol: homing.v1.json\r\n\r\n"));
  EXPECT_EQ(text.find("abc"), std::string::npos);
}

TEST(Upgrade, JoinsSeveralProtocolHeaders) {
  auto answer = upgrade({.protocol = "homing.bearer.abc", .more = "Sec-WebSocket-Protocol: homing.v1.proto\r\n"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->token, "abc");
}

TEST(Upgrade, SpeaksTheFirstProtocolItKnows) {
  auto answer = upgrade({.protocol = "other, homing.v1.json, homing.v1.proto"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->form, wire::Form::json);
}

TEST(Upgrade, RefusesWithAPreciseError) {
  struct Case {
    Ask ask;
    int status;
    std::string_view code;
    std::string_view field;
  };
  for (const Case& c :
       std::vector<Case>{{{.protocol = "chat"}, 400, "invalid_argument", "Sec-WebSocket-Protocol"},
                         {{.version = "8"}, 426, "upgrade_required", "Sec-WebSocket-Version"},
                         {{.key = "short"}, 400, "invalid_argument", "Sec-WebSocket-Key"},
                         {{.key = "dGhlIHNhbXBsZSBub25jZQ!="}, 400, "invalid_argument", "Sec-WebSocket-Key"},
                         {{.upgrade = "h2c"}, 426, "upgrade_required", "Upgrade"},
                         {{.connection = "close"}, 426, "upgrade_required", "Upgrade"},
                         {{.line = "GET /v1/ws HTTP/1.0"}, 400, "invalid_argument", "version"},
                         {{.line = "PUT /v1/ws HTTP/1.1"}, 405, "wrong_method", "method"},
                         {{.more = "Origin: https://evil.example\r\n"}, 403, "forbidden", "Origin"}}) {
    auto answer = upgrade(c.ask);
    ASSERT_FALSE(answer) << c.field;
    EXPECT_EQ(answer.error().status, c.status) << c.field;
    EXPECT_NE(answer.error().body.find("\"" + std::string(c.code) + "\""), std::string::npos) << answer.error().body;
    EXPECT_NE(answer.error().body.find(c.field), std::string::npos) << answer.error().body;
  }
}

TEST(Upgrade, TakesTheSameHostAndListedOrigins) {
  EXPECT_TRUE(upgrade({.more = "Origin: https://chat.example\r\n"}));
  EXPECT_TRUE(upgrade({.more = "Origin: https://app.example\r\n"}, {"https://app.example"}));
  EXPECT_FALSE(upgrade({.more = "Origin: null\r\n"}));
}

TEST(Request, IsReadWhereverItIsCut) {
  std::string text = "POST /v1/register?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    RequestReader reader;
    std::string kept = text.substr(0, cut);
    kept.erase(0, reader.read(kept));
    kept += text.substr(cut);
    kept.erase(0, reader.read(kept));

    ASSERT_EQ(reader.state(), RequestReader::State::done) << cut;
    auto request = reader.request();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->path, "/v1/register");
    EXPECT_EQ(request->query.get("x"), "1");
    EXPECT_EQ(reader.take_body(), "hello");
    EXPECT_TRUE(kept.empty());
  }
}

TEST(Request, LeavesTheNextOneAlone) {
  RequestReader reader;
  std::string text = "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\n";
  std::size_t used = reader.read(text);
  EXPECT_EQ(reader.state(), RequestReader::State::done);
  EXPECT_TRUE(text.substr(used).starts_with("GET /b"));
}

int status_of(std::string_view text) {
  RequestReader reader;
  reader.read(text);
  return reader.state() == RequestReader::State::bad ? reader.refusal().status : 0;
}

TEST(Request, RefusesWhatIsTooLarge) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(limits::kHttpHeadBytesMax, 'x');
  EXPECT_EQ(status_of(head), 431);
  EXPECT_EQ(status_of(head + "\r\n\r\n"), 431);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n"), 413);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n"), 0);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n" + std::string(65537, 'x')), 413);
}

TEST(Request, RefusesWhatIsNotHttp) {
  EXPECT_EQ(status_of("\x16\x03\x01 hello TLS\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET /\r\n\r\n"), 400);
}

}  // namespace
}  // namespace homing::edge
