#include "wire/rest_message.h"

#include <gtest/gtest.h>

#include "wire/rest_calls.h"
#include "wire/seal.h"

namespace homing::wire {
namespace {

const std::string kPeople = R"("sender_id":"1","receiver_id":"2")";

Result<NewMessage> parse(const std::string& more, Attached attached = Attached::no) {
  return parse_new_message("{" + kPeople + more + "}", Audience::somebody, attached);
}
Code refusal(const std::string& more, Attached attached = Attached::no) {
  auto message = parse(more, attached);
  return message ? Code{} : message.error().code;
}

Envelope enveloped(Body body, EventKind kind = Posted{}) {
  Event event;
  event.header.author = AccountId{7};
  event.header.kind = std::move(kind);
  event.body = std::move(body);
  Envelope envelope;
  envelope.conversation = ConversationId{5};
  envelope.seq = Seq{3};
  envelope.time = Time{1'769'850'300'123};
  envelope.sealed = seal(event);
  return envelope;
}

TEST(RestMessage, TakesItsTypeFromWhatIsThere) {
  EXPECT_EQ(parse(R"(,"text":"hi")")->type, MessageType::text);
  EXPECT_EQ(parse(R"(,"document":"17")")->type, MessageType::document);
  EXPECT_EQ(parse(R"(,"media_object":"17")")->type, std::nullopt) << "the file says it";
  EXPECT_EQ(parse(R"(,"location":{"latitude":1,"longitude":2})")->type, MessageType::location);
  EXPECT_EQ(parse(R"(,"contacts":[{"name":{"formatted_name":"Cy"}}])")->type, MessageType::contact);
  EXPECT_EQ(parse(R"(,"type":"image")", Attached::yes)->type, MessageType::image);
}

TEST(RestMessage, RefusesWhatDoesNotFit) {
  EXPECT_EQ(refusal(R"(,"text":"")"), Code::empty_text);
  EXPECT_EQ(refusal(""), Code::empty_text);
  EXPECT_EQ(refusal(R"(,"text":")" + std::string(65'536, 'x') + "\""), Code{});
  EXPECT_NE(refusal(R"(,"text":")" + std::string(65'537, 'x') + "\""), Code{});
  EXPECT_EQ(refusal(R"(,"type":"poem","text":"x")"), Code::unknown_kind);
  EXPECT_EQ(refusal(R"(,"type":"image")"), Code::invalid_argument);
  EXPECT_EQ(refusal(R"(,"type":"text","text":"x")", Attached::yes), Code::invalid_argument);
  EXPECT_EQ(refusal(R"(,"media_object":"1","text":")" + std::string(4096, 'x') + "\""), Code{});
  EXPECT_EQ(refusal(R"(,"media_object":"1","text":")" + std::string(4097, 'x') + "\""), Code::invalid_argument);
  for (std::string place :
       {"90.1,\"longitude\":0", "-91,\"longitude\":0", "0,\"longitude\":180.5", "0,\"longitude\":-181"}) {
    EXPECT_EQ(refusal(R"(,"location":{"latitude":)" + place + "}"), Code::invalid_argument) << place;
  }
  EXPECT_EQ(refusal(R"(,"location":{"latitude":-90,"longitude":180})"), Code{});
  EXPECT_EQ(refusal(R"(,"contacts":[{"phones":[{"phone":"1"}]}])"), Code::invalid_argument);
  EXPECT_FALSE(parse_new_message(R"({"receiver_id":"2","text":"x"})", Audience::somebody, Attached::no));
  EXPECT_FALSE(parse_new_message(R"({"sender_id":"2","text":"x"})", Audience::somebody, Attached::no));
}

TEST(RestMessage, AStatusIsATextOrAFile) {
  EXPECT_TRUE(parse_new_message(R"({"text":"x"})", Audience::own_status, Attached::no));
  auto place = parse_new_message(R"({"location":{"latitude":1,"longitude":2}})", Audience::own_status, Attached::no);
  ASSERT_FALSE(place);
  EXPECT_EQ(place.error().field, "type");
}

TEST(RestMessage, HoldsTheTypeAgainstTheFile) {
  File file;
  file.id = "17";
  file.kind = FileKind::image;
  auto as = [&](const std::string& type) {
    return body_of(*parse(R"(,"media_object":"17","type":")" + type + "\""), &file);
  };
  EXPECT_TRUE(as("image"));
  EXPECT_TRUE(as("document"));
  ASSERT_FALSE(as("video"));
  EXPECT_EQ(as("video").error().code, Code::media_wrong_type);
}

TEST(RestMessage, IsWrittenForReaders) {
  auto body = body_of(*parse(R"(,"text":"a \"quote\"")"), nullptr);
  Context context{{AccountId{7}, "+15551230001", "Ana", "", Nature::person}, ConversationKind::group, "team"};
  std::string json = message_json(enveloped(*body), context);
  EXPECT_EQ(json, R"({"id":"5.3","conversation_id":"5","conversation_kind":"group","group_name":"team","type":"text",)"
                  R"("text":"a \"quote\"","time":"2026-01-31T09:05:00.123Z",)"
                  R"("from":{"account_id":"7","phone":"+15551230001","name":"Ana"}})");
  EXPECT_EQ(sent_json(enveloped(*body)),
            R"({"message_id":"5.3","conversation_id":"5","state":"sent","time":"2026-01-31T09:05:00.123Z"})");
}

TEST(RestMessage, ShowsZeroDegrees) {
  auto body = body_of(*parse(R"(,"location":{"latitude":0,"longitude":0})"), nullptr);
  EXPECT_NE(message_json(enveloped(*body), {}).find(R"("latitude":0,"longitude":0)"), std::string::npos);
}

TEST(RestMessage, IsWhatSomebodySaid) {
  EXPECT_TRUE(is_message(enveloped({}, Posted{})));
  EXPECT_TRUE(is_message(enveloped({}, Reacted{Seq{1}})));
  EXPECT_FALSE(is_message(enveloped({}, Renamed{"x"})));
  EXPECT_FALSE(is_message(enveloped({}, MembersChanged{})));
}

TEST(OpenApi, HasEveryCallOfTheTable) {
  std::string document = openapi_json("1.2.3");
  for (const RestCall& call : rest_calls()) {
    EXPECT_NE(document.find("\"operationId\":\"" + call.name + "\""), std::string::npos) << call.name;
    for (const std::string& path : call.paths) {
      EXPECT_NE(document.find("\"" + path + "\""), std::string::npos) << path;
    }
    EXPECT_FALSE(call.summary.empty() || call.example.empty()) << call.name;
  }
  EXPECT_NE(document.find("\"maxLength\":65536"), std::string::npos) << "limits are told";
}

}  // namespace
}  // namespace homing::wire
