#include "edge/business/profile.h"

#include <gtest/gtest.h>

#include "edge/business/lenient.h"

namespace homing::business {
namespace {

Answer<std::function<void(Bot&)>> change(const std::string& body) {
  return profile_change(*parse_body("application/json", body));
}

TEST(Profile, WhatIsSaidChangesAndTheRestStays) {
  Bot bot;
  bot.address = "Here";
  bot.email = "a@example.com";
  auto changed = change(R"({"address":"There","websites":["https://a.example",""]})");
  ASSERT_TRUE(changed) << changed.error().details;
  (*changed)(bot);
  EXPECT_EQ(bot.address, "There");
  EXPECT_EQ(bot.email, "a@example.com");
  EXPECT_EQ(bot.websites, std::vector<std::string>{"https://a.example"});
}

TEST(Profile, WhatCannotBeKeptIsRefusedByName) {
  const std::pair<const char*, std::string> wrong[] = {
      {"address", R"({"address":")" + std::string(257, 'x') + R"("})"},
      {"description", R"({"description":")" + std::string(513, 'x') + R"("})"},
      {"websites", R"({"websites":["a","b","c"]})"}};
  for (const auto& [name, body] : wrong) {
    auto refused = change(body);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, 100) << name;
    EXPECT_EQ(refused.error().details.find(name), 0u) << refused.error().details;
  }
  EXPECT_TRUE(change(R"({"address":")" + std::string(256, 'x') + R"("})"));
}

}  // namespace
}  // namespace homing::business
