#include "edge/business/event_out.h"

#include <gtest/gtest.h>

#include "edge/business/lenient.h"
#include "events.pb.h"
#include "wire/seal.h"

namespace homing::business {
namespace {

const Wamids wamids(Wamids::Key{1});
const Receiver kBot{"106540352242922", "102290129340398", "+15550783881"};
constexpr ConversationId kChat{77};

std::string id(std::uint64_t seq, Api api = Api::cloud) { return wamids.name(kChat, Seq{seq}, api); }

Envelope said(const v1::Content& content, EventKind kind = Posted{}, Seq reply_to = {}) {
  Event event;
  event.header.author = AccountId{1};
  event.header.kind = std::move(kind);
  event.header.reply_to = reply_to;
  event.body.bytes = content.SerializeAsString();
  Envelope envelope;
  envelope.conversation = kChat;
  envelope.seq = Seq{5};
  envelope.time = Time{1749416383999};
  envelope.sealed = wire::seal(event);
  return envelope;
}
v1::Content text(std::string words) {
  v1::Content content;
  content.mutable_text()->set_text(std::move(words));
  return content;
}
Arrived arrived(const v1::Content& content) {
  return {said(content), ConversationKind::direct, {"+16505551234", "Zo\u00eb"}, {}};
}

std::string body(const BotEvent& event, Api api = Api::cloud) { return webhook_body(kBot, event, wamids, api); }

// The one message of a body, as text.
std::string message(const BotEvent& event, Api api = Api::cloud) {
  std::string whole = body(event, api);
  std::size_t from = whole.find("\"messages\":[");
  return whole.substr(from + 12, whole.rfind(api == Api::cloud ? "]},\"field\"" : "]}") - from - 12);
}
std::string about(const std::string& more, Api api = Api::cloud) {
  return R"({"from":"16505551234","id":")" + id(5, api) + R"(","timestamp":"1749416383",)" + more + "}";
}

TEST(EventOut, IsTheReferenceVectorButForTheId) {
  std::string expected =
      R"({"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Zo\u00eb"},"wa_id":"16505551234"}],"messages":[{"from":"16505551234","id":"wamid.dGVzdA==","timestamp":"1749416383","type":"text","text":{"body":"h\u00e9 \ud83d\ude00 a/b"}}]},"field":"messages"}]}]})";
  ASSERT_EQ(expected.size(), 440u);
  expected.replace(expected.find("wamid.dGVzdA=="), 14, id(5));

  EXPECT_EQ(body(arrived(text("h\u00e9 \U0001F600 a/b"))), expected);
}

TEST(EventOut, OnPremisesHasNoEnvelope) {
  Arrived event = arrived(text("Hi"));
  event.author = {"+16315551234", "Kerry"};
  EXPECT_EQ(body(event, Api::on_premises), R"({"contacts":[{"profile":{"name":"Kerry"},"wa_id":"16315551234"}],)"
                                           R"("messages":[{"from":"16315551234","id":")" +
                                               id(5, Api::on_premises) +
                                               R"(","timestamp":"1749416383","type":"text","text":{"body":"Hi"}}]})");
}

TEST(EventOut, IsAscii) {
  for (char c : body(arrived(text("\x7f \u00e9 \u4e2d \U0001F600")))) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
}

TEST(EventOut, RepliesSayWhatTheyAnswer) {
  Arrived event = arrived(text("yes"));
  event.envelope = said(text("yes"), Posted{}, Seq{3});
  event.quoted = Quoted{"+15550783881", nullptr};
  EXPECT_EQ(message(event),
            about(R"("context":{"from":"15550783881","id":")" + id(3) + R"("},"type":"text","text":{"body":"yes"})"));
  event.quoted.reset();
  EXPECT_EQ(message(event), about(R"("context":{"id":")" + id(3) + R"("},"type":"text","text":{"body":"yes"})"));
}

TEST(EventOut, GroupMessagesNameTheGroup) {
  Arrived event = arrived(text("all"));
  event.kind = ConversationKind::group;
  EXPECT_EQ(message(event), about(R"("group_id":"g000000000000004d","type":"text","text":{"body":"all"})"));
}

v1::Content media(v1::MediaKind kind, std::string mime) {
  v1::Content content;
  v1::Media& media = *content.mutable_media();
  media.set_kind(kind);
  media.set_id("1000");
  media.set_mime_type(std::move(mime));
  media.set_sha256("\xff\xee");
  return content;
}

TEST(EventOut, MediaOfEveryKind) {
  auto with = [](std::string_view type, std::string_view mime, std::string_view more) {
    return about(R"("type":")" + std::string(type) + "\",\"" + std::string(type) + R"(":{"id":"1000","mime_type":")" +
                 std::string(mime) + R"(","sha256":"/+4=")" + std::string(more) + "}");
  };
  auto image = media(v1::image, "image/jpeg");
  EXPECT_EQ(message(arrived(image)), with("image", "image/jpeg", ""));
  image.mutable_media()->set_caption("look");
  EXPECT_EQ(message(arrived(image)), with("image", "image/jpeg", R"(,"caption":"look")"));
  EXPECT_EQ(message(arrived(media(v1::video, "video/mp4"))), with("video", "video/mp4", ""));
  EXPECT_EQ(message(arrived(media(v1::audio, "audio/mpeg"))), with("audio", "audio/mpeg", R"(,"voice":false)"));
  EXPECT_EQ(message(arrived(media(v1::voice, "audio/ogg; codecs=opus"))),
            with("audio", "audio/ogg; codecs=opus", R"(,"voice":true)"));
  EXPECT_EQ(message(arrived(media(v1::sticker, "image/webp"))), with("sticker", "image/webp", R"(,"animated":false)"));
  auto moving = media(v1::sticker, "image/webp");
  moving.mutable_media()->set_animated(true);
  EXPECT_EQ(message(arrived(moving)), with("sticker", "image/webp", R"(,"animated":true)"));
  auto document = media(v1::document, "application/pdf");
  document.mutable_media()->set_name("a.pdf");
  EXPECT_EQ(message(arrived(document)), with("document", "application/pdf", R"(,"filename":"a.pdf")"));
  std::string voice = message(arrived(media(v1::voice, "audio/ogg")), Api::on_premises);
  EXPECT_NE(voice.find(R"("type":"voice","voice":{"id":"1000","mime_type":"audio/ogg","sha256":"/+4="})"), voice.npos)
      << voice;
}

TEST(EventOut, LocationHasNumbers) {
  v1::Content content;
  content.mutable_location()->set_latitude(48.2);
  content.mutable_location()->set_name("N");
  EXPECT_EQ(message(arrived(content)),
            about(R"("type":"location","location":{"latitude":48.2,"longitude":0,"name":"N"})"));
}

TEST(EventOut, ContactsHaveStrictTypes) {
  v1::Content content;
  v1::ContactCard& card = *content.mutable_contacts()->add_cards();
  card.mutable_name()->set_formatted_name("Ann");
  card.add_phones()->set_phone("+1");
  card.mutable_phones(0)->set_type("MOBILE");
  card.add_phones()->set_phone("+2");
  card.mutable_phones(1)->set_type("work");
  EXPECT_EQ(
      message(arrived(content)),
      about(
          R"("type":"contacts","contacts":[{"name":{"formatted_name":"Ann"},"phones":[{"phone":"+1"},{"phone":"+2","type":"WORK"}]}])"));
}

TEST(EventOut, RepliesToChoices) {
  v1::Content content;
  content.mutable_interactive_reply()->set_id("a");
  content.mutable_interactive_reply()->set_title("Yes");
  EXPECT_EQ(
      message(arrived(content)),
      about(R"("type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"a","title":"Yes"}})"));

  v1::Content question;
  question.mutable_interactive()->mutable_choices()->set_button("open");
  Arrived chosen = arrived(content);
  chosen.quoted = Quoted{"+1", said(question).sealed};
  EXPECT_EQ(message(chosen),
            about(R"("type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"a","title":"Yes"}})"));

  content.mutable_interactive_reply()->set_description("D");
  EXPECT_EQ(
      message(arrived(content)),
      about(
          R"("type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"a","title":"Yes","description":"D"}})"));
}

TEST(EventOut, ReactionsAndTheirEnd) {
  v1::Content content;
  content.mutable_reaction()->set_emoji("\U0001F44D");
  Arrived event = arrived(content);
  event.envelope = said(content, Reacted{Seq{2}});
  EXPECT_EQ(message(event),
            about(R"("type":"reaction","reaction":{"message_id":")" + id(2) + R"(","emoji":"\ud83d\udc4d"})"));
  content.mutable_reaction()->clear_emoji();
  event.envelope = said(content, Reacted{Seq{2}});
  EXPECT_EQ(message(event), about(R"("type":"reaction","reaction":{"message_id":")" + id(2) + R"(","emoji":""})"));
}

TEST(EventOut, TheRestIsUnsupported) {
  v1::Content content;
  content.mutable_interactive()->set_body("from another program");
  EXPECT_EQ(
      message(arrived(content)),
      about(
          R"("type":"unsupported","errors":[{"code":131051,"title":"Message type unknown","message":"Message type unknown",)"
          R"("error_data":{"details":"Message type is currently not supported."}}])"));
}

TEST(EventOut, ChangesOfGroupsAndStatusesOfPeopleAreNoMessages) {
  Arrived event = arrived(text("x"));
  event.envelope = said({}, Renamed{"new"});
  EXPECT_EQ(body(event), "");
  event = arrived(text("x"));
  event.kind = ConversationKind::status;
  EXPECT_EQ(body(event), "");
}

Progress progress(Progress::Step step) {
  Progress event;
  event.step = step;
  event.message_id = id(9);
  event.time = Time{1749416390000};
  event.recipient_phone = "+16505551234";
  return event;
}
std::string statuses(const std::string& status) {
  return R"({"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp",)"
         R"("metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"statuses":[)" +
         status + R"(]},"field":"messages"}]}]})";
}

TEST(EventOut, StatusesOneByOne) {
  Progress sent = progress(Progress::Step::sent);
  sent.callback_data = "cb-1";
  EXPECT_EQ(body(sent), statuses(R"({"id":")" + id(9) +
                                 R"(","status":"sent","timestamp":"1749416390","recipient_id":"16505551234",)"
                                 R"("biz_opaque_callback_data":"cb-1"})"));
  for (auto [step, word] :
       {std::pair{Progress::Step::delivered, "delivered"}, std::pair{Progress::Step::read, "read"}}) {
    EXPECT_EQ(body(progress(step)), statuses(R"({"id":")" + id(9) + R"(","status":")" + word +
                                             R"(","timestamp":"1749416390","recipient_id":"16505551234"})"));
  }
  EXPECT_EQ(body(progress(Progress::Step::delivered), Api::on_premises),
            R"({"statuses":[{"id":")" + id(9, Api::on_premises) +
                R"(","status":"delivered","timestamp":"1749416390","recipient_id":"16505551234","type":"message"}]})");
}

TEST(EventOut, StatusesInGroupsNameTheMember) {
  Progress event = progress(Progress::Step::read);
  event.group = kChat;
  EXPECT_EQ(body(event), statuses(R"({"id":")" + id(9) +
                                  R"(","status":"read","timestamp":"1749416390","recipient_type":"group",)"
                                  R"("recipient_id":"g000000000000004d","recipient_participant_id":"16505551234"})"));
}

TEST(EventOut, FailuresSayWhy) {
  Progress event = progress(Progress::Step::failed);
  event.failure = {131026, ""};
  EXPECT_EQ(body(event),
            statuses(R"({"id":")" + id(9) +
                     R"(","status":"failed","timestamp":"1749416390","recipient_id":"16505551234",)"
                     R"("errors":[{"code":131026,"title":"Message undeliverable","message":"Message undeliverable",)"
                     R"("error_data":{"details":"Message undeliverable"}}]})"));
}

// --- groups ---

// What stands in "value" behind the metadata, and the field.
std::string group_news(EventKind kind, GroupChanged::Group group = GroupChanged::Group::goes_on) {
  GroupChanged changed{said({}, std::move(kind)), "Team", {{"+16505551234", "Ann"}}, {}, group};
  if (const auto* members = std::get_if<MembersChanged>(&changed.envelope.sealed->header.kind)) {
    if (members->added.empty()) changed.added.clear();
    if (!members->removed.empty()) changed.removed = {{"+16505559999", "Bo"}};
  }
  std::string whole = body(changed);
  std::size_t from = whole.find("\"groups\"");
  return from == whole.npos ? whole : whole.substr(from, whole.rfind("}]}]}") - from);
}
std::string entry(const std::string& type, const std::string& more = "") {
  return R"({"timestamp":"1749416383","group_id":"g000000000000004d","type":")" + type +
         R"(","request_id":"00000000000000000000000000000000")" + more + "}";
}

TEST(EventOut, WhatHappensToAGroupIsToldUnderItsOwnField) {
  std::string added = R"(,"added_participants":[{"input":"+16505551234","wa_id":"16505551234"}])";
  std::string removed = R"(,"removed_participants":[{"input":"+16505559999","wa_id":"16505559999"}])";
  EXPECT_EQ(group_news(GroupCreated{"Team", {}}),
            R"("groups":[)" + entry("group_create", R"(,"subject":"Team")") + R"(]},"field":"group_lifecycle_update")");
  EXPECT_EQ(group_news(Renamed{"Crew"}), R"("groups":[)" + entry("group_settings_update", R"(,"subject":"Crew")") +
                                             R"(]},"field":"group_settings_update")");
  EXPECT_EQ(group_news(MembersChanged{{AccountId{2}}, {}, {}}),
            R"("groups":[)" + entry("group_add_participants", added) + R"(]},"field":"group_participants_update")");
  EXPECT_EQ(
      group_news(MembersChanged{{}, {AccountId{3}}, {}}),
      R"("groups":[)" + entry("group_remove_participants", removed) + R"(]},"field":"group_participants_update")");
  EXPECT_EQ(group_news(MembersChanged{{}, {AccountId{3}}, {}}, GroupChanged::Group::ended),
            R"("groups":[)" + entry("group_delete") + R"(]},"field":"group_lifecycle_update")");
}

TEST(EventOut, OfAGroupsChangesSomeAreNotTold) {
  EXPECT_EQ(group_news(MembersChanged{{}, {}, {AccountId{2}}}), "") << "who became an admin";
  EXPECT_EQ(body(GroupChanged{said({}, Renamed{"Crew"}), "Crew", {}, {}}, Api::on_premises), "");
}

}  // namespace
}  // namespace homing::business
