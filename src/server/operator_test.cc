#include "server/operator.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/random.h"
#include "blob/no_inspector.h"
#include "server/admin.h"
#include "server/admin_socket.h"
#include "server/storage.h"

namespace homing::server {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

class OperatorTest : public ::testing::Test {
 protected:
  OperatorTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "homing-operator-XXXXXX").string();
    parent_ = mkdtemp(pattern.data());
    data_ = parent_ / "data";
  }
  ~OperatorTest() override { std::filesystem::remove_all(parent_); }

  static json::object ask(Operator& way, const std::string& line) {
    std::vector<std::string> lines{line};
    auto answers = way.ask(std::move(lines));
    EXPECT_TRUE(answers) << answers.error().detail;
    return answers ? json::parse(answers->front()).as_object() : json::object{};
  }
  static std::string phone_of(const json::object& answer) {
    return answer.contains("result") ? std::string(answer.at("result").at("phone").as_string())
                                     : json::serialize(answer);
  }

  const std::string add_ = R"({"command":"account.add","phone":"+15551230001","name":"Ana"})";
  const std::string list_ = R"({"command":"account.list"})";
  std::filesystem::path parent_;
  std::filesystem::path data_;
};

TEST_F(OperatorTest, WithoutAServerTheStoreIsOpenedAndWhatWasDoneStays) {
  {
    Operator way(data_);
    EXPECT_EQ(phone_of(ask(way, add_)), "+15551230001");
  }

  Operator again(data_);

  EXPECT_EQ(ask(again, list_).at("result").at("accounts").as_array().size(), 1u);
}

TEST_F(OperatorTest, TheFolderIsItsOwnersAlone) {
  Operator way(data_);
  ask(way, list_);

  EXPECT_EQ(std::filesystem::status(data_).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(OperatorTest, WithAServerItsSocketIsAsked) {
  auto storage = Storage::open(data_);
  ASSERT_TRUE(storage);
  SystemClock clock;
  SystemRandom random;
  chat::Accounts accounts((*storage)->log(), (*storage)->directory(), (*storage)->inbox(), clock, random, std::nullopt);
  NoInspector inspector;
  chat::Files files((*storage)->shelf(), (*storage)->blobs(), inspector, (*storage)->directory(), (*storage)->log(),
                    clock, random);
  business::Bots bots((*storage)->shelf(), (*storage)->directory(), accounts, clock, random, business::derive_keys({}));
  webhooks::Desk desk((*storage)->shelf(), (*storage)->inbox(), (*storage)->directory(), clock, random, [] {});
  Admin admin(accounts, files, bots, desk, [](AccountId, DeviceId) {}, {});
  asio::io_context io(1);
  AdminSocket socket(io.get_executor(), admin_socket_path(data_), admin);

  // The server is just starting: its socket comes later than the operator.
  json::object answer;
  std::thread asking([&] {
    Operator way(data_);
    answer = ask(way, add_);
    asio::post(io, [&] { io.stop(); });
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  ASSERT_TRUE(socket.listen());
  io.run();
  asking.join();
  socket.close();
  (*storage)->close();

  EXPECT_EQ(phone_of(answer), "+15551230001");
}

TEST_F(OperatorTest, AFolderThatCannotBeMadeIsSaidToBeSo) {
  Operator way("/proc/nowhere/data");
  std::vector<std::string> lines{list_};

  auto answers = way.ask(std::move(lines));

  ASSERT_FALSE(answers);
  EXPECT_NE(answers.error().detail.find("/proc/nowhere/data"), std::string::npos);
}

}  // namespace
}  // namespace homing::server
