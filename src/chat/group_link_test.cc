#include "chat/group_link.h"

#include <gtest/gtest.h>

namespace homing::chat {
namespace {

TEST(GroupLink, SaysWhichGroupIsMeant) {
  SeededRandom random(1);
  std::string code = make_group_link(ConversationId{0xabcdef}, random);
  EXPECT_EQ(conversation_of_link(code), ConversationId{0xabcdef});
  EXPECT_EQ(code.size(), 38u);
  EXPECT_EQ(code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
}

TEST(GroupLink, IsAnotherOneEveryTime) {
  SeededRandom random(1);
  EXPECT_NE(make_group_link(ConversationId{7}, random), make_group_link(ConversationId{7}, random));
}

TEST(GroupLink, WhatIsNoneNamesNoGroup) {
  SeededRandom random(1);
  std::string code = make_group_link(ConversationId{7}, random);
  EXPECT_FALSE(conversation_of_link({}));
  EXPECT_FALSE(conversation_of_link(code.substr(1)));
  EXPECT_FALSE(conversation_of_link(code + "x"));
  EXPECT_FALSE(conversation_of_link("x" + code.substr(1)));
  EXPECT_FALSE(conversation_of_link("-" + code.substr(1)));
  EXPECT_FALSE(conversation_of_link(std::string(16, '0') + code.substr(16)));
}

}  // namespace
}  // namespace homing::chat
