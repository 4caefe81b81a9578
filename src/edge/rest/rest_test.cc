#include "edge/rest/rest.h"

#include <gtest/gtest.h>

#include <set>

#include "blob/memory_blobs.h"
#include "blob/no_inspector.h"
#include "edge/rest/page.h"
#include "store/memory.h"
#include "wire/rest_calls.h"

namespace homing::rest {
namespace {

struct RestTest : testing::Test {
  SystemClock clock;
  SystemRandom random;
  MemoryDisk disk;
  MemoryStore store{disk, clock};
  MemoryBlobDisk blob_disk;
  MemoryBlobs blobs{blob_disk};
  NoInspector inspector;
  chat::Hub hub;
  chat::Accounts accounts{store.log(), store.directory(), store.inbox(), clock, random, std::nullopt};
  chat::Files files{store.shelf(), blobs, inspector, store.directory(), store.log(), clock, random};
  chat::Uploads uploads{files, store.shelf(), blobs, clock, random};
  chat::Chat chat{store.log(), store.inbox(), store.directory(), hub, clock, random, &files};
  edge::Readiness ready = []() -> Result<void> { return {}; };
  edge::Http http{accounts, clock, ready, {}, {}};
  Rest rest{accounts, chat, files, uploads, clock, ready, {"1.2.3", {}, {}}};

  // Whether the request meets a route of ours (and not the app's page or a refusal).
  bool routed(const std::string& method, std::string path) {
    if (std::size_t name = path.find("{id}"); name != std::string::npos) path.replace(name, 4, "17");
    edge::RequestReader reader;
    reader.read(method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    auto request = reader.request();
    return request && http.find(*request).route != nullptr;
  }
};

TEST_F(RestTest, AnswersEveryCallOfTheTable) {
  rest.join(http);
  for (const wire::RestCall& call : wire::rest_calls()) {
    for (const std::string& path : call.paths) EXPECT_TRUE(routed(call.method, path)) << call.method << " " << path;
  }
}

TEST_F(RestTest, HasNoRouteThatTheDescriptionDoesNotName) {
  rest.join(http);
  std::set<std::string> described;
  for (const wire::RestCall& call : wire::rest_calls()) {
    for (const std::string& path : call.paths) described.insert(call.method + " " + path);
  }
  for (const edge::Route& route : http.native().routes()) {
    std::string path = route.method + " ";
    for (const std::string& segment : route.pattern) path += "/" + segment;
    EXPECT_TRUE(described.contains(path)) << path;
  }
}

TEST_F(RestTest, LeavesTheAppItsPages) {
  rest.join(http);
  EXPECT_FALSE(routed("GET", "/status"));
  EXPECT_FALSE(routed("GET", "/chats/17"));
  EXPECT_TRUE(routed("GET", "/api"));
  EXPECT_TRUE(routed("GET", "/openapi.json"));
}

TEST(ApiPage, ListsTheCallsAndRunsNothing) {
  std::string page = api_page();
  for (const wire::RestCall& call : wire::rest_calls()) EXPECT_NE(page.find(call.paths.front()), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("style=\""), std::string::npos);
}

}  // namespace
}  // namespace homing::rest
