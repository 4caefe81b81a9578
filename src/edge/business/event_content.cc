#include "edge/business/event_content.h"

#include <sodium.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "edge/business/ascii_json.h"
#include "edge/business/graph_error.h"

namespace homing::business {
namespace {

namespace json = boost::json;

std::string base64(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the final zero
  return text;
}

// Members that say nothing are left out.
void add(json::object& object, std::string_view name, std::string_view text) {
  if (!text.empty()) object[js(name)] = js(text);
}

struct MediaForm {
  std::string_view type;
  enum class Caption { no, yes } caption;
};

MediaForm form_of(v1::MediaKind kind, Api api) {
  using enum MediaForm::Caption;
  switch (kind) {
    case v1::image: return {"image", yes};
    case v1::video: return {"video", yes};
    case v1::audio: return {"audio", no};
    case v1::voice: return {api == Api::cloud ? "audio" : "voice", no};
    case v1::sticker: return {"sticker", no};
    default: return {"document", yes};
  }
}

void add_media(const v1::Media& media, Api api, json::object& message) {
  MediaForm form = form_of(media.kind(), api);
  json::object object{
      {"id", js(media.id())}, {"mime_type", js(media.mime_type())}, {"sha256", js(base64(media.sha256()))}};
  if (form.type == "document") object["filename"] = js(media.name().empty() ? "file" : media.name());
  if (form.type == "audio" && api == Api::cloud) object["voice"] = media.kind() == v1::voice;
  if (form.type == "sticker" && api == Api::cloud) object["animated"] = media.animated();
  if (form.caption == MediaForm::Caption::yes) add(object, "caption", media.caption());
  message["type"] = js(form.type);
  message[js(form.type)] = std::move(object);
}

void add_location(const v1::Location& location, json::object& message) {
  json::object object{{"latitude", location.latitude()}, {"longitude", location.longitude()}};
  add(object, "name", location.name());
  add(object, "address", location.address());
  message["type"] = "location";
  message["location"] = std::move(object);
}

// A strict receiver takes HOME and WORK only.
void add_kind(json::object& object, std::string type) {
  std::ranges::transform(type, type.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  if (type == "HOME" || type == "WORK") object["type"] = js(type);
}

json::object card_object(const v1::ContactCard& card) {
  json::object name{{"formatted_name", js(card.name().formatted_name())}};
  add(name, "first_name", card.name().first_name());
  add(name, "last_name", card.name().last_name());
  add(name, "middle_name", card.name().middle_name());
  add(name, "prefix", card.name().prefix());
  add(name, "suffix", card.name().suffix());
  json::object object{{"name", std::move(name)}};

  json::array phones, emails, urls, addresses;
  for (const v1::ContactPhone& phone : card.phones()) {
    json::object entry;
    add(entry, "phone", phone.phone());
    add(entry, "wa_id", phone.wa_id());
    add_kind(entry, phone.type());
    phones.push_back(std::move(entry));
  }
  for (const v1::ContactEmail& email : card.emails()) {
    json::object entry;
    add(entry, "email", email.email());
    add_kind(entry, email.type());
    emails.push_back(std::move(entry));
  }
  for (const v1::ContactUrl& url : card.urls()) {
    json::object entry;
    add(entry, "url", url.url());
    add_kind(entry, url.type());
    urls.push_back(std::move(entry));
  }
  for (const v1::ContactAddress& address : card.addresses()) {
    json::object entry;
    add(entry, "street", address.street());
    add(entry, "city", address.city());
    add(entry, "state", address.state());
    add(entry, "zip", address.zip());
    add(entry, "country", address.country());
    add(entry, "country_code", address.country_code());
    add_kind(entry, address.type());
    addresses.push_back(std::move(entry));
  }
  if (!phones.empty()) object["phones"] = std::move(phones);
  if (!emails.empty()) object["emails"] = std::move(emails);
  if (!urls.empty()) object["urls"] = std::move(urls);
  if (!addresses.empty()) object["addresses"] = std::move(addresses);
  json::object org;
  add(org, "company", card.org().company());
  add(org, "department", card.org().department());
  add(org, "title", card.org().title());
  if (!org.empty()) object["org"] = std::move(org);
  add(object, "birthday", card.birthday());
  return object;
}

void add_contacts(const v1::Contacts& contacts, json::object& message) {
  json::array cards;
  for (const v1::ContactCard& card : contacts.cards()) cards.push_back(card_object(card));
  message["type"] = "contacts";
  message["contacts"] = std::move(cards);
}

void add_reply(const v1::InteractiveReply& reply, Tapped tapped, json::object& message) {
  json::object object{{"id", js(reply.id())}, {"title", js(reply.title())}};
  add(object, "description", reply.description());
  const char* type = tapped == Tapped::row ? "list_reply" : "button_reply";
  message["type"] = "interactive";
  message["interactive"] = json::object{{"type", type}, {type, std::move(object)}};
}

}  // namespace

v1::Content content_of(const Sealed& sealed) {
  v1::Event event;
  v1::Content content;
  if (event.ParseFromString(sealed.bytes) && event.has_plain()) content = std::move(*event.mutable_plain());
  return content;
}

json::object error_object(int code, std::string_view details, Api api) {
  if (api == Api::on_premises) {
    OnPremError facts = on_prem_error({code});
    return {{"code", facts.code}, {"title", js(facts.title)}, {"details", js(details)}};
  }
  std::string_view title = code == 131051 ? "Message type unknown" : graph_facts(code).title;
  return {{"code", code},
          {"title", js(title)},
          {"message", js(title)},
          {"error_data", json::object{{"details", js(details)}}}};
}

void add_unsupported(std::string_view details, json::object& message) {
  message["type"] = "unsupported";
  message["errors"] = json::array{error_object(131051, details, Api::cloud)};
}

void add_content(const v1::Content& content, Tapped tapped, Api api, json::object& message) {
  switch (content.kind_case()) {
    case v1::Content::kText:
      message["type"] = "text";
      message["text"] = json::object{{"body", js(content.text().text())}};
      return;
    case v1::Content::kMedia: return add_media(content.media(), api, message);
    case v1::Content::kLocation: return add_location(content.location(), message);
    case v1::Content::kContacts: return add_contacts(content.contacts(), message);
    case v1::Content::kInteractiveReply: return add_reply(content.interactive_reply(), tapped, message);
    default: return add_unsupported("Message type is currently not supported.", message);
  }
}

}  // namespace homing::business
