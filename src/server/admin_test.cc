#include "server/admin.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "server/admin_fixture.h"
#include "server/admin_socket.h"

namespace homing::server {
namespace {

TEST_F(AdminTest, AddingAnAccountTellsItsTokenWithIdsAsTexts) {
  json::object made = result(add("+15551230001"));

  EXPECT_EQ(text(made, "phone"), "+15551230001");
  auto caller = run(accounts_.authenticate(text(made, "token")));
  ASSERT_TRUE(caller);
  EXPECT_EQ(text(made, "account_id"), std::to_string(caller->account.value));
  EXPECT_EQ(text(made, "device_id"), std::to_string(caller->device.value));
}

TEST_F(AdminTest, AccountsAreListedInPages) {
  for (int i = 1; i <= 3; ++i) result(add("+1555123000" + std::to_string(i)));

  json::object first = result(R"({"command":"account.list","limit":2})");
  json::array page = first.at("accounts").as_array();
  ASSERT_EQ(page.size(), 2u);
  EXPECT_TRUE(first.at("more").as_bool());
  json::object second =
      result(R"({"command":"account.list","after":")" + text(page[1].as_object(), "account_id") + "\"}");
  EXPECT_EQ(second.at("accounts").as_array().size(), 1u);
  EXPECT_FALSE(second.at("more").as_bool());
}

TEST_F(AdminTest, RevokingADeviceEndsItsSessions) {
  json::object made = result(add("+15551230001"));

  result(R"({"command":"device.revoke","device_id":")" + text(made, "device_id") + "\"}");

  ASSERT_EQ(ended_.size(), 1u);
  EXPECT_EQ(std::to_string(ended_[0].second.value), text(made, "device_id"));
  json::object listed = result(R"({"command":"device.list","phone":"+15551230001"})");
  EXPECT_TRUE(listed.at("devices").at(0).at("revoked").as_bool());
}

TEST_F(AdminTest, RemovingAnAccountEndsAllItsSessions) {
  json::object made = result(add("+15551230001"));

  result(R"({"command":"account.remove","phone":"+15551230001"})");

  ASSERT_EQ(ended_.size(), 1u);
  EXPECT_EQ(std::to_string(ended_[0].first.value), text(made, "account_id"));
  EXPECT_FALSE(ended_[0].second);
}

TEST_F(AdminTest, AnInviteCanBeUsed) {
  json::object invite = result(R"({"command":"invite.create"})");

  EXPECT_TRUE(run(accounts_.register_by_invite("+15551230001", text(invite, "invite"), "Ana", "")));
}

TEST_F(AdminTest, ADrySweepSaysWhatWouldGoAndARealOneDoesIt) {
  blob_disk_.blobs[BlobId{std::string(64, 'a')}] = "bytes without a file";

  json::object dry = result(R"({"command":"media.sweep","dry_run":true})");
  EXPECT_EQ(dry.at("blobs").as_int64(), 1);
  EXPECT_EQ(dry.at("bytes").as_int64(), 20);
  EXPECT_EQ(blob_disk_.blobs.size(), 1u);

  json::object real = result(R"({"command":"media.sweep"})");
  EXPECT_EQ(real.at("bytes").as_int64(), 20);
  EXPECT_FALSE(real.at("dry_run").as_bool());
  EXPECT_TRUE(blob_disk_.blobs.empty());
  EXPECT_EQ(refusal(R"({"command":"media.sweep","dry_run":1})"), "invalid_argument");
}

TEST_F(AdminTest, BotsComeAndGo) {
  json::object bot = result(R"({"command":"bot.add","phone":"+15551239000","name":"Shop"})");
  EXPECT_EQ(text(bot, "phone_number_id").size(), 15u);
  EXPECT_EQ(text(bot, "waba_id").size(), 15u);
  EXPECT_EQ(text(bot, "app_secret").size(), 32u);
  EXPECT_EQ(refusal(R"({"command":"bot.add","phone":"+15551239000","name":"Shop"})"), "phone_taken");
  auto known = run(bots_.authenticate(text(bot, "token")));
  ASSERT_TRUE(known);
  EXPECT_EQ(known->bot.number_id, text(bot, "phone_number_id"));
  EXPECT_EQ(*bots_.app_secret(known->bot), text(bot, "app_secret"));

  EXPECT_EQ(result(R"({"command":"bot.list"})").at("bots").as_array().size(), 1u);
  result(R"({"command":"bot.remove","phone":"+15551239000"})");

  EXPECT_TRUE(result(R"({"command":"bot.list"})").at("bots").as_array().empty());
  EXPECT_FALSE(run(bots_.authenticate(text(bot, "token"))));
  EXPECT_EQ(refusal(R"({"command":"bot.remove","phone":"+15551239000"})"), "not_found");
}

TEST_F(AdminTest, APersonsPhoneIsNoBots) {
  result(R"({"command":"account.add","phone":"+15551230001","name":"Ana"})");
  EXPECT_EQ(refusal(R"({"command":"bot.add","phone":"+15551230001","name":"Shop"})"), "phone_taken");
}

TEST_F(AdminTest, WhatCannotBeDoneIsAnsweredWithACode) {
  EXPECT_EQ(refusal(""), "bad_frame");
  EXPECT_EQ(refusal("[]"), "bad_frame");
  EXPECT_EQ(refusal("{\"command\":"), "bad_frame");
  EXPECT_EQ(refusal("{\"command\":\"account.add\",\"phone\":\"\xff\"}"), "bad_frame");
  EXPECT_EQ(refusal(std::string(20, '[') + std::string(20, ']')), "bad_frame");
  EXPECT_EQ(refusal("{\"command\":\"" + std::string(kAdminLineBytesMax, 'a') + "\"}"), "too_big");
  EXPECT_EQ(refusal("{}"), "unknown_kind");
  EXPECT_EQ(refusal(R"({"command":"account.destroy"})"), "unknown_kind");
  EXPECT_EQ(refusal(R"({"command":1})"), "invalid_argument");
  EXPECT_EQ(refusal(R"({"command":"account.add"})"), "phone_invalid");
  EXPECT_EQ(refusal(R"({"command":"account.add","phone":15551230001})"), "invalid_argument");
  EXPECT_EQ(refusal(R"({"command":"account.remove","phone":"+15551230009"})"), "not_found");
  EXPECT_EQ(refusal(R"({"command":"account.list","limit":0})"), "invalid_argument");
  EXPECT_EQ(refusal(R"({"command":"account.list","after":"-1"})"), "invalid_argument");
  EXPECT_EQ(refusal(R"({"command":"invite.create","valid_hours":9999999})"), "invalid_argument");
  EXPECT_EQ(refusal(R"({"command":"device.revoke","device_id":"12x"})"), "invalid_argument");
  EXPECT_EQ(refusal(R"({"command":"device.revoke","device_id":"12"})"), "not_found");
  EXPECT_TRUE(ended_.empty());
}

TEST_F(AdminTest, ABatchIsAnsweredInOrderAlsoWhenItNamesAPhoneTwice) {
  std::vector<std::string> lines{add("+15551230001"), "nonsense", add("+15551230002"), add("+15551230001")};

  auto answers = run(admin_.answer_all(std::move(lines)));

  ASSERT_EQ(answers.size(), 4u);
  auto account = [&](std::size_t i) { return text(json::parse(answers[i]).at("result").as_object(), "account_id"); };
  EXPECT_EQ(account(0), account(3));
  EXPECT_NE(account(0), account(2));
  EXPECT_NE(answers[1].find("bad_frame"), std::string::npos);
}

TEST_F(AdminTest, TheSocketAnswersPipelinedLinesAndOnlyItsOwnerMayOpenIt) {
  std::string pattern = (std::filesystem::temp_directory_path() / "homing-admin-XXXXXX").string();
  // Longer than a socket's name may be.
  std::filesystem::path folder = std::filesystem::path(mkdtemp(pattern.data())) / std::string(120, 'd');
  std::filesystem::create_directories(folder);
  auto path = admin_socket_path(folder);
  AdminSocket socket(io_.get_executor(), path, admin_);
  ASSERT_TRUE(socket.listen());
  struct stat facts{};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);

  auto work = asio::make_work_guard(io_);
  std::thread server([this] { io_.run(); });
  std::string answers;
  {
    asio::io_context mine;
    asio::local::stream_protocol::socket client(mine);
    SocketName name(path);
    client.connect(asio::local::stream_protocol::endpoint(name.text()));
    asio::write(client, asio::buffer(add("+15551230001") + "\n" + add("bad") + "\n" + add("+15551230002") + "\n"));
    std::string input;
    for (int i = 0; i < 3; ++i) {
      std::size_t size = asio::read_until(client, asio::dynamic_buffer(input), '\n');
      answers += input.substr(0, size);
      input.erase(0, size);
    }
  }
  asio::post(io_, [&] { socket.close(); });
  work.reset();
  server.join();

  EXPECT_NE(answers.find("+15551230001"), std::string::npos);
  EXPECT_LT(answers.find("+15551230001"), answers.find("phone_invalid"));
  EXPECT_LT(answers.find("phone_invalid"), answers.find("+15551230002"));
  EXPECT_FALSE(std::filesystem::exists(path));
  std::filesystem::remove_all(folder.parent_path());
}

TEST_F(AdminTest, WebhooksAreListedAndRetried) {
  json::object made = result(add("+15551230001"));
  webhooks::Ask nobody = [](webhooks::HttpRequest) -> Task<Result<webhooks::HttpAnswer>> {
    co_return fail(Code::unavailable);
  };
  webhooks::Subscriptions subscriptions(store_.shelf(), store_.inbox(), random_, nobody);
  webhooks::Queue queue(store_.shelf(), clock_);
  webhooks::Target target{"https://bot.example/", "", {}, webhooks::Form::on_premises};
  AccountId bot{std::stoull(text(made, "account_id"))};
  ASSERT_TRUE(run(subscriptions.set(bot, target)));
  webhooks::LaneId lane{bot, ConversationId{5}};
  std::vector<webhooks::Mail> mails{webhooks::Mail{"sent", "{}"}};
  ASSERT_TRUE(run(queue.add(lane, std::nullopt, webhooks::LaneMarks{}, mails)));

  json::object listed = result(R"({"command":"webhook.list"})").at("webhooks").at(0).as_object();
  EXPECT_EQ(text(listed, "phone"), "+15551230001");
  EXPECT_EQ(listed.at("chats_waiting"), 1);
  EXPECT_FALSE(json::serialize(listed).find("secret") < 1000);

  auto first = run(queue.first(lane));
  ASSERT_TRUE(run(queue.bury(lane, **first, webhooks::Tries{1, 9, clock_.now(), "why"})));
  json::object dead = result(R"({"command":"webhook.dead","phone":"+15551230001"})").at("dead").at(0).as_object();
  EXPECT_EQ(text(dead, "kind"), "sent");
  EXPECT_EQ(text(dead, "conversation_id"), "5");
  EXPECT_EQ(result(R"({"command":"webhook.retry"})").at("revived"), 0);
  EXPECT_EQ(result(R"({"command":"webhook.retry","phone":"+15551230001","dead":"yes"})").at("revived"), 1);
  EXPECT_EQ(looked_again_, 2);
  EXPECT_EQ(refusal(R"({"command":"webhook.list","phone":"+15551230009"})"), "not_found");
  EXPECT_EQ(refusal(R"({"command":"webhook.retry","dead":"maybe"})"), "invalid_argument");
}

TEST_F(AdminTest, LimitsAreChangedWhileTheServerRunsAndKept) {
  json::object changed = result(R"({"command":"limits.set","key":"limits.frames_burst","value":"77"})");
  EXPECT_EQ(changed, result(R"({"command":"limits.list"})"));
  ASSERT_EQ(applied_.size(), 1u);
  EXPECT_EQ(applied_.back().frames_burst, 77);

  LiveLimits again(store_.shelf(), Config{}, [this](const Config& config) { applied_.push_back(config); });
  ASSERT_TRUE(run(again.load()));
  EXPECT_EQ(applied_.back().frames_burst, 77);

  result(R"({"command":"limits.set","key":"limits.frames_burst","value":""})");
  EXPECT_EQ(applied_.back().frames_burst, Config{}.frames_burst);
}

TEST_F(AdminTest, LimitsThatMakeNoSenseAreRefused) {
  EXPECT_EQ(refusal(R"({"command":"limits.set","key":"limits.frames_burst","value":"0"})"), "invalid_argument");
  EXPECT_EQ(refusal(R"({"command":"limits.set","key":"limits.frames_burst","value":"many"})"), "invalid_argument");
  EXPECT_EQ(refusal(R"({"command":"limits.set","key":"listen","value":"*:80"})"), "not_found");
  EXPECT_TRUE(applied_.empty());
}

TEST_F(AdminTest, WithoutPushesThereIsNothingToTest) {
  EXPECT_EQ(refusal(R"({"command":"push.test","phone":"+15551230001"})"), "unavailable");
}

}  // namespace
}  // namespace homing::server
