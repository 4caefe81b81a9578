#include <gtest/gtest.h>

#include "edge/assets.h"
#include "edge/rate.h"
#include "edge/response.h"

namespace homing::edge {
namespace {

using namespace std::chrono_literals;

const EmbeddedFile kFiles[] = {{"/index.html", "text/html; charset=utf-8", "<!doctype html>"},
                               {"/assets/app-1a2b.js", "text/javascript", "run()", "r(br)", "r(gz)"},
                               {"/sw.js", "text/javascript", "wake()"}};

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(Assets, ServesThePageForTheAppsOwnAddresses) {
  Assets assets(kFiles);
  for (std::string_view path : {"/", "/index.html", "/chats/17"}) {
    Response response = assets.get(path, {});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.file, "<!doctype html>");
    EXPECT_EQ(header(response, "Cache-Control"), "no-cache");
    std::string policy = header(response, "Content-Security-Policy");
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_NE(policy.find("require-trusted-types-for 'script'"), std::string::npos);
  }
}

TEST(Assets, HasNothingOutsideItsTable) {
  Assets assets(kFiles);
  for (std::string_view path : {"/missing.js", "/../etc/passwd.txt", "/assets/../index.html", "/%2e%2e/x.html"}) {
    EXPECT_EQ(assets.get(path, {}).status, 404) << path;
  }
}

TEST(Assets, SaysWhenNothingChanged) {
  Assets assets(kFiles);
  Response first = assets.get("/assets/app-1a2b.js", {});
  EXPECT_NE(header(first, "Cache-Control").find("immutable"), std::string::npos);

  Response again = assets.get("/assets/app-1a2b.js", {.if_none_match = header(first, "ETag")});

  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.file.empty());
}

TEST(Assets, AreCompressedForWhoCanUnpackThem) {
  Assets assets(kFiles);
  auto get = [&](std::string_view accepted) {
    return assets.get("/assets/app-1a2b.js", {.accept_encoding = accepted});
  };

  EXPECT_EQ(get("gzip, deflate, br, zstd").file, "r(br)");
  EXPECT_EQ(header(get("gzip, deflate, br, zstd"), "Content-Encoding"), "br");
  EXPECT_EQ(get("gzip;q=0.8").file, "r(gz)");
  for (std::string_view none :
       {"", "identity", "br;q=0", "br;q=0.000, gzip; q=0", "brotli, gzipped", ",,;", "deflate"}) {
    EXPECT_EQ(get(none).file, "run()") << none;
    EXPECT_EQ(header(get(none), "Content-Encoding"), "") << none;
    EXPECT_EQ(header(get(none), "Vary"), "Accept-Encoding") << none;
  }
}

TEST(Assets, OfOneCodingAreNotTakenForAnother) {
  Assets assets(kFiles);
  Response packed = assets.get("/assets/app-1a2b.js", {.accept_encoding = "br"});

  Response plain = assets.get("/assets/app-1a2b.js", {.if_none_match = header(packed, "ETag")});
  Response again =
      assets.get("/assets/app-1a2b.js", {.if_none_match = header(packed, "ETag"), .accept_encoding = "br"});

  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(again.status, 304);
}

TEST(Assets, WithoutAHashInTheirNameAreAskedForEachTime) {
  Assets assets(kFiles);

  Response worker = assets.get("/sw.js", {.accept_encoding = "br"});

  EXPECT_EQ(worker.file, "wake()");
  EXPECT_EQ(header(worker, "Cache-Control"), "no-cache");
  EXPECT_EQ(header(worker, "Vary"), "");
}

TEST(RateLimit, AllowsABurstAndThenItsRate) {
  RateLimit limit(Rate{3, 60s});
  Time now{1'000'000};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.take("192.0.2.1", now));

  auto refused = limit.take("192.0.2.1", now);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::rate_limited);
  EXPECT_EQ(refused.error().retry_after, 20s);
  EXPECT_TRUE(limit.take("192.0.2.2", now));
  EXPECT_FALSE(limit.take("192.0.2.1", now + 19s));
  EXPECT_TRUE(limit.take("192.0.2.1", now + 20s));
  EXPECT_FALSE(limit.take("192.0.2.1", now + 20s));
}

TEST(RateLimit, CountsIpv6ByNetwork) {
  EXPECT_EQ(holder_of("2001:db8:1:2:3:4:5:6"), holder_of("2001:db8:1:2::1"));
  EXPECT_NE(holder_of("2001:db8:1:2::1"), holder_of("2001:db8:1:3::1"));
  EXPECT_EQ(holder_of("::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(Response, TellsWhenToTryAgain) {
  Response response = refused(Error{Code::rate_limited, {}, {}, 1500ms});
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(header(response, "Retry-After"), "2");
  EXPECT_NE(head_of(response, After::close).find("Connection: close\r\n"), std::string::npos);
}

}  // namespace
}  // namespace homing::edge
