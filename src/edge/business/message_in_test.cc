#include "edge/business/message_in.h"

#include <gtest/gtest.h>

#include "events.pb.h"

namespace homing::business {
namespace {

std::string repeat(std::string_view piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}
std::string cps(std::size_t count) { return repeat("\u00e9", count); }  // two bytes each

std::string cloud(std::string_view members) {
  return R"({"messaging_product":"whatsapp","to":"+1 (650) 555-1234",)" + std::string(members) + "}";
}

auto read(std::string_view body, Api api = Api::cloud) { return read_message("application/json", body, api); }

OutgoingMessage message(std::string_view body, Api api = Api::cloud) {
  auto request = read(body, api);
  if (!request) {
    ADD_FAILURE() << body << " refused: " << request.error().code << " " << request.error().details;
    return {};
  }
  if (!std::holds_alternative<OutgoingMessage>(*request)) return {};
  return std::get<OutgoingMessage>(*request);
}
v1::Content content(std::string_view body, Api api = Api::cloud) {
  v1::Content parsed;
  EXPECT_TRUE(parsed.ParseFromString(message(body, api).content));
  return parsed;
}
int refusal(std::string_view body, Api api = Api::cloud) {
  auto request = read(body, api);
  return request ? 0 : request.error().code;
}
// 0: accepted.
int code(std::string_view members) { return refusal(cloud(members)); }

// --- envelope ---

TEST(MessageIn, ReadsTheReferenceExample) {
  auto sent = message(R"({"messaging_product":"whatsapp","recipient_type":"individual","to":"16505551234","type":"text",
    "context":{"message_id":"wamid.X"}, "biz_opaque_callback_data":"cb-1","text":{"body":"hi","preview_url":false}})");

  EXPECT_EQ(sent.input, "16505551234");
  EXPECT_EQ(sent.to, "16505551234");
  EXPECT_EQ(sent.recipient_type, RecipientType::individual);
  EXPECT_EQ(sent.reply_to, "wamid.X");
  EXPECT_EQ(sent.callback_data, "cb-1");
  EXPECT_EQ(sent.reacted_to, "");
  EXPECT_FALSE(sent.media);
}

TEST(MessageIn, WhatIsNoObjectIsInvalid) {
  for (std::string_view bad : {"", "[]", "hello", "{"}) EXPECT_EQ(refusal(bad), 100) << bad;
}

TEST(MessageIn, CloudWantsTheProduct) {
  EXPECT_EQ(refusal(R"({"to":"1","text":{"body":"x"}})"), 100);
  EXPECT_EQ(refusal(R"({"messaging_product":"signal","to":"1","text":{"body":"x"}})"), 100);
  EXPECT_EQ(refusal(R"({"to":"1","text":{"body":"x"}})", Api::on_premises), 0);
}

TEST(MessageIn, RecipientIsDigitsOfWhateverIsGiven) {
  auto sent = message(R"({"messaging_product":"whatsapp","to":"+1 (650) 555-1234","text":{"body":"x"}})");
  EXPECT_EQ(sent.input, "+1 (650) 555-1234");
  EXPECT_EQ(sent.to, "16505551234");
  EXPECT_EQ(message(R"({"messaging_product":"whatsapp","to":16505551234,"text":{"body":"x"}})").to, "16505551234");
  EXPECT_EQ(message(R"({"messaging_product":"whatsapp","to":null,"recipient":"165","text":{"body":"x"}})").to, "165");
  EXPECT_EQ(message(R"({"messaging_product":"whatsapp","to":"1","recipient":"2","text":{"body":"x"}})").to, "1");
  for (const char* to : {R"("")", R"("abc")", "null", "{}"}) {
    EXPECT_EQ(refusal(R"({"messaging_product":"whatsapp","text":{"body":"x"},"to":)" + std::string(to) + "}"), 100)
        << to;
  }
}

TEST(MessageIn, GroupsKeepTheirId) {
  auto sent = message(
      R"({"messaging_product":"whatsapp","recipient_type":"group","to":"g000000000000001f","text":{"body":"x"}})");
  EXPECT_EQ(sent.recipient_type, RecipientType::group);
  EXPECT_EQ(sent.to, "g000000000000001f");
  EXPECT_EQ(code(R"("recipient_type":"list","text":{"body":"x"})"), 100);
}

TEST(MessageIn, TypeMayBeLeftOutForTextOnly) {
  EXPECT_EQ(code(R"("text":{"body":"x"})"), 0);
  EXPECT_EQ(code(R"("type":null,"text":{"body":"x"})"), 0);
  EXPECT_EQ(code(R"("image":{"id":"1"})"), 100);
  EXPECT_EQ(code(R"("type":"poll","poll":{})"), 100);
}

TEST(MessageIn, ChecksComeInTheirOrder) {
  // no product, no recipient, no type, no object, no member, bad value
  EXPECT_EQ(read("{}").error().details, "messaging_product must be whatsapp");
  EXPECT_EQ(read(R"({"messaging_product":"whatsapp","type":"poll"})").error().details, "to is required");
  EXPECT_EQ(code(R"("type":"text")"), 131008);
  EXPECT_EQ(code(R"("type":"text","text":[])"), 131008);
  EXPECT_EQ(code(R"("type":"text","text":{})"), 131008);
  EXPECT_EQ(code(R"("type":"text","text":{"body":null})"), 131008);
  EXPECT_EQ(code(R"("type":"text","text":{"body":""})"), 131009);
}

TEST(MessageIn, ObjectOfTheTypeMayBeText) {
  auto sent = content(cloud(R"("type":"text","text":"{\"body\":\"hi\"}")"));
  EXPECT_EQ(sent.text().text(), "hi");
  auto cards = content(cloud(R"("type":"contacts","contacts":"[{\"name\":{\"formatted_name\":\"Ann\"}}]")"));
  EXPECT_EQ(cards.contacts().cards(0).name().formatted_name(), "Ann");
}

TEST(MessageIn, FormsAreUnderstood) {
  auto request =
      read_message("application/x-www-form-urlencoded",
                   "messaging_product=whatsapp&to=16505551234&type=text&text=%7B%22body%22%3A%22hi%22%7D", Api::cloud);
  ASSERT_TRUE(request);
  EXPECT_EQ(std::get<OutgoingMessage>(*request).to, "16505551234");
}

TEST(MessageIn, CallbackDataHas512Bytes) {
  EXPECT_EQ(code(R"("text":{"body":"x"},"biz_opaque_callback_data":")" + std::string(512, 'x') + "\""), 0);
  EXPECT_EQ(code(R"("text":{"body":"x"},"biz_opaque_callback_data":")" + std::string(513, 'x') + "\""), 131009);
  EXPECT_EQ(code(R"("text":{"body":"x"},"biz_opaque_callback_data":")" + cps(257) + "\""), 131009);
}

// --- kinds ---

TEST(MessageIn, TextHas4096CodePoints) {
  EXPECT_EQ(content(cloud(R"("text":{"body":")" + cps(4096) + "\"}")).text().text(), cps(4096));
  EXPECT_EQ(code(R"("text":{"body":")" + cps(4097) + "\"}"), 131009);
  EXPECT_EQ(content(cloud(R"("text":{"body":12})")).text().text(), "12");
}

TEST(MessageIn, MediaByIdOrLink) {
  auto sent = message(cloud(R"("type":"image","image":{"id":123,"caption":"look"})"));
  ASSERT_TRUE(sent.media);
  EXPECT_EQ(*sent.media, (WantedMedia{WantedMedia::Kind::image, "image", "123", "", ""}));
  EXPECT_EQ(content(cloud(R"("type":"image","image":{"id":"123","caption":"look"})")).media().caption(), "look");

  auto linked = message(cloud(R"("type":"document","document":{"link":"https://a.example/x.pdf","filename":"x.pdf"})"));
  EXPECT_EQ(*linked.media,
            (WantedMedia{WantedMedia::Kind::document, "document", "", "https://a.example/x.pdf", "x.pdf"}));
}

TEST(MessageIn, MediaWithoutFileIsMissing) {
  for (const char* type : {"image", "video", "audio", "document", "sticker"}) {
    std::string quoted = "\"" + std::string(type) + "\"";
    EXPECT_EQ(code("\"type\":" + quoted + "," + quoted + ":{}"), 131008) << type;
    EXPECT_EQ(code("\"type\":" + quoted + "," + quoted + R"(:{"id":"","link":null})"), 131008) << type;
    EXPECT_EQ(code("\"type\":" + quoted + "," + quoted + R"(:{"id":"5"})"), 0) << type;
  }
  EXPECT_EQ(code(R"("type":"image","image":{"caption":")" + cps(1025) + "\"}"), 131008);
}

TEST(MessageIn, LinksAreHttp) {
  for (const char* link :
       {"ftp://a.example/x", "file:///etc/passwd", "a.example/x", "http://", "https:///x", "http://a b"}) {
    EXPECT_EQ(code(R"("type":"image","image":{"link":")" + std::string(link) + "\"}"), 131009) << link;
  }
  EXPECT_EQ(code(R"("type":"image","image":{"link":"HTTPS://a.example/x"})"), 0);
  EXPECT_EQ(code(R"("type":"image","image":{"link":"http://a/)" + std::string(1991, 'x') + "\"}"), 0);
  EXPECT_EQ(code(R"("type":"image","image":{"link":"http://a/)" + std::string(1992, 'x') + "\"}"), 131009);
}

TEST(MessageIn, CaptionsAndFileNamesHaveLimits) {
  for (const char* type : {"image", "video", "document"}) {
    std::string begin = "\"type\":\"" + std::string(type) + "\",\"" + type + R"(":{"id":"5","caption":")";
    EXPECT_EQ(code(begin + cps(1024) + "\"}"), 0);
    EXPECT_EQ(code(begin + cps(1025) + "\"}"), 131009);
  }
  EXPECT_EQ(code(R"("type":"document","document":{"id":"5","filename":")" + cps(240) + "\"}"), 0);
  EXPECT_EQ(code(R"("type":"document","document":{"id":"5","filename":")" + cps(241) + "\"}"), 131009);
  EXPECT_EQ(content(cloud(R"("type":"sticker","sticker":{"id":"5","caption":"x"})")).media().caption(), "");
}

TEST(MessageIn, AudioMayBeAVoiceNote) {
  EXPECT_EQ(message(cloud(R"("type":"audio","audio":{"id":"5"})")).media->kind, WantedMedia::Kind::audio);
  EXPECT_EQ(message(cloud(R"("type":"audio","audio":{"id":"5","voice":"true"})")).media->kind,
            WantedMedia::Kind::voice);
}

TEST(MessageIn, CompleteFillsInTheFile) {
  auto sent = message(cloud(R"("type":"image","image":{"id":"5","caption":"look"})"));
  MediaFacts file{"5", "image/png", 77, std::string(32, 'h'), "a.png", 4, 3, "thumb"};
  auto whole = complete(sent.content, *sent.media, file);
  ASSERT_TRUE(whole);
  v1::Content parsed;
  ASSERT_TRUE(parsed.ParseFromString(*whole));
  EXPECT_EQ(parsed.media().id(), "5");
  EXPECT_EQ(parsed.media().kind(), v1::image);
  EXPECT_EQ(parsed.media().caption(), "look");
  EXPECT_EQ(parsed.media().size(), 77u);
  EXPECT_EQ(parsed.media().width(), 4u);
}

TEST(MessageIn, CompleteRefusesAFileOfAnotherKind) {
  struct {
    WantedMedia::Kind kind;
    const char* mime;
    bool fits;
  } const cases[] = {
      {WantedMedia::Kind::image, "image/jpeg", true},
      {WantedMedia::Kind::image, "application/pdf", false},
      {WantedMedia::Kind::image, "image/webp", false},
      {WantedMedia::Kind::sticker, "image/webp", true},
      {WantedMedia::Kind::sticker, "image/png", false},
      {WantedMedia::Kind::video, "video/mp4", true},
      {WantedMedia::Kind::video, "audio/mp4", false},
      {WantedMedia::Kind::audio, "audio/mpeg", true},
      {WantedMedia::Kind::audio, "video/mp4", false},
      {WantedMedia::Kind::voice, "audio/ogg; codecs=opus", true},
      {WantedMedia::Kind::voice, "audio/mpeg", false},
      {WantedMedia::Kind::document, "image/png", true},
      {WantedMedia::Kind::document, "application/pdf", true},
  };
  for (const auto& test : cases) {
    auto whole = complete("", WantedMedia{test.kind, "image", "5"}, MediaFacts{"5", test.mime});
    EXPECT_EQ(whole.has_value(), test.fits) << test.mime;
    EXPECT_TRUE(whole || whole.error().code == 131053);
  }
}

TEST(MessageIn, LocationIsOnTheGlobe) {
  auto place =
      content(cloud(R"("type":"location","location":{"latitude":"48.2","longitude":0,"name":"N","address":"A"})"))
          .location();
  EXPECT_EQ(place.latitude(), 48.2);
  EXPECT_EQ(place.longitude(), 0);
  EXPECT_EQ(place.name(), "N");
  EXPECT_EQ(place.address(), "A");
  auto at = [](std::string_view latitude, std::string_view longitude) {
    return code(R"("type":"location","location":{"latitude":)" + std::string(latitude) +
                ",\"longitude\":" + std::string(longitude) + "}");
  };
  EXPECT_EQ(at("90", "180"), 0);
  EXPECT_EQ(at("-90", "-180"), 0);
  EXPECT_EQ(at("90.0001", "0"), 131009);
  EXPECT_EQ(at("-90.0001", "0"), 131009);
  EXPECT_EQ(at("0", "180.0001"), 131009);
  EXPECT_EQ(at("0", "-180.0001"), 131009);
  EXPECT_EQ(at("\"nan\"", "0"), 131009);
  EXPECT_EQ(at("\"north\"", "0"), 131009);
  EXPECT_EQ(at("null", "0"), 131008);
  EXPECT_EQ(at("99", "null"), 131008);
}

TEST(MessageIn, ContactsOfTheReference) {
  auto card = content(cloud(R"("type":"contacts","contacts":[
    {"name":{"formatted_name":"Ann Lee","first_name":"Ann","last_name":"Lee","middle_name":"","prefix":"","suffix":""},
     "phones":[{"phone":"+1 650 555 0100","type":"WORK","wa_id":"16505550100"}],
     "emails":[{"email":"a@example.com","type":"WORK"}], "urls":[{"url":"https://a.example","type":"WORK"}],
     "addresses":[{"street":"S","city":"","state":"","zip":"","country":"","country_code":"us","type":"HOME"}],
     "org":{"company":"C","department":"","title":""}, "birthday":"2012-08-18"}])"))
                  .contacts()
                  .cards(0);
  EXPECT_EQ(card.name().last_name(), "Lee");
  EXPECT_EQ(card.phones(0).wa_id(), "16505550100");
  EXPECT_EQ(card.emails(0).email(), "a@example.com");
  EXPECT_EQ(card.urls(0).type(), "WORK");
  EXPECT_EQ(card.addresses(0).country_code(), "us");
  EXPECT_EQ(card.org().company(), "C");
  EXPECT_EQ(card.birthday(), "2012-08-18");
}

TEST(MessageIn, ContactsNeedANameAndNothingElse) {
  EXPECT_EQ(code(R"("type":"contacts","contacts":[])"), 131009);
  EXPECT_EQ(code(R"("type":"contacts","contacts":{})"), 131008);
  EXPECT_EQ(code(R"("type":"contacts","contacts":[1])"), 131009);
  EXPECT_EQ(code(R"("type":"contacts","contacts":[{}])"), 131008);
  EXPECT_EQ(code(R"("type":"contacts","contacts":[{"name":{"first_name":"A"}}])"), 131008);
  EXPECT_EQ(
      code(R"("type":"contacts","contacts":[{"name":{"formatted_name":"A"},"birthday":"","org":{},"phones":null}])"),
      0);
  std::string card = R"({"name":{"formatted_name":"A"}})";
  EXPECT_EQ(code("\"type\":\"contacts\",\"contacts\":[" + repeat(card + ",", 31) + card + "]"), 0);
  EXPECT_EQ(code("\"type\":\"contacts\",\"contacts\":[" + repeat(card + ",", 32) + card + "]"), 131009);
  std::string many = R"("type":"contacts","contacts":[{"name":{"formatted_name":"A"},"phones":[)";
  EXPECT_EQ(code(many + repeat("{},", 15) + "{}]}]"), 0);
  EXPECT_EQ(code(many + repeat("{},", 16) + "{}]}]"), 131009);
}

TEST(MessageIn, ReactionsNameAMessage) {
  auto sent = message(cloud(R"("type":"reaction","reaction":{"message_id":"wamid.Y","emoji":"\ud83d\udc4d"})"));
  EXPECT_EQ(sent.reacted_to, "wamid.Y");
  EXPECT_EQ(
      content(cloud(R"("type":"reaction","reaction":{"message_id":"w","emoji":"\ud83d\udc4d"})")).reaction().emoji(),
      "\U0001F44D");
  EXPECT_TRUE(content(cloud(R"("type":"reaction","reaction":{"message_id":"w"})")).has_reaction());
  EXPECT_EQ(code(R"("type":"reaction","reaction":{"message_id":"w","emoji":""})"), 0);
  EXPECT_EQ(code(R"("type":"reaction","reaction":{"emoji":"x"})"), 131008);
  EXPECT_EQ(code(R"("type":"reaction","reaction":{"message_id":"w","emoji":")" + cps(33) + "\"}"), 131009);
}

TEST(MessageIn, TemplatesDoNotExist) {
  EXPECT_EQ(code(R"("type":"template","template":{"name":"hello_world","language":{"code":"en"}})"), 132001);
  EXPECT_EQ(code(R"("type":"template","template":{})"), 131008);
}

// --- interactive ---

std::string interactive(std::string_view type, std::string_view action, std::string_view more = "") {
  return R"("type":"interactive","interactive":{"type":")" + std::string(type) +
         R"(","body":{"text":"choose"},"action":)" + std::string(action) + std::string(more) + "}";
}
std::string button(std::string_view id, std::string_view title) {
  return R"({"type":"reply","reply":{"id":")" + std::string(id) + R"(","title":")" + std::string(title) + "\"}}";
}
std::string buttons(std::string_view list) {
  return interactive("button", "{\"buttons\":[" + std::string(list) + "]}");
}
std::string row(std::string_view id, std::string_view title, std::string_view description) {
  return R"({"id":")" + std::string(id) + R"(","title":")" + std::string(title) + R"(","description":")" +
         std::string(description) + "\"}";
}
std::string list(std::string_view sections) {
  return interactive("list", R"({"button":"open","sections":[)" + std::string(sections) + "]}");
}

TEST(MessageIn, ButtonsHaveLimits) {
  auto sent = content(cloud(buttons(button("a", "Yes") + "," + button("b", "No")))).interactive();
  EXPECT_EQ(sent.body(), "choose");
  EXPECT_EQ(sent.buttons().buttons(1).title(), "No");
  std::string one = button("a", "Yes");
  EXPECT_EQ(code(buttons(one + "," + one + "," + one)), 0);
  EXPECT_EQ(code(buttons(one + "," + one + "," + one + "," + one)), 131009);
  EXPECT_EQ(code(buttons("")), 131009);
  EXPECT_EQ(code(interactive("button", "{}")), 131008);
  EXPECT_EQ(code(buttons(R"({"type":"reply"})")), 131008);
  EXPECT_EQ(code(buttons(button(cps(256), cps(20)))), 0);
  EXPECT_EQ(code(buttons(button(cps(257), "t"))), 131009);
  EXPECT_EQ(code(buttons(button("i", cps(21)))), 131009);
  EXPECT_EQ(code(buttons(button("", "t"))), 131009);
}

TEST(MessageIn, ListsHaveLimits) {
  auto sent = content(cloud(list(R"({"title":"S","rows":[)" + row("r", "Row", "D") + "]}"))).interactive();
  EXPECT_EQ(sent.choices().button(), "open");
  EXPECT_EQ(sent.choices().sections(0).title(), "S");
  EXPECT_EQ(sent.choices().sections(0).rows(0).description(), "D");

  auto section = [](std::size_t rows) {
    return "{\"rows\":[" + repeat(row("r", "t", "") + ",", rows - 1) + row("r", "t", "") + "]}";
  };
  EXPECT_EQ(code(list(section(10))), 0);
  EXPECT_EQ(code(list(section(11))), 131009);
  EXPECT_EQ(code(list(section(5) + "," + section(5))), 0);
  EXPECT_EQ(code(list(section(5) + "," + section(6))), 131009);
  EXPECT_EQ(code(list(repeat(section(1) + ",", 9) + section(1))), 0);
  EXPECT_EQ(code(list(repeat(section(1) + ",", 10) + section(1))), 131009);
  EXPECT_EQ(code(list("")), 131009);
  EXPECT_EQ(code(list(R"({"rows":[]})")), 131009);
  EXPECT_EQ(code(list("{}")), 131008);
  auto with = [](const std::string& one) { return code(list("{\"rows\":[" + one + "]}")); };
  EXPECT_EQ(with(row(cps(200), cps(24), cps(72))), 0);
  EXPECT_EQ(with(row(cps(201), "t", "")), 131009);
  EXPECT_EQ(with(row("r", cps(25), "")), 131009);
  EXPECT_EQ(with(row("r", "t", cps(73))), 131009);
  EXPECT_EQ(code(interactive("list", R"({"sections":[]})")), 131008);
  auto opened_by = [](const std::string& label) {
    return code(interactive("list", R"({"button":")" + label + R"(","sections":[{"rows":[{"id":"r","title":"t"}]}]})"));
  };
  EXPECT_EQ(opened_by(cps(20)), 0);
  EXPECT_EQ(opened_by(cps(21)), 131009);
}

TEST(MessageIn, InteractivePartsHaveLimits) {
  auto with = [](std::string_view body, std::string_view header, std::string_view footer) {
    return code(
        R"("type":"interactive","interactive":{"type":"location_request_message","action":{"name":"send_location"},"body":{"text":")" +
        std::string(body) + R"("},"header":{"type":"text","text":")" + std::string(header) +
        R"("},"footer":{"text":")" + std::string(footer) + "\"}}");
  };
  EXPECT_EQ(with(cps(1024), cps(60), cps(60)), 0);
  EXPECT_EQ(with(cps(1025), "h", "f"), 131009);
  auto list_with = [](std::string_view body) {
    return code(
        R"("type":"interactive","interactive":{"type":"list","action":{"button":"b","sections":[{"rows":[{"id":"r","title":"t"}]}]},"body":{"text":")" +
        std::string(body) + "\"}}");
  };
  EXPECT_EQ(list_with(cps(4096)), 0);
  EXPECT_EQ(list_with(cps(4097)), 131009);
  EXPECT_EQ(with("b", cps(61), "f"), 131009);
  EXPECT_EQ(with("b", "h", cps(61)), 131009);
  EXPECT_EQ(with("", "h", "f"), 131009);
  EXPECT_EQ(code(R"("type":"interactive","interactive":{"type":"button","action":{}})"), 131008);
  EXPECT_EQ(code(R"("type":"interactive","interactive":{"type":"button","body":{"text":"x"}})"), 131008);
  EXPECT_EQ(code(R"("type":"interactive","interactive":{"type":"flow","body":{"text":"x"},"action":{}})"), 131009);
  EXPECT_EQ(code(R"("type":"interactive","interactive":{})"), 131008);
}

TEST(MessageIn, LinkButtonsAndHeaderFiles) {
  auto link = [](std::string_view text, std::string_view url) {
    return interactive("cta_url", R"({"name":"cta_url","parameters":{"display_text":")" + std::string(text) +
                                      R"(","url":")" + std::string(url) + "\"}}");
  };
  EXPECT_EQ(content(cloud(link("Go", "https://a.example"))).interactive().link().url(), "https://a.example");
  EXPECT_EQ(code(link(cps(20), "https://a.example")), 0);
  EXPECT_EQ(code(link(cps(21), "https://a.example")), 131009);
  EXPECT_EQ(code(link("Go", "javascript:alert(1)")), 131009);
  EXPECT_EQ(code(interactive("cta_url", "{}")), 131008);

  std::string with_image = interactive("cta_url", R"({"parameters":{"display_text":"Go","url":"https://a.example"}})",
                                       R"(,"header":{"type":"image","image":{"id":"77"}})");
  auto sent = message(cloud(with_image));
  ASSERT_TRUE(sent.media);
  EXPECT_EQ(sent.media->parameter, "interactive[header][image]");
  auto whole = complete(sent.content, *sent.media, MediaFacts{"77", "image/png"});
  ASSERT_TRUE(whole);
  v1::Content parsed;
  ASSERT_TRUE(parsed.ParseFromString(*whole));
  EXPECT_EQ(parsed.interactive().header_media().id(), "77");
  EXPECT_EQ(parsed.interactive().body(), "choose");
}

// --- read, typing ---

TEST(MessageIn, ReadIsToldByStatus) {
  auto request = read(
      R"({"messaging_product":"whatsapp","status":"read","message_id":"wamid.inbound","typing_indicator":{"type":"text"}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(std::get<ReadUpTo>(*request), (ReadUpTo{"wamid.inbound", true}));

  auto silent = read(R"({"messaging_product":"whatsapp","status":"read","message_id":"w"})");
  EXPECT_EQ(std::get<ReadUpTo>(*silent), (ReadUpTo{"w", false}));
  EXPECT_TRUE(read(R"({"status":"read","message_id":"w"})", Api::on_premises));
}

TEST(MessageIn, OtherStatusesAreRefused) {
  EXPECT_EQ(refusal(R"({"messaging_product":"whatsapp","status":"delivered","message_id":"w"})"), 100);
  EXPECT_EQ(refusal(R"({"messaging_product":"whatsapp","status":"read"})"), 131008);
  EXPECT_EQ(
      refusal(
          R"({"messaging_product":"whatsapp","status":"read","message_id":"w","typing_indicator":{"type":"audio"}})"),
      131009);
}

// --- On-Premises ---

TEST(MessageIn, OnPremisesFormIsUnderstood) {
  auto sent = message(
      R"({"recipient_type":"individual","to":"16315551000","type":"text","text":{"body":"hi"},"preview_url":true,
                          "ttl":"P1D","render_mentions":true})",
      Api::on_premises);
  EXPECT_EQ(sent.to, "16315551000");
  auto image =
      message(R"({"to":"1","type":"image","image":{"link":"https://a.example/x.jpg","provider":{"name":"p"}}})",
              Api::on_premises);
  EXPECT_EQ(image.media->link, "https://a.example/x.jpg");
  EXPECT_EQ(refusal(R"({"to":"1","type":"hsm","hsm":{"element_name":"x","name":"n"}})", Api::on_premises), 132001);
}

TEST(MessageIn, OnPremisesHasNumbersOfItsOwn) {
  auto number = [](std::string_view body) {
    auto request = read(body, Api::on_premises);
    return request ? 0 : on_prem_error(request.error()).code;
  };
  EXPECT_EQ(number("{"), 1025);
  EXPECT_EQ(number(R"({"to":"1","recipient_type":"list","text":{"body":"x"}})"), 1002);
  EXPECT_EQ(number(R"({"to":"1","text":{"body":")" + cps(4097) + "\"}}"), 1001);
  EXPECT_EQ(number(R"({"to":"1","text":{"body":""}})"), 1009);
  EXPECT_EQ(number(R"({"to":"1","text":{}})"), 1008);
  EXPECT_EQ(number(R"({"to":"1","text":{"body":")" + cps(4096) + "\"}}"), 0);
}

}  // namespace
}  // namespace homing::business
