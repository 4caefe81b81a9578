#include "edge/rest/spelling.h"

#include <algorithm>
#include <boost/json.hpp>

namespace homing::rest {
namespace {

namespace json = boost::json;

constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
    {"senderid", "sender_id"},       {"userid", "sender_id"},        {"receiverid", "receiver_id"},
    {"recieverid", "receiver_id"},   {"recipientid", "receiver_id"}, {"conversationid", "conversation_id"},
    {"mediaobject", "media_object"}, {"mediaid", "media_object"},    {"clientid", "client_id"},
    {"contact", "contacts"},
};

// Without capitals and underscores.
std::string folded(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c == '_' || c == '-') continue;
    out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return out;
}

std::string_view usual(std::string_view name) {
  std::string key = folded(name);
  for (const auto& [spelling, own] : kSpellings) {
    if (spelling == key) return own;
  }
  return name;
}

bool names_people(const json::object& object) {
  return std::ranges::any_of(object, [](const auto& member) {
    std::string_view name = usual(std::string_view(member.key().data(), member.key().size()));
    return name == "sender_id" || name == "receiver_id";
  });
}

// An id may be written as a number.
void number_to_text(json::value& value) {
  if (value.is_int64()) value = std::to_string(value.as_int64());
  if (value.is_uint64()) value = std::to_string(value.as_uint64());
}

// {"id": "17"} -> "17"
void take_out(json::value& value, std::string_view name) {
  if (!value.is_object()) return;
  json::value* inner = value.as_object().if_contains(name);
  if (inner == nullptr) return;
  json::value held = *inner;
  value = std::move(held);
}

// {"name": "Ben", "phone": "+1555"} -> {"name": {"formatted_name": "Ben"}, "phones": [{"phone": "+1555"}]}
void complete_contact(json::value& value) {
  if (!value.is_object()) return;
  json::object& card = value.as_object();
  if (json::value* name = card.if_contains("name"); name != nullptr && name->is_string()) {
    json::value text = *name;
    *name = json::object{{"formatted_name", std::move(text)}};
  }
  json::value* phone = card.if_contains("phone");
  if (phone == nullptr) phone = card.if_contains("phone_number");
  if (phone != nullptr && !card.contains("phones")) {
    json::value text = *phone;
    number_to_text(text);
    json::array phones;
    phones.push_back(json::object{{"phone", std::move(text)}});
    card["phones"] = std::move(phones);
  }
}

json::object usual_form(const json::object& in) {
  json::object out;
  for (const auto& member : in) {
    std::string_view name = usual(std::string_view(member.key().data(), member.key().size()));
    json::value value = member.value();
    if (name == "sender_id" || name == "receiver_id" || name == "conversation_id" || name == "client_id") {
      number_to_text(value);
    }
    if (name == "media_object" || name == "document") {
      take_out(value, "id");
      number_to_text(value);
    }
    if (name == "text") take_out(value, "body");
    if (name == "contacts") {
      if (value.is_object()) {
        json::array one;
        one.push_back(std::move(value));
        value = std::move(one);
      }
      if (value.is_array()) std::ranges::for_each(value.as_array(), complete_contact);
    }
    out[name] = std::move(value);
  }
  return out;
}

}  // namespace

Result<std::string> spelled(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) {
    return fail(Code::bad_frame, "This is not a JSON object of the form that is expected here.");
  }
  return json::serialize(usual_form(value.as_object()));
}

Result<std::string> spelled(const std::vector<std::pair<std::string, std::string>>& fields) {
  json::object object;
  json::object place;
  for (const auto& [name, text] : fields) {
    std::string_view own = usual(name);
    if (name == "latitude" || name == "longitude" || name == "address" || name == "name") {
      place[name] = text;
    } else if (own == "location" || own == "contacts") {
      boost::system::error_code error;
      json::value value = json::parse({text.data(), text.size()}, error);
      if (error) return fail(Code::bad_frame, "This field of the form holds JSON.", name);
      object[name] = std::move(value);
    } else {
      object[name] = text;
    }
  }
  if (place.contains("latitude") && !object.contains("location")) object["location"] = std::move(place);
  return json::serialize(usual_form(object));
}

bool is_plain(std::string_view content_type, std::string_view body) {
  if (content_type.starts_with("multipart/")) return true;
  boost::system::error_code error;
  json::value value = json::parse({body.data(), body.size()}, error);
  return !error && value.is_object() && names_people(value.as_object());
}

}  // namespace homing::rest
