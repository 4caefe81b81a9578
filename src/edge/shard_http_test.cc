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
  TestClient wrong(port_);
  std::string refused = wrong.ask("DELETE /v1/register HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(refused.find("Allow: POST"), std::string::npos);
  EXPECT_NE(refused.find("\"wrong_method\""), std::string::npos);
}

Task<Response> wait_until_hung_up(Clock& clock, Request request, std::atomic<int>& begun, std::atomic<int>& ended) {
  ++begun;
  while (!request.hung_up()) co_await clock.sleep(1ms);
  ++ended;
  co_return json(200, "{}");
}

// How many handlers noticed, once so many clients are answered or gone.
bool comes_to(std::atomic<int>& count, int wanted) {
  for (int i = 0; i < kPatienceMs && count < wanted; ++i) std::this_thread::sleep_for(1ms);
  return count == wanted;
}

TEST_F(ShardTest, AHandlerCanAskWhetherItsClientHasHungUp) {
  std::atomic<int> begun = 0, ended = 0;
  http_.native().add("GET", "/v1/slow",
                     [&](Request request) { return wait_until_hung_up(clock_, std::move(request), begun, ended); });
  start();
  const std::string request = "GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n";
  auto gone = std::make_unique<TestClient>(port_);
  TestClient silent(port_), patient(port_);
  for (TestClient* client : {gone.get(), &silent, &patient}) client->say(request);
  ASSERT_TRUE(comes_to(begun, 3));
  EXPECT_EQ(ended, 0);

  gone.reset();
  EXPECT_TRUE(comes_to(ended, 1));
  silent.say_end();
  EXPECT_TRUE(silent.until("{}").starts_with("HTTP/1.1 200")) << "who listens on is answered";
  EXPECT_EQ(ended, 2);
  patient.say_end();
  EXPECT_TRUE(patient.until("{}").starts_with("HTTP/1.1 200"));
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

std::string registration_from(const std::string& forwarded_for) {
  std::string body = R"({"phone":"+15551239999","invite":"none"})";
  return "POST /v1/register HTTP/1.1\r\nHost: a\r\n" + forwarded_for +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(ShardTest, CountsTheClientsOfATrustedProxyOneByOne) {
  options_.trusted_proxies = *Proxies::parse({"127.0.0.0/8"});
  start();
  TestClient proxy(port_);
  std::string ana = registration_from("X-Forwarded-For: 203.0.113.7\r\n");
  for (int i = 0; i < 3; ++i) EXPECT_NE(proxy.ask(ana).find("invite_invalid"), std::string::npos);

  EXPECT_TRUE(proxy.ask(ana).starts_with("HTTP/1.1 429"));
  // Two headers are one list, and what she writes into it herself helps her nothing.
  EXPECT_TRUE(proxy.ask(registration_from("x-forwarded-for: 192.0.2.1\r\nX-FORWARDED-FOR: 203.0.113.7\r\n"))
                  .starts_with("HTTP/1.1 429"));
  EXPECT_NE(proxy.ask(registration_from("X-Forwarded-For: 203.0.113.8\r\n")).find("invite_invalid"), std::string::npos);
}

TEST_F(ShardTest, DoesNotBelieveWhoIsNoTrustedProxy) {
  options_.trusted_proxies = *Proxies::parse({"10.0.0.0/8"});
  start();
  TestClient client(port_);
  for (int i = 0; i < 3; ++i) client.ask(registration_from("X-Forwarded-For: 203.0.113." + std::to_string(i) + "\r\n"));

  EXPECT_TRUE(client.ask(registration_from("X-Forwarded-For: 203.0.113.9\r\n")).starts_with("HTTP/1.1 429"));
}

}  // namespace
}  // namespace homing::edge
