#include "edge/shard_fixture.h"

namespace homing::edge {
namespace {

TEST_F(ShardTest, ServesPagesFactsAndHealth) {
  start();
  TestClient client(port_);
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
  TestClient client(port_);
  client.say("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/ser");
  EXPECT_NE(client.until("alive\"}").find("200 OK"), std::string::npos);
  EXPECT_TRUE(client.until("}}").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(client.ask("ver HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_F(ShardTest, RefusesBadHttp) {
  start();
  TestClient nonsense(port_);
  EXPECT_TRUE(nonsense.ask("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(nonsense.ends());
  TestClient large(port_);
  EXPECT_TRUE(large.ask("GET / HTTP/1.1\r\nX: " + std::string(20000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431"));
}

TEST_F(ShardTest, LimitsRegistrationsOfOneAddress) {
  start();
  std::string body = R"({"phone":"+15551239999","invite":"none"})";
  std::string request =
      "POST /v1/register HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  TestClient client(port_);
  for (int i = 0; i < 3; ++i) EXPECT_NE(client.ask(request).find("invite_invalid"), std::string::npos);

  std::string answer = client.ask(request);

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 429")) << answer;
  EXPECT_NE(answer.find("Retry-After: "), std::string::npos);
}

}  // namespace
}  // namespace homing::edge
