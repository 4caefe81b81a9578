#include "edge/routes.h"

#include <gtest/gtest.h>

#include "edge/request.h"
#include "edge/target.h"

namespace homing::edge {
namespace {

Request request(std::string_view method, std::string_view target, std::string_view more = {}) {
  RequestReader reader;
  std::string text =
      std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n";
  EXPECT_EQ(reader.read(text), text.size());
  auto made = reader.request();
  EXPECT_TRUE(made);
  return made ? *made : Request{};
}

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

Task<Response> nothing() { co_return Response{}; }
Handler some_handler() {
  return [](Request) { return nothing(); };
}

struct RoutesTest : testing::Test {
  Routes routes;
  Family& family = routes.family({.claim = below("v1"), .refuse = {}, .otherwise = {}});

  // The pattern that is taken, or the status of the refusal.
  std::string taken(Request asked) {
    Match match = routes.find(asked);
    if (match.route == nullptr) return std::to_string(match.answer.status);
    std::string pattern;
    for (const std::string& segment : match.route->pattern) pattern += "/" + segment;
    for (const auto& [name, value] : asked.params) pattern += " " + name + "=" + value;
    return match.route->method + pattern;
  }
};

TEST_F(RoutesTest, TakesWordsBeforeParameters) {
  family.add("GET", "/v1/media/{id}", some_handler());
  family.add("GET", "/v1/media/recent", some_handler());
  family.add("GET", "/v1/{kind}/{id}/parts/{part}", some_handler());

  EXPECT_EQ(taken(request("GET", "/v1/media/recent?x=1")), "GET/v1/media/recent");
  EXPECT_EQ(taken(request("GET", "/v1/media/17")), "GET/v1/media/{id} id=17");
  EXPECT_EQ(taken(request("GET", "/v1/media/17/")), "GET/v1/media/{id} id=17");
  EXPECT_EQ(taken(request("GET", "/v1/a%20b/17/parts/%2B3")), "GET/v1/{kind}/{id}/parts/{part} kind=a b id=17 part=+3");
  EXPECT_EQ(taken(request("GET", "/v1/media")), "404");
  EXPECT_EQ(taken(request("GET", "/v2/media/17")), "404");
}

TEST_F(RoutesTest, GivesParametersNoPathToWalk) {
  family.add("GET", "/v1/media/{id}", some_handler());
  for (std::string_view path : {"/v1/media/..", "/v1/media/%2e%2e", "/v1/media/.", "/v1/media/a%2fb", "/v1/media/a%5Cb",
                                "/v1/media//", "/v1/media/a/../b", "/v1/../v1/media/a"}) {
    EXPECT_EQ(taken(request("GET", path)), "404") << path;
  }
}

TEST_F(RoutesTest, SaysWhatIsAllowed) {
  family.add("GET", "/v1/media/{id}", some_handler());
  family.add("DELETE", "/v1/media/{id}", some_handler());
  Request post = request("POST", "/v1/media/17"), options = request("OPTIONS", "/v1/media/17");

  Match refused = routes.find(post), told = routes.find(options);

  EXPECT_EQ(refused.answer.status, 405);
  EXPECT_EQ(header(refused.answer, "Allow"), "GET, HEAD, DELETE");
  EXPECT_EQ(told.answer.status, 204);
  EXPECT_EQ(header(told.answer, "Allow"), "GET, HEAD, DELETE");
}

TEST_F(RoutesTest, AsksHeadLikeGetUnlessItHasARoute) {
  family.add("GET", "/v1/media/{id}", some_handler());
  family.add("GET", "/v1/upload/{id}", some_handler());
  family.add("HEAD", "/v1/upload/{id}", some_handler());
  EXPECT_EQ(taken(request("HEAD", "/v1/media/17")), "GET/v1/media/{id} id=17");
  EXPECT_EQ(taken(request("HEAD", "/v1/upload/17")), "HEAD/v1/upload/{id} id=17");
}

TEST(Routes, AFamilyHasItsOwnWayToRefuseBelowItsPrefix) {
  Routes routes;
  // Versions or none, for paths that begin with a number then.
  Claim claim = [](const Request& asked) -> std::optional<std::size_t> {
    std::size_t skipped = !asked.segments.empty() && asked.segments[0] == "v19.0" ? 1 : 0;
    bool ours =
        asked.segments.size() > skipped && asked.segments[skipped].find_first_not_of("0123456789") == std::string::npos;
    return ours ? std::optional(skipped) : std::nullopt;
  };
  Refuse refuse = [](int status, const Error&, const Request&) { return json(status, "{\"error\":{}}"); };
  Family& graph = routes.family({.claim = claim, .refuse = refuse, .otherwise = {}});
  graph.add("POST", "/{phone}/messages", some_handler());
  routes.family({.claim = {}, .refuse = {}, .otherwise = some_handler()});

  for (std::string_view path : {"/v19.0/15551230001/messages", "/15551230001/messages"}) {
    Request asked = request("POST", path);
    Match match = routes.find(asked);
    ASSERT_NE(match.route, nullptr) << path;
    EXPECT_EQ(asked.param("phone"), "15551230001");
  }
  Request unknown = request("GET", "/v19.0/155/nothing"), page = request("GET", "/chats"),
          del = request("DELETE", "/x");
  EXPECT_EQ(routes.find(unknown).answer.body, "{\"error\":{}}");
  EXPECT_NE(routes.find(page).otherwise, nullptr);
  EXPECT_EQ(routes.find(del).answer.status, 405);
}

TEST(Routes, TakeTheMethodThatAPostStandsFor) {
  Routes routes;
  Family& family = routes.family(
      {.claim = {}, .refuse = {}, .otherwise = {}, .method_override = FamilyOptions::MethodOverride::yes});
  family.stream("PATCH", "/files/{id}", [](Request, Body&) { return nothing(); });
  Request post = request("POST", "/files/1", "X-HTTP-Method-Override: PATCH\r\n");
  ASSERT_NE(routes.find(post).route, nullptr);
  EXPECT_EQ(post.method, "PATCH");
}

TEST(Request, HasItsHeadersInAnyCase) {
  Request asked = request("GET", "/", "X-One: 1\r\nx-two: a\r\nX-TWO: b\r\n");
  EXPECT_EQ(asked.header("x-one"), "1");
  EXPECT_EQ(asked.header("X-Two"), "a, b");
  EXPECT_EQ(asked.header("x-three"), "");
  EXPECT_FALSE(asked.headers.has("x-three"));
}

TEST(Request, IsRefusedWhereItsEndIsInDoubt) {
  auto status = [](std::string_view more) {
    RequestReader reader;
    std::string text = "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n";
    reader.read(text);
    return reader.state() == RequestReader::State::bad ? reader.refusal().status : 0;
  };
  EXPECT_EQ(status("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(status("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400);
  EXPECT_EQ(status("Transfer-Encoding: gzip\r\n"), 501);
  EXPECT_EQ(status("Transfer-Encoding: gzip, chunked\r\n"), 501);
  EXPECT_EQ(status("Transfer-Encoding: chunked, chunked\r\n"), 501);
  EXPECT_EQ(status("Transfer-Encoding: Chunked\r\n"), 0);
  EXPECT_EQ(status("Content-Length: -1\r\n"), 400);
  EXPECT_EQ(status("Content-Length: 99999999999999999999999\r\n"), 400);
  std::string many;
  for (int i = 0; i < 101; ++i) many += "X" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(status(many), 431);
  RequestReader reader;
  reader.read("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(20'000, 'x'));
  EXPECT_EQ(reader.state(), RequestReader::State::bad);
}

TEST(Target, IsDecodedPieceByPiece) {
  auto target = parse_target("/a%2Fb/%C3%A4/?x=1&y=a+b%26c&&z&x=2#f");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, (std::vector<std::string>{"a/b", "ä"}));
  EXPECT_EQ(target->path, "/a/b/ä/");
  EXPECT_EQ(target->query.get("x"), "1");
  EXPECT_EQ(target->query.get("y"), "a b&c");
  EXPECT_EQ(target->query.get("z"), "");
  EXPECT_FALSE(target->query.get("a"));
  EXPECT_EQ(target->query.all().size(), 4U);
  EXPECT_EQ(parse_target("https://host/p?q=1")->path, "/p");
  EXPECT_EQ(parse_target("http://host")->path, "/");
}

TEST(Target, IsRefusedWhereItCannotBeText) {
  for (std::string_view bad :
       {"/%", "/%4", "/%zz", "/%00", "/%0a", "/%ff", "/a?x=%ff", "/a?%=1", "/a?x=%00", "a", "x:y"}) {
    auto target = parse_target(bad);
    ASSERT_FALSE(target) << bad;
    EXPECT_EQ(target.error().code, Code::bad_frame);
  }
  std::string many = "/?";
  for (std::size_t i = 0; i <= limits::kQueryParametersMax; ++i) many += "a=1&";
  EXPECT_EQ(parse_target(many).error().code, Code::too_big);
}

}  // namespace
}  // namespace homing::edge
