#include "edge/business/lenient.h"

#include <gtest/gtest.h>

#include "edge/business/ascii_json.h"

namespace homing::business {
namespace {

json::object body(std::string_view text) {
  auto parsed = parse_body("application/json", text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : json::object();
}

TEST(Lenient, BodyMustBeOneJsonObject) {
  for (std::string_view bad : {"[]", "1", "{", "{} {}", "hello", "{\"a\":\"\xff\"}", "{\"a\":\"\\ud83d\"}"}) {
    auto parsed = parse_body("application/json", bad);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().code, Code::bad_frame);
  }
  EXPECT_TRUE(body("").empty());
  EXPECT_TRUE(body(" {} \r\n").empty());
}

TEST(Lenient, SizeAndDepthAreBounded) {
  EXPECT_EQ(parse_body("", std::string(kJsonBytesMax + 1, ' ')).error().code, Code::too_big);
  std::string deep(kJsonDepthMax - 1, '['), too_deep(kJsonDepthMax + 1, '[');
  EXPECT_TRUE(parse_body("", "{\"a\":" + deep + std::string(deep.size(), ']') + "}"));
  EXPECT_FALSE(parse_body("", "{\"a\":" + too_deep + std::string(too_deep.size(), ']') + "}"));
}

TEST(Lenient, NumbersAndStringsAreInterchangeable) {
  auto object =
      body(R"({"a":"48.2","b":48.2,"c":106540352242922,"d":"106540352242922","e":1.0e15,"f":18446744073709551615})");

  EXPECT_EQ(number_in(object, "a"), 48.2);
  EXPECT_EQ(number_in(object, "b"), 48.2);
  EXPECT_EQ(text_in(object, "b"), "48.2");
  EXPECT_EQ(text_in(object, "c"), "106540352242922");
  EXPECT_EQ(number_in(object, "d"), 106540352242922.0);
  EXPECT_EQ(text_in(object, "e"), "1000000000000000");
  EXPECT_EQ(text_in(object, "f"), "18446744073709551615");
}

TEST(Lenient, WhatIsNoNumberIsNone) {
  auto object = body(R"({"a":"nan","b":"inf","c":"1x","d":"","e":true,"f":[1],"g":" +7 ","h":"1e999"})");
  for (const char* name : {"a", "b", "c", "d", "e", "f", "h"}) EXPECT_FALSE(number_in(object, name)) << name;
  EXPECT_EQ(number_in(object, "g"), 7);
}

TEST(Lenient, NullIsAbsent) {
  auto object = body(R"({"wa_id":null,"birthday":""})");
  EXPECT_EQ(member(object, "wa_id"), nullptr);
  EXPECT_EQ(member(object, "nothing"), nullptr);
  EXPECT_EQ(text_in(object, "birthday"), "");
}

TEST(Lenient, FlagsInManySpellings) {
  auto object = body(R"({"a":true,"b":"true","c":1,"d":"0","e":false,"f":"maybe"})");
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(flag_in(object, name), true) << name;
  for (const char* name : {"d", "e"}) EXPECT_EQ(flag_in(object, name), false) << name;
  EXPECT_FALSE(flag_in(object, "f"));
}

TEST(Lenient, ObjectsMayComeAsText) {
  auto object = body(R"({"text":"{\"body\":\"hi\"}","contacts":"[{\"name\":1}]","other":"plain"})");
  EXPECT_EQ(text_in(*object_in(object, "text"), "body"), "hi");
  EXPECT_EQ(array_in(object, "contacts")->size(), 1u);
  EXPECT_FALSE(object_in(object, "other"));
  EXPECT_FALSE(object_in(object, "contacts"));
}

TEST(Lenient, FormsAreBodiesToo) {
  auto parsed =
      parse_body("application/x-www-form-urlencoded; charset=utf-8",
                 "messaging_product=whatsapp&to=%2B1+650&text=%7B%22body%22%3A%22h%C3%A9+%26%22%7D&broken&pct=100%");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(text_in(*parsed, "to"), "+1 650");
  EXPECT_EQ(text_in(*object_in(*parsed, "text"), "body"), "h\u00e9 &");
  EXPECT_EQ(text_in(*parsed, "pct"), "100%");
  EXPECT_FALSE(parse_form("a=%ff"));
}

TEST(Lenient, CountsCodePoints) {
  EXPECT_EQ(code_points("h\u00e9 \U0001F600"), 4u);
  EXPECT_EQ(digits_of("+1 (555) 123-90.00"), "15551239000");
}

TEST(AsciiJson, EscapesEverythingFromDelOn) {
  json::object object{{"t", "h\u00e9 \U0001F600 \x7f a/b \"\\\n\x01"}};
  EXPECT_EQ(ascii_json(object), R"({"t":"h\u00e9 \ud83d\ude00 \u007f a/b \"\\\n\u0001"})");
}

TEST(AsciiJson, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(ascii_json(js("a\xff\xc3")), R"("a\ufffd\ufffd")");
  EXPECT_EQ(ascii_json(js("\xed\xa0\x80")), R"("\ufffd\ufffd\ufffd")");
  EXPECT_EQ(ascii_json(js("\xc0\x80")), R"("\ufffd\ufffd")");
}

TEST(AsciiJson, WritesNumbersPlainly) {
  EXPECT_EQ(ascii_json(json::array{48.2, 0.0, -122.1, 3, true, nullptr}), "[48.2,0,-122.1,3,true,null]");
  EXPECT_EQ(ascii_json(json::object{{"a", json::array()}, {"b", json::object()}}), R"({"a":[],"b":{}})");
}

}  // namespace
}  // namespace homing::business
