#include "edge/business/message_in.h"

#include <algorithm>
#include <array>

#include "edge/business/fields.h"

namespace homing::business {
namespace {

constexpr std::size_t kTextMax = 4096;            // code points
constexpr std::size_t kCallbackBytesMax = 512;
constexpr std::size_t kPlaceNameBytesMax = 1000;  // Location.name and .address
constexpr std::size_t kEmojiBytesMax = 64;
constexpr std::size_t kMessageIdBytesMax = 256;
// GraphError::on_premises
constexpr int kTooLong = 1001;
constexpr int kRecipientTypeWrong = 1002;
constexpr int kNoRequest = 1025;

constexpr auto kTypes =
    std::to_array<std::string_view>({"text", "image", "video", "audio", "document", "sticker", "location", "contacts",
                                     "reaction", "interactive", "template", "hsm"});

std::unexpected<GraphError> invalid(std::string details) {
  return std::unexpected(GraphError{100, std::move(details)});
}

Checked read_text(const json::object& from, v1::Text& out) {
  auto read = required_text(from, "body", "text[body]", kTextMax, out.mutable_text());
  auto body = text_in(from, "body");
  if (!read && body && code_points(*body) > kTextMax) read.error().on_premises = kTooLong;
  return read;
}

Checked read_coordinate(const json::object& from, std::string_view name, double bound, double& out) {
  std::string path = "location[" + std::string(name) + "]";
  auto number = number_in(from, name);
  std::string limit = std::to_string(static_cast<int>(bound));
  if (!number || *number < -bound || *number > bound) return wrong(path, "must be between -" + limit + " and " + limit);
  out = *number;
  return {};
}

Checked read_location(const json::object& from, v1::Location& out) {
  for (std::string_view name : {"latitude", "longitude"}) {
    if (member(from, name) == nullptr) return missing("location[" + std::string(name) + "]");
  }
  double latitude = 0, longitude = 0;
  if (auto read = read_coordinate(from, "latitude", 90, latitude); !read) return read;
  if (auto read = read_coordinate(from, "longitude", 180, longitude); !read) return read;
  out.set_latitude(latitude);
  out.set_longitude(longitude);
  for (auto [name, text] : {std::pair{"name", out.mutable_name()}, std::pair{"address", out.mutable_address()}}) {
    std::string path = "location[" + std::string(name) + "]";
    if (auto read = optional_text(from, name, path, kPlaceNameBytesMax, text); !read) return read;
    if (text->size() > kPlaceNameBytesMax) return wrong(path, "is too long");
  }
  return {};
}

Checked read_reaction(const json::object& from, OutgoingMessage& message, v1::Reaction& out) {
  auto read = required_text(from, "message_id", "reaction[message_id]", kMessageIdBytesMax, &message.reacted_to);
  if (!read) return read;
  read = optional_text(from, "emoji", "reaction[emoji]", kEmojiBytesMax, out.mutable_emoji());
  if (!read) return read;
  if (out.emoji().size() > kEmojiBytesMax) return wrong("reaction[emoji]", "must be one emoji");
  return {};
}

// No templates are kept here, so there is none with this name.
Checked read_template(const json::object& from) {
  auto name = text_in(from, "name");
  if (!name || name->empty()) return missing("template[name]");
  return std::unexpected(GraphError{132001, "template name (" + *name + ") does not exist"});
}

Checked read_object(const json::object& from, std::string_view type, OutgoingMessage& message, v1::Content& content) {
  if (type == "text") return read_text(from, *content.mutable_text());
  if (type == "location") return read_location(from, *content.mutable_location());
  if (type == "reaction") return read_reaction(from, message, *content.mutable_reaction());
  if (type == "interactive") return read_interactive(from, message, *content.mutable_interactive());
  if (type == "template" || type == "hsm") return read_template(from);
  return read_media(from, type, message, *content.mutable_media());
}

std::expected<std::string, GraphError> read_type(const json::object& body) {
  auto type = text_in(body, "type");
  if (!type || type->empty()) {
    if (member(body, "text") == nullptr) return invalid("type is required");
    return "text";
  }
  if (std::ranges::find(kTypes, *type) == kTypes.end())
    return invalid("type must be one of the message types: " + *type);
  return *type;
}

Checked read_recipient(const json::object& body, OutgoingMessage& message) {
  auto type = text_in(body, "recipient_type");
  if (type && !type->empty() && *type != "individual" && *type != "group") {
    GraphError refusal{100, "recipient_type must be individual or group"};
    refusal.on_premises = kRecipientTypeWrong;
    return std::unexpected(std::move(refusal));
  }
  if (type == "group") message.recipient_type = RecipientType::group;

  auto to = text_in(body, "to");
  if (!to || to->empty()) to = text_in(body, "recipient");
  if (!to || to->empty()) return invalid("to is required");
  message.input = *to;
  message.to = message.recipient_type == RecipientType::group ? *to : digits_of(*to);
  if (message.to.empty()) return invalid("to must be a phone number");
  return {};
}

// context, biz_opaque_callback_data
Checked read_extras(const json::object& body, OutgoingMessage& message) {
  if (auto context = object_in(body, "context")) message.reply_to = text_in(*context, "message_id").value_or("");
  if (message.reply_to.size() > kMessageIdBytesMax) return wrong("context[message_id]", "is too long");
  message.callback_data = text_in(body, "biz_opaque_callback_data").value_or("");
  if (message.callback_data.size() > kCallbackBytesMax) {
    return wrong("biz_opaque_callback_data", "must be at most 512 bytes");
  }
  return {};
}

std::expected<MessageRequest, GraphError> read_status(const json::object& body) {
  ReadUpTo read;
  if (text_in(body, "status") != "read") return invalid("status must be read");
  read.message_id = text_in(body, "message_id").value_or("");
  if (read.message_id.empty()) return missing("message_id");
  if (member(body, "typing_indicator") != nullptr) {
    auto typing = object_in(body, "typing_indicator");
    if (!typing || text_in(*typing, "type") != "text") return wrong("typing_indicator[type]", "must be text");
    read.typing = true;
  }
  return read;
}

std::expected<MessageRequest, GraphError> read_outgoing(const json::object& body) {
  OutgoingMessage message;
  if (auto read = read_recipient(body, message); !read) return std::unexpected(read.error());
  auto type = read_type(body);
  if (!type) return std::unexpected(type.error());

  v1::Content content;
  if (*type == "contacts") {
    auto cards = array_in(body, *type);
    if (!cards) return missing(*type);
    if (auto read = read_contacts(*cards, *content.mutable_contacts()); !read) return std::unexpected(read.error());
  } else {
    auto object = object_in(body, *type);
    if (!object) return missing(*type);
    if (auto read = read_object(*object, *type, message, content); !read) return std::unexpected(read.error());
  }
  if (auto read = read_extras(body, message); !read) return std::unexpected(read.error());
  message.content = content.SerializeAsString();
  return message;
}

}  // namespace

Checked optional_text(const json::object& from, std::string_view name, std::string_view path, std::size_t max,
                      std::string* out) {
  const json::value* value = member(from, name);
  if (value == nullptr) return {};
  auto text = text_of(*value);
  if (!text) return wrong(path, "must be a string");
  if (code_points(*text) > max) return wrong(path, "must be at most " + std::to_string(max) + " characters");
  *out = std::move(*text);
  return {};
}

Checked required_text(const json::object& from, std::string_view name, std::string_view path, std::size_t max,
                      std::string* out, Empty empty) {
  if (member(from, name) == nullptr) return missing(path);
  if (auto read = optional_text(from, name, path, max, out); !read) return read;
  if (out->empty() && empty == Empty::refused) return wrong(path, "must not be empty");
  return {};
}

std::expected<MessageRequest, GraphError> read_message(std::string_view content_type, std::string_view bytes, Api api) {
  auto body = parse_body(content_type, bytes);
  if (!body) {
    GraphError refusal = graph_error(body.error());
    refusal.on_premises = kNoRequest;
    return std::unexpected(std::move(refusal));
  }
  if (api == Api::cloud && text_in(*body, "messaging_product") != "whatsapp") {
    return invalid("messaging_product must be whatsapp");
  }
  if (member(*body, "status") != nullptr) return read_status(*body);
  return read_outgoing(*body);
}

}  // namespace homing::business
