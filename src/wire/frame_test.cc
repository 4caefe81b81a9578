#include "wire/frame.h"

#include <gtest/gtest.h>

#include <optional>

#include "frames.pb.h"
#include "wire/errors.h"
#include "wire/limits.h"
#include "wire/rest.h"
#include "wire/seal.h"

namespace homing::wire {
namespace {

const std::string kId(16, 'i');

v1::ClientFrame text_frame(const std::string& text) {
  v1::ClientFrame frame;
  frame.set_request(7);
  frame.mutable_send()->set_conversation(5);
  frame.mutable_send()->set_client_id(kId);
  frame.mutable_send()->mutable_plain()->mutable_text()->set_text(text);
  return frame;
}

Code refusal(const v1::ClientFrame& frame) {
  std::uint64_t request = 0;
  auto decoded = decode(frame.SerializeAsString(), Form::proto, request);
  EXPECT_FALSE(decoded.has_value());
  EXPECT_EQ(request, frame.request());
  return decoded ? Code{} : decoded.error().code;
}

bool is_taken(const v1::ClientFrame& frame) {
  std::uint64_t request = 0;
  return decode(frame.SerializeAsString(), Form::proto, request).has_value();
}

Code refusal(std::string_view json) {
  std::uint64_t request = 0;
  auto decoded = decode(json, Form::json, request);
  EXPECT_FALSE(decoded.has_value());
  return decoded ? Code{} : decoded.error().code;
}

Envelope hello_envelope() {
  Event event;
  event.header.author = AccountId{11};
  event.header.kind = Posted{};
  v1::Content content;
  content.mutable_text()->set_text("hello");
  event.body.bytes = content.SerializeAsString();
  return Envelope{ConversationId{5}, Seq{3}, Commit{9}, Time{1700000000000}, DeviceId{2}, {}, seal(event)};
}

TEST(DecodeFrame, SendArrivesAsWritten) {
  v1::ClientFrame frame = text_frame("hello");
  frame.mutable_send()->set_reply_to(2);

  std::uint64_t request = 0;
  auto decoded = decode(frame.SerializeAsString(), Form::proto, request);

  ASSERT_TRUE(decoded) << decoded.error().detail;
  const auto& send = std::get<Send>(decoded->body);
  EXPECT_EQ(request, 7u);
  EXPECT_EQ(std::get<ConversationId>(send.to), ConversationId{5});
  EXPECT_EQ(send.reply_to, Seq{2});
  EXPECT_EQ(send.body.bytes, frame.send().plain().SerializeAsString());
}

TEST(DecodeFrame, BothFormsMeanTheSame) {
  std::uint64_t request = 0;
  auto decoded = decode(R"({"request":"7","send":{"phone":"+15551230001","client_id":"aWlpaWlpaWlpaWlpaWlpaQ==",
                          "plain":{"text":{"text":"hello"}},"unheard_of":1}})",
                        Form::json, request);

  ASSERT_TRUE(decoded) << decoded.error().detail;
  EXPECT_EQ(std::get<Phone>(std::get<Send>(decoded->body).to).number, "+15551230001");
  EXPECT_EQ(std::get<Send>(decoded->body).body.bytes, text_frame("hello").send().plain().SerializeAsString());
}

TEST(DecodeFrame, TextLimitHoldsOnBothSides) {
  std::uint64_t request = 0;
  EXPECT_TRUE(decode(text_frame(std::string(limits::kTextBytesMax, 'x')).SerializeAsString(), Form::proto, request));
  EXPECT_EQ(refusal(text_frame(std::string(limits::kTextBytesMax + 1, 'x'))), Code::text_too_long);
  EXPECT_TRUE(decode(text_frame("x").SerializeAsString(), Form::proto, request));
  EXPECT_EQ(refusal(text_frame("")), Code::empty_text);
}

TEST(DecodeFrame, InvalidUtf8HasItsOwnCode) {
  std::string bytes = text_frame("hello").SerializeAsString();
  bytes[bytes.find("hello")] = '\xff';
  std::uint64_t request = 0;
  auto decoded = decode(bytes, Form::proto, request);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, Code::invalid_utf8);
  EXPECT_EQ(request, 7u);
}

TEST(DecodeFrame, ClientIdHasSixteenBytes) {
  for (std::size_t size : {0u, 15u, 17u}) {
    v1::ClientFrame frame = text_frame("hello");
    frame.mutable_send()->set_client_id(std::string(size, 'i'));
    EXPECT_EQ(refusal(frame), Code::bad_client_id) << size;
  }
}

TEST(DecodeFrame, MentionLimitHoldsOnBothSides) {
  v1::ClientFrame frame = text_frame("hello");
  for (std::size_t i = 0; i < limits::kMentionsMax; ++i) frame.mutable_send()->add_mentions(i + 1);
  std::uint64_t request = 0;
  EXPECT_TRUE(decode(frame.SerializeAsString(), Form::proto, request));
  frame.mutable_send()->add_mentions(99);
  EXPECT_EQ(refusal(frame), Code::invalid_argument);
}

TEST(DecodeFrame, WatchedPeopleHaveALimit) {
  v1::ClientFrame frame;
  frame.set_request(1);
  for (std::size_t i = 0; i < limits::kPresenceWatchedMax; ++i) frame.mutable_watch_presence()->add_accounts(i + 1);
  EXPECT_TRUE(is_taken(frame));
  frame.mutable_watch_presence()->add_accounts(99);
  EXPECT_EQ(refusal(frame), Code::invalid_argument);
}

TEST(DecodeFrame, AnUnknownAudienceIsRefused) {
  v1::ClientFrame frame;
  frame.set_request(1);
  frame.mutable_set_privacy()->mutable_privacy()->set_groups(v1::nobody);
  EXPECT_TRUE(is_taken(frame));
  frame.mutable_set_privacy()->mutable_privacy()->set_groups(static_cast<v1::Audience>(3));
  EXPECT_EQ(refusal(frame), Code::unknown_kind);
}

TEST(DecodeFrame, OnlyWordsAreEdited) {
  v1::ClientFrame frame;
  frame.set_request(1);
  v1::EditMessage& edit = *frame.mutable_edit_message();
  edit.set_client_id(std::string(16, 'i'));
  edit.set_seq(1);
  edit.mutable_plain()->mutable_text()->set_text("hello");
  EXPECT_TRUE(is_taken(frame));
  edit.mutable_plain()->mutable_media()->set_id("17");
  EXPECT_TRUE(is_taken(frame));
  edit.mutable_plain()->mutable_reaction()->set_emoji("x");
  EXPECT_EQ(refusal(frame), Code::invalid_argument);
  edit.mutable_plain()->mutable_text()->set_text("");
  EXPECT_EQ(refusal(frame), Code::empty_text);
  edit.mutable_plain()->mutable_text()->set_text("hello");
  edit.set_seq(0);
  EXPECT_EQ(refusal(frame), Code::seq_unknown);
  edit.set_seq(1);
  edit.set_client_id("short");
  EXPECT_EQ(refusal(frame), Code::bad_client_id);
}

TEST(DecodeFrame, UnknownKindsAreNamed) {
  v1::ClientFrame nothing;
  nothing.set_request(1);
  EXPECT_EQ(refusal(nothing), Code::unknown_kind);
  v1::ClientFrame no_content = text_frame("hello");
  no_content.mutable_send()->mutable_plain()->Clear();
  EXPECT_EQ(refusal(no_content), Code::unknown_kind);
  v1::ClientFrame no_body = text_frame("hello");
  no_body.mutable_send()->clear_body();
  EXPECT_EQ(refusal(no_body), Code::invalid_argument);
  v1::ClientFrame nowhere = text_frame("hello");
  nowhere.mutable_send()->clear_to();
  EXPECT_EQ(refusal(nowhere), Code::invalid_argument);
}

TEST(DecodeFrame, GarbageIsABadFrame) {
  std::uint64_t request = 0;
  EXPECT_EQ(decode("\xff\xff\xff", Form::proto, request).error().code, Code::bad_frame);
  EXPECT_EQ(refusal("{"), Code::bad_frame);
  EXPECT_EQ(refusal("[]"), Code::bad_frame);
}

TEST(DecodeFrame, WhatIsWrongWithJsonIsSaidInOurWords) {
  struct Case {
    std::string_view json, field;
  };
  for (const Case& c : std::vector<Case>{{R"({"request":"1","hello":{"cursor":"x"}})", "hello.cursor"},
                                         {R"({"request":[],"hello":{}})", ""},
                                         {R"({"request":"1","send":{"client_id":"?"}})", "send.client_id"},
                                         {R"({"request":"1","mark_read":{"seq":-1}})", "mark_read.seq"},
                                         {R"({"request":"1","hello":7})", "hello"},
                                         {R"({"request":)", ""},
                                         {R"({"(evil <b>): x"})", ""},
                                         {"", ""}}) {
    std::uint64_t request = 0;
    auto frame = decode(c.json, Form::json, request);
    ASSERT_FALSE(frame) << c.json;
    EXPECT_EQ(frame.error().code, Code::bad_frame) << c.json;
    EXPECT_EQ(frame.error().field, c.field) << c.json << ": " << frame.error().detail;
    EXPECT_EQ(frame.error().detail.find("TYPE_"), std::string::npos) << frame.error().detail;
    EXPECT_EQ(frame.error().detail.find("invalid value"), std::string::npos) << frame.error().detail;
  }
}

TEST(DecodeFrame, FrameLimitHoldsOnBothSides) {
  std::uint64_t request = 0;
  std::string frame = R"({"ping":{},"request":1})";
  frame.resize(limits::kFrameBytesMax, ' ');
  EXPECT_TRUE(decode(frame, Form::json, request));
  frame += ' ';
  EXPECT_EQ(decode(frame, Form::json, request).error().code, Code::too_big);
}

TEST(DecodeFrame, PageLimitsHoldOnBothSides) {
  v1::ClientFrame frame;
  frame.set_request(1);
  frame.mutable_read_history()->set_conversation(5);
  std::uint64_t request = 0;
  auto usual = decode(frame.SerializeAsString(), Form::proto, request);
  ASSERT_TRUE(usual);
  EXPECT_EQ(std::get<ReadHistory>(usual->body).limit, 50u);
  frame.mutable_read_history()->set_limit(limits::kHistoryPageMax);
  EXPECT_TRUE(decode(frame.SerializeAsString(), Form::proto, request));
  frame.mutable_read_history()->set_limit(limits::kHistoryPageMax + 1);
  EXPECT_EQ(refusal(frame), Code::invalid_argument);
}

TEST(EncodeFrame, HandWrittenFramesAreWhatProtobufReads) {
  std::string bytes;
  encode(ServerFrame{7, Sent{ConversationId{1ull << 62}, Seq{300}, Time{1700000000000}}}, Form::proto, bytes);
  v1::ServerFrame sent;
  ASSERT_TRUE(sent.ParseFromString(bytes));
  EXPECT_EQ(sent.request(), 7u);
  EXPECT_EQ(sent.sent().conversation(), 1ull << 62);
  EXPECT_EQ(sent.sent().seq(), 300u);
  EXPECT_EQ(sent.sent().time_ms(), 1700000000000);

  bytes.clear();
  encode(ServerFrame{0, Delivery{Cursor{77}, hello_envelope()}}, Form::proto, bytes);
  v1::ServerFrame delivery;
  ASSERT_TRUE(delivery.ParseFromString(bytes));
  EXPECT_EQ(delivery.delivery().position(), 77u);
  EXPECT_EQ(delivery.delivery().envelope().seq(), 3u);
  EXPECT_EQ(delivery.delivery().envelope().event().header().author(), 11u);
  EXPECT_EQ(delivery.delivery().envelope().event().plain().text().text(), "hello");

  bytes.clear();
  encode(ServerFrame{0, Receipts{Cursor{5}, ConversationId{6}, Seq{}, Seq{8}, Seq{9}}}, Form::proto, bytes);
  v1::ServerFrame receipts;
  ASSERT_TRUE(receipts.ParseFromString(bytes));
  EXPECT_EQ(receipts.receipts().delivered_to(), 0u);
  EXPECT_EQ(receipts.receipts().read_to(), 8u);
  EXPECT_EQ(receipts.receipts().own_read_to(), 9u);
}

TEST(EncodeFrame, JsonShowsTheText) {
  std::string json;
  encode(ServerFrame{0, Delivery{Cursor{77}, hello_envelope()}}, Form::json, json);
  EXPECT_NE(json.find(R"("text":"hello")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("position":"77")"), std::string::npos) << json;
}

TEST(EncodeFrame, ErrorsCarryCodeAndSentence) {
  std::string json;
  encode(ServerFrame{4, Error{Code::not_a_member, {}, {}, {}}}, Form::json, json);
  EXPECT_NE(json.find("not_a_member"), std::string::npos);
  EXPECT_NE(json.find(facts(Code::not_a_member).text), std::string::npos);
}

TEST(Errors, EveryCodeHasFacts) {
  for (int number = 1; number < 100; ++number) {
    if (!v1::ErrorCode_IsValid(number)) continue;
    EXPECT_FALSE(facts(static_cast<Code>(number)).text.empty()) << number;
    EXPECT_GE(facts(static_cast<Code>(number)).http, 400) << number;
  }
}

TEST(Rest, RegistrationNeedsExactlyOneProof) {
  EXPECT_TRUE(parse_registration(R"({"phone":"+15551230001","code":"123456"})"));
  EXPECT_TRUE(parse_registration(R"({"phone":"+15551230001","invite":"abc"})"));
  EXPECT_EQ(parse_registration(R"({"phone":"+15551230001"})").error().code, Code::invalid_argument);
  EXPECT_EQ(parse_registration(R"({"phone":"+1","code":"1","invite":"2"})").error().code, Code::invalid_argument);
  EXPECT_EQ(parse_registration(R"({"phone":"","code":"1"})").error().code, Code::invalid_argument);
  EXPECT_EQ(parse_registration("not json").error().code, Code::bad_frame);
  EXPECT_EQ(parse_code_request(std::string(limits::kHttpBodyBytesMax + 1, ' ')).error().code, Code::too_big);
}

template <class T>
std::optional<T> decoded(const v1::ClientFrame& frame) {
  std::uint64_t request = 0;
  auto decoded = decode(frame.SerializeAsString(), Form::proto, request);
  if (!decoded || !std::holds_alternative<T>(decoded->body)) return std::nullopt;
  return std::get<T>(decoded->body);
}

TEST(DecodeFrame, OneThingOfAGroupIsChangedAtATime) {
  v1::ClientFrame frame;
  v1::ChangeGroup& change = *frame.mutable_change_group();
  change.set_client_id(kId);
  change.set_conversation(5);
  EXPECT_EQ(refusal(frame), Code::invalid_argument);
  change.set_description(std::string(limits::kGroupDescriptionBytesMax, 'd'));
  EXPECT_EQ(std::get<Description>(decoded<ChangeGroup>(frame)->what).text.size(), limits::kGroupDescriptionBytesMax);
  change.set_description(std::string(limits::kGroupDescriptionBytesMax + 1, 'd'));
  EXPECT_EQ(refusal(frame), Code::invalid_argument);
  change.set_picture("17");
  EXPECT_EQ(std::get<Picture>(decoded<ChangeGroup>(frame)->what).file, "17");
  change.set_approval(true);
  EXPECT_EQ(std::get<Approval>(decoded<ChangeGroup>(frame)->what), Approval::needed);
  change.set_link(v1::renew);
  EXPECT_EQ(std::get<LinkChange>(decoded<ChangeGroup>(frame)->what), LinkChange::renew);
  change.set_link(static_cast<v1::LinkChange>(7));
  EXPECT_EQ(refusal(frame), Code::unknown_kind);
}

TEST(DecodeFrame, PeopleAreReviewedUpToALimit) {
  v1::ClientFrame frame;
  v1::ReviewJoins& review = *frame.mutable_review_joins();
  review.set_client_id(kId);
  EXPECT_EQ(refusal(frame), Code::invalid_argument);
  for (std::size_t i = 0; i < limits::kJoinRequestsMax; ++i) review.add_accounts(i + 1);
  review.set_approve(true);
  EXPECT_EQ(decoded<ReviewJoins>(frame)->decision, Decision::approve);
  review.add_accounts(1);
  EXPECT_EQ(refusal(frame), Code::invalid_argument);
}

TEST(DecodeFrame, WhoJoinsHasACodeAndAClientId) {
  v1::ClientFrame frame;
  frame.mutable_join_group()->set_client_id(kId);
  EXPECT_EQ(refusal(frame), Code::invalid_argument);
  frame.mutable_join_group()->set_code("code");
  EXPECT_EQ(decoded<JoinGroup>(frame)->code, "code");
  frame.mutable_join_group()->set_client_id("short");
  EXPECT_EQ(refusal(frame), Code::bad_client_id);
}

}  // namespace
}  // namespace homing::wire
