// The operator's commands over a store in memory, for tests.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>

#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "blob/memory_blobs.h"
#include "blob/no_inspector.h"
#include "edge/business/keys.h"
#include "server/admin.h"
#include "store/memory.h"

namespace homing::server {

namespace asio = boost::asio;
namespace json = boost::json;

class AdminTest : public ::testing::Test {
 protected:
  template <class T>
  T run(Task<T> task) {
    auto future = asio::co_spawn(io_, std::move(task), asio::use_future);
    io_.restart();
    io_.run();
    return future.get();
  }
  json::object ask(const std::string& line) { return json::parse(run(admin_.answer(line))).as_object(); }
  json::object result(const std::string& line) {
    json::object answer = ask(line);
    EXPECT_TRUE(answer.contains("result")) << json::serialize(answer);
    return answer.at("result").as_object();
  }
  std::string refusal(const std::string& line) {
    json::object answer = ask(line);
    return answer.contains("error") ? std::string(answer.at("error").at("code").as_string()) : "taken";
  }
  static std::string add(const std::string& phone) {
    return R"({"command":"account.add","phone":")" + phone + R"(","name":"Ana"})";
  }
  static std::string text(const json::object& object, std::string_view name) {
    return std::string(object.at(name).as_string());
  }

  SystemClock clock_;
  SeededRandom random_{3};
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  chat::Accounts accounts_{store_.log(), store_.directory(), store_.inbox(), clock_, random_, std::nullopt};
  std::vector<std::pair<AccountId, DeviceId>> ended_;
  MemoryBlobDisk blob_disk_;
  MemoryBlobs blobs_{blob_disk_};
  NoInspector inspector_;
  chat::Files files_{store_.shelf(), blobs_, inspector_, store_.directory(), store_.log(), clock_, random_};
  business::Bots bots_{store_.shelf(), store_.directory(), accounts_, clock_, random_, business::derive_keys({})};
  int looked_again_ = 0;
  webhooks::Desk desk_{store_.shelf(), store_.inbox(), store_.directory(),
                       clock_,         random_,        [this] { ++looked_again_; }};
  std::vector<Config> applied_;
  LiveLimits limits_{store_.shelf(), Config{}, [this](const Config& config) { applied_.push_back(config); }};
  Admin admin_{accounts_,
               files_,
               bots_,
               desk_,
               [this](AccountId account, DeviceId device) { ended_.emplace_back(account, device); },
               {nullptr, &limits_}};
  asio::io_context io_{1};
};

}  // namespace homing::server
