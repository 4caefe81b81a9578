#include "wire/rest_message.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <array>
#include <chrono>
#include <ctime>

#include "rest.pb.h"
#include "wire/schema.h"

namespace homing::wire {
namespace {

constexpr auto kTypes = std::to_array<std::string_view>(
    {"text", "image", "video", "audio", "voice", "document", "sticker", "location", "contact"});

std::unexpected<Error> wrong(std::string why, std::string field) {
  return fail(Code::invalid_argument, std::move(why), std::move(field));
}

Result<MessageType> type_named(std::string_view name) {
  if (name == "contacts") name = "contact";
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i] == name) return static_cast<MessageType>(i);
  }
  return fail(Code::unknown_kind,
              "A message is text, image, video, audio, voice, document, sticker, location or contact.", "type");
}

bool has_file(MessageType type) { return type >= MessageType::image && type <= MessageType::sticker; }

// With what is always there printed also when it is empty, and what is optional only when it is set.
std::string whole_json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  return json;
}

// What is optional for a reader is left out, e.g. the street of a contact.
template <class Message>
std::string short_json(const Message& message) {
  std::string json;
  print_json(message, json);
  return json;
}

std::string bytes_of(std::string_view hex) {
  auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  }
  return bytes;
}

Result<std::string> location_of(const v1::NewMessage& in) {
  if (!in.has_location()) return wrong("A location needs its latitude and longitude.", "location");
  const v1::Location& place = in.location();
  if (!(place.latitude() >= -90 && place.latitude() <= 90)) return wrong("A latitude is -90 to 90.", "latitude");
  if (!(place.longitude() >= -180 && place.longitude() <= 180))
    return wrong("A longitude is -180 to 180.", "longitude");
  v1::Content content;
  *content.mutable_location() = place;
  return content.SerializeAsString();
}

Result<std::string> contacts_of(const v1::NewMessage& in) {
  if (in.contacts_size() == 0) return wrong("Which contact?", "contacts");
  v1::Content content;
  for (const v1::ContactCard& card : in.contacts()) {
    if (card.name().formatted_name().empty()) return wrong("A contact needs a name.", "formatted_name");
    *content.mutable_contacts()->add_cards() = card;
  }
  return content.SerializeAsString();
}

bool fits(MessageType type, FileKind kind) {
  switch (type) {
    case MessageType::image:
    case MessageType::sticker: return kind == FileKind::image;
    case MessageType::video: return kind == FileKind::video;
    case MessageType::audio:
    case MessageType::voice: return kind == FileKind::audio;
    case MessageType::document: return true;
    default: return false;
  }
}

v1::MediaKind media_kind(MessageType type) {
  switch (type) {
    case MessageType::video: return v1::video;
    case MessageType::audio: return v1::audio;
    case MessageType::voice: return v1::voice;
    case MessageType::document: return v1::document;
    case MessageType::sticker: return v1::sticker;
    default: return v1::image;
  }
}

MessageType type_of(FileKind kind) {
  switch (kind) {
    case FileKind::image: return MessageType::image;
    case FileKind::video: return MessageType::video;
    case FileKind::audio: return MessageType::audio;
    case FileKind::document: break;
  }
  return MessageType::document;
}

// What stands in the content, as members of ReceivedMessage. Those in which an empty field means something, and those
// that are contents themselves, go to `more` as JSON.
void show(const v1::Content& content, const Envelope& envelope, v1::ReceivedMessage& out, std::string& more) {
  switch (content.kind_case()) {
    case v1::Content::kText:
      out.set_type("text");
      out.set_text(content.text().text());
      return;
    case v1::Content::kMedia: {
      const v1::Media& media = content.media();
      out.set_type(v1::MediaKind_Name(media.kind()));
      if (!media.caption().empty()) out.set_text(media.caption());
      v1::ReceivedMedia file;
      file.set_id(media.id());
      file.set_mime_type(media.mime_type());
      file.set_size(static_cast<std::uint32_t>(media.size()));
      file.set_name(media.name());
      file.set_url("/v1/media/" + media.id());
      more += ",\"media\":" + whole_json(file);
      return;
    }
    case v1::Content::kLocation:
      out.set_type("location");
      more += ",\"location\":" + whole_json(content.location());
      return;
    case v1::Content::kContacts:
      out.set_type("contact");
      more += ",\"contacts\":[";
      for (const v1::ContactCard& card : content.contacts().cards()) {
        if (more.back() != '[') more += ',';
        more += short_json(card);
      }
      more += ']';
      return;
    case v1::Content::kInteractive:
      out.set_type("interactive");
      out.set_text(content.interactive().body());
      more += ",\"interactive\":" + short_json(content.interactive());
      return;
    case v1::Content::kInteractiveReply:
      out.set_type("interactive_reply");
      out.set_text(content.interactive_reply().title());
      more += ",\"interactive_reply\":" + short_json(content.interactive_reply());
      return;
    case v1::Content::kReaction: {
      out.set_type("reaction");
      v1::ReceivedReaction reaction;
      reaction.set_emoji(content.reaction().emoji());
      if (const auto* reacted = std::get_if<Reacted>(&envelope.sealed->header.kind)) {
        reaction.set_message_id(message_id(envelope.conversation, reacted->seq));
      }
      more += ",\"reaction\":" + whole_json(reaction);
      return;
    }
    case v1::Content::KIND_NOT_SET: break;
  }
  out.set_type("unknown");
}

std::string_view name_of(ConversationKind kind) {
  switch (kind) {
    case ConversationKind::direct: return "direct";
    case ConversationKind::group: return "group";
    case ConversationKind::status: return "status";
  }
  return "";
}

}  // namespace

Result<NewMessage> parse_new_message(std::string_view json, Audience audience, Attached attached) {
  v1::NewMessage in;
  if (auto parsed = parse(json, Form::json, in); !parsed) return std::unexpected(parsed.error());
  if (audience == Audience::own_status && in.sender_id().empty()) in.set_sender_id("-");
  if (auto checked = check_limits(in); !checked) return std::unexpected(checked.error());

  NewMessage message{in.sender_id() == "-" ? "" : in.sender_id(),
                     in.receiver_id(),
                     in.conversation_id(),
                     in.client_id(),
                     {},
                     in.media_object().empty() ? in.document() : in.media_object(),
                     in.text(),
                     {}};
  if (audience == Audience::somebody && in.receiver_id().empty() == in.conversation_id().empty()) {
    return wrong("To whom? Name one receiver.", "receiver_id");
  }
  bool with_file = !message.media.empty() || attached == Attached::yes;
  if (!in.type().empty()) {
    auto type = type_named(in.type());
    if (!type) return std::unexpected(type.error());
    message.type = *type;
  } else if (in.has_location()) {
    message.type = MessageType::location;
  } else if (in.contacts_size() > 0) {
    message.type = MessageType::contact;
  } else if (!in.document().empty()) {
    message.type = MessageType::document;
  } else if (!with_file) {
    message.type = MessageType::text;
  }
  if (message.type && !has_file(*message.type) && with_file) return wrong("This type of message has no file.", "type");
  if (!message.type || has_file(*message.type)) {
    if (!with_file) return wrong("Which file? Give its media id, or the file itself in a form.", "media_object");
    v1::Media caption;
    caption.set_id("-");
    caption.set_caption(message.text);
    if (auto checked = check_limits(caption); !checked) return std::unexpected(checked.error());
    return message;
  }
  if (message.type == MessageType::text) {
    v1::Content content;
    content.mutable_text()->set_text(in.text());
    if (auto checked = check_limits(content); !checked) return std::unexpected(checked.error());
    message.content = content.SerializeAsString();
    return message;
  }
  if (audience == Audience::own_status) return wrong("A status is a text or a file.", "type");
  auto content = message.type == MessageType::location ? location_of(in) : contacts_of(in);
  if (!content) return std::unexpected(content.error());
  message.content = std::move(*content);
  return message;
}

Result<Body> body_of(const NewMessage& message, const File* file) {
  if (file == nullptr) return Body{Encoding::plain, message.content};
  MessageType type = message.type.value_or(type_of(file->kind));
  if (!fits(type, file->kind)) {
    return fail(Code::media_wrong_type, fmt::format("The file is no {}.", kTypes[static_cast<std::size_t>(type)]),
                "type");
  }
  v1::Content content;
  v1::Media& media = *content.mutable_media();
  media.set_id(file->id);
  media.set_kind(media_kind(type));
  media.set_mime_type(file->mime_type);
  media.set_size(file->size);
  media.set_sha256(bytes_of(file->blob.hex));
  media.set_name(file->name);
  media.set_caption(message.text);
  media.set_width(file->width);
  media.set_height(file->height);
  media.set_thumbnail(file->thumbnail);
  media.set_animated(file->motion == Motion::animated);
  return Body{Encoding::plain, content.SerializeAsString()};
}

std::string message_id(ConversationId conversation, Seq seq) {
  return fmt::format("{}.{}", conversation.value, seq.value);
}

std::string sent_json(const Envelope& envelope) {
  v1::SentMessage sent;
  sent.set_message_id(message_id(envelope.conversation, envelope.seq));
  sent.set_conversation_id(std::to_string(envelope.conversation.value));
  sent.set_state("sent");
  sent.set_time(rfc3339(envelope.time));
  return whole_json(sent);
}

bool is_message(const Envelope& envelope) {
  const EventKind& kind = envelope.sealed->header.kind;
  bool said = std::holds_alternative<Posted>(kind) || std::holds_alternative<Reacted>(kind);
  return said && !envelope.sealed->header.deleted_by;
}

std::string message_json(const Envelope& envelope, const Context& context) {
  const Header& header = envelope.sealed->header;
  v1::ReceivedMessage out;
  out.set_id(message_id(envelope.conversation, envelope.seq));
  out.set_conversation_id(std::to_string(envelope.conversation.value));
  out.set_conversation_kind(std::string(name_of(context.kind)));
  if (context.kind == ConversationKind::group) out.set_group_name(context.group_name);
  v1::Sender from;
  from.set_account_id(std::to_string(header.author.value));
  from.set_phone(context.author.phone);
  from.set_name(context.author.name);
  std::string more = ",\"from\":" + whole_json(from);
  if (header.reply_to) out.set_reply_to(message_id(envelope.conversation, header.reply_to));
  out.set_time(rfc3339(envelope.time));

  v1::Event event;
  (void)event.ParsePartialFromString(envelope.sealed->bytes);
  if (event.has_plain()) {
    show(event.plain(), envelope, out, more);
  } else {
    out.set_type("encrypted");
  }
  std::string json = short_json(out);
  json.insert(json.size() - 1, more);
  return json;
}

std::string uploaded_json(const File& file) {
  v1::UploadedMedia media;
  media.set_id(file.id);
  media.add_media()->set_id(file.id);
  media.set_name(file.name);
  media.set_mime_type(file.mime_type);
  media.set_size(static_cast<std::uint32_t>(file.size));
  return whole_json(media);
}

std::string media_json(const File& file) {
  v1::MediaFile media;
  media.set_id(file.id);
  media.set_name(file.name);
  media.set_mime_type(file.mime_type);
  media.set_size(static_cast<std::uint32_t>(file.size));
  media.set_time(rfc3339(file.created));
  return whole_json(media);
}

std::string progress_json(const Upload& upload, std::uint64_t offset, Time expires) {
  v1::UploadProgress progress;
  progress.set_id(upload.id);
  progress.set_offset(static_cast<std::uint32_t>(offset));
  progress.set_length(static_cast<std::uint32_t>(upload.size));
  if (!upload.file.empty()) progress.set_media_id(upload.file);
  progress.set_expires(rfc3339(expires));
  return whole_json(progress);
}

Result<std::string> parse_acknowledgement(std::string_view json) {
  v1::Acknowledgement message;
  if (auto parsed = parse(json, Form::json, message); !parsed) return std::unexpected(parsed.error());
  if (auto checked = check_limits(message); !checked) return std::unexpected(checked.error());
  return message.up_to();
}

std::string rfc3339(Time time) {
  std::time_t seconds = time.ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, time.ms % 1000);
}

}  // namespace homing::wire
