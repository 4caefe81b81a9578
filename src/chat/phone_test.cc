#include "chat/phone.h"

#include <gtest/gtest.h>

#include <string>

namespace homing::chat {
namespace {

TEST(Phone, EveryWayOfWritingLeadsToTheSameText) {
  for (const char* written : {"+15551230001", "+1 555 123 0001", "+1 (555) 123-0001", "+1.555.123.0001"}) {
    EXPECT_EQ(normal_phone(written).value_or("refused"), "+15551230001") << written;
  }
  EXPECT_EQ(normal_phone("+49 (0) 30 1234567").value_or("refused"), "+49301234567");
  EXPECT_EQ(normal_phone("+44 20 7946 0018").value_or("refused"), "+442079460018");
}

TEST(Phone, ANormalNumberStaysAsItIs) {
  auto once = normal_phone("+39 06 698 12345");
  ASSERT_TRUE(once);
  EXPECT_EQ(normal_phone(*once).value_or("refused"), *once);
}

TEST(Phone, WhatIsNoInternationalNumberIsRefused) {
  for (const std::string& written :
       {std::string(), std::string("+"), std::string("15551230001"), std::string("0301234567"), std::string("+1"),
        std::string("+1555"), std::string("+999123456789"), std::string("+1 555 123 0001 x5"),
        std::string("+1800FLOWERS"), std::string("hello"), std::string("+1555123000123456789"),
        std::string("++15551230001"), std::string("+15551230001\0", 13), std::string(5000, '1'),
        std::string("+\xff\xfe")}) {
    auto refused = normal_phone(written);
    ASSERT_FALSE(refused) << written;
    EXPECT_EQ(refused.error().code, Code::phone_invalid);
    EXPECT_EQ(refused.error().field, "phone");
  }
}

}  // namespace
}  // namespace homing::chat
