#include "server/admin_http.h"

#include <sys/stat.h>

#include <filesystem>

#include "base/manual_clock.h"
#include "server/admin_fixture.h"

namespace homing::server {
namespace {

constexpr const char* kRight = "Bearer 0123456789abcdef0123456789abcdef";

class AdminHttpTest : public AdminTest {
 protected:
  Task<std::string> overview() { co_return "{\"version\":\"1\"}"; }
  AdminHttp::Answer ask(AdminHttp::Request request) { return run(http_.answer(std::move(request))); }
  AdminHttp::Answer command(const std::string& body, const std::string& authorization = kRight) {
    return ask({"POST", "/v1/admin/command", authorization, "127.0.0.1", body});
  }

  ManualClock time_;
  AdminHttp http_{io_.get_executor(), admin_, std::string(kRight).substr(7), time_, {[this] { return overview(); }}};
};

TEST_F(AdminHttpTest, CommandsAreThoseOfTheSocket) {
  auto made = command(add("+15551230001"));
  EXPECT_EQ(made.status, 200);
  EXPECT_NE(made.body.find("\"token\""), std::string::npos);
  auto listed = command(R"({"command":"account.list"})");
  EXPECT_NE(listed.body.find("+15551230001"), std::string::npos);
  auto invite = command(R"({"command":"invite.create","valid_hours":1})");
  EXPECT_NE(invite.body.find("\"invite\""), std::string::npos);
}

TEST_F(AdminHttpTest, RefusalsHaveTheStatusOfTheirCode) {
  EXPECT_EQ(command("garbage").status, 400);
  EXPECT_EQ(command(R"({"command":"device.list","phone":"+15551239999"})").status, 404);
  EXPECT_EQ(command(R"({"command":"nothing"})").status, 400);
  EXPECT_EQ(ask({"GET", "/v1/admin/nothing", kRight, "127.0.0.1", ""}).status, 404);
  auto wrong = ask({"GET", "/v1/admin/command", kRight, "127.0.0.1", ""});
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.allow, "POST");
  EXPECT_EQ(ask({"DELETE", "/v1/admin/overview", kRight, "127.0.0.1", ""}).status, 405);
}

TEST_F(AdminHttpTest, TheOverviewIsJson) {
  auto answer = ask({"GET", "/v1/admin/overview", kRight, "127.0.0.1", ""});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"version\":\"1\"}");
}

TEST_F(AdminHttpTest, NobodyIsLetInWithoutTheToken) {
  for (const char* given : {"", "Bearer", "Bearer x", "Basic 0123456789abcdef0123456789abcdef",
                            "0123456789abcdef0123456789abcdef", "bearer 0123456789abcdef0123456789abcdef"}) {
    EXPECT_EQ(command(R"({"command":"account.list"})", given).status, 401) << given;
  }
}

TEST_F(AdminHttpTest, GuessingIsSlowAndDoesNotKeepTheOperatorOut) {
  for (int i = 0; i < kAdminWrongTokens.count; ++i) EXPECT_EQ(command("{}", "Bearer wrong").status, 401);
  auto slow = command("{}", "Bearer wrong");
  EXPECT_EQ(slow.status, 429);
  EXPECT_GT(slow.retry_after_s, 0);
  EXPECT_EQ(command(R"({"command":"account.list"})").status, 200);
  time_.pass(std::chrono::minutes(1));
  EXPECT_EQ(command("{}", "Bearer wrong").status, 401);
}

TEST(AdminToken, IsMadeOnceForItsOwnerAlone) {
  auto folder = std::filesystem::temp_directory_path() / ("homing-admin-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  SystemRandom random;

  auto first = admin_token(folder, random), second = admin_token(folder, random);

  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(first->size(), 43u);
  struct stat facts{};
  ASSERT_EQ(::stat((folder / "admin.token").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace homing::server
