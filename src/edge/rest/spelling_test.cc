#include "edge/rest/spelling.h"

#include <gtest/gtest.h>

namespace homing::rest {
namespace {

TEST(Spelling, BringsTheWaysOfNamingPeopleToOne) {
  for (std::string_view written : {R"({"sender_id":"1","receiver_id":"2"})", R"({"sender_ID":"1","reciever_ID":"2"})",
                                   R"({"senderId":1,"receiver_ID":2})", R"({"user_id":"1","recipient_id":2})"}) {
    EXPECT_EQ(spelled(written), R"({"sender_id":"1","receiver_id":"2"})") << written;
  }
}

TEST(Spelling, TakesIdsAndWordsOutOfObjects) {
  EXPECT_EQ(spelled(R"({"media_object":{"id":17},"text":{"body":"hi"}})"), R"({"media_object":"17","text":"hi"})");
  EXPECT_EQ(spelled(R"({"media_id":"17"})"), R"({"media_object":"17"})");
}

TEST(Spelling, CompletesAContact) {
  EXPECT_EQ(
      spelled(R"({"contact":{"name":"Cy","phone":"+15551230003"}})"),
      R"({"contacts":[{"name":{"formatted_name":"Cy"},"phone":"+15551230003","phones":[{"phone":"+15551230003"}]}]})");
  EXPECT_EQ(spelled(R"({"contacts":[{"name":{"formatted_name":"Cy"}}]})"),
            R"({"contacts":[{"name":{"formatted_name":"Cy"}}]})");
}

TEST(Spelling, ReadsTheFieldsOfAForm) {
  std::vector<std::pair<std::string, std::string>> fields{
      {"sender_ID", "1"}, {"latitude", "52.5"}, {"longitude", "13.4"}, {"name", "Here"}};
  EXPECT_EQ(spelled(fields), R"({"sender_id":"1","location":{"latitude":"52.5","longitude":"13.4","name":"Here"}})");
  fields = {{"contact", "no JSON"}};
  EXPECT_EQ(spelled(fields).error().field, "contact");
}

TEST(Spelling, RefusesWhatIsNoObject) {
  for (std::string_view written : {"", "[]", "7", "\"a\"", "{", "{\"a\":}", "null"}) {
    auto made = spelled(written);
    ASSERT_FALSE(made) << written;
    EXPECT_EQ(made.error().code, Code::bad_frame);
  }
  EXPECT_FALSE(spelled(std::string(100, '[') + std::string(100, ']'))) << "nested deeply";
}

TEST(Spelling, TellsOurFormFromTheBusinessApis) {
  EXPECT_TRUE(is_plain("application/json", R"({"sender_id":"1"})"));
  EXPECT_TRUE(is_plain("application/json", R"({"reciever_ID":"1"})"));
  EXPECT_TRUE(is_plain("multipart/form-data; boundary=x", ""));
  EXPECT_FALSE(is_plain("application/json", R"({"to":"15551230001","type":"text","text":{"body":"hi"}})"));
  EXPECT_FALSE(is_plain("application/json", R"({"recipient_type":"individual","to":"1"})"));
  EXPECT_FALSE(is_plain("application/json", "no JSON"));
}

}  // namespace
}  // namespace homing::rest
