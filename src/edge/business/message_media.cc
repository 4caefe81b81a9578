// Files in messages: their form in a request, and which types can be shown as what.
#include <algorithm>
#include <array>

#include "edge/business/fields.h"

namespace homing::business {
namespace {

using Kind = WantedMedia::Kind;

constexpr std::size_t kCaptionMax = 1024;  // code points, as all of these
constexpr std::size_t kFileNameMax = 240;
constexpr std::size_t kLinkBytesMax = 2000;
constexpr std::size_t kMediaIdBytesMax = 20;  // Media.id

Kind kind_of(std::string_view type) {
  if (type == "video") return Kind::video;
  if (type == "audio") return Kind::audio;
  if (type == "document") return Kind::document;
  if (type == "sticker") return Kind::sticker;
  return Kind::image;
}

v1::MediaKind proto_kind(Kind kind) {
  switch (kind) {
    case Kind::image: return v1::image;
    case Kind::video: return v1::video;
    case Kind::audio: return v1::audio;
    case Kind::voice: return v1::voice;
    case Kind::document: return v1::document;
    case Kind::sticker: return v1::sticker;
  }
  return v1::document;
}

// "audio/ogg; codecs=opus" -> "audio/ogg"
std::string_view bare(std::string_view mime) {
  mime = mime.substr(0, mime.find(';'));
  while (mime.ends_with(' ')) mime.remove_suffix(1);
  return mime;
}

bool fits(Kind kind, std::string_view mime) {
  mime = bare(mime);
  switch (kind) {
    case Kind::image: return mime == "image/jpeg" || mime == "image/png";
    case Kind::video: return mime.starts_with("video/");
    case Kind::audio: return mime.starts_with("audio/");
    case Kind::voice: return mime == "audio/ogg" || mime == "audio/opus";
    case Kind::document: return true;
    case Kind::sticker: return mime == "image/webp";
  }
  return false;
}

}  // namespace

bool is_link(std::string_view text) {
  if (text.size() > kLinkBytesMax) return false;
  std::string scheme(text.substr(0, 8));
  std::ranges::transform(scheme, scheme.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::size_t after = scheme.starts_with("http://") ? 7 : scheme.starts_with("https://") ? 8 : 0;
  if (after == 0 || text.size() <= after || text[after] == '/') return false;
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
}

Checked read_file(const json::object& from, WantedMedia wanted, OutgoingMessage& message) {
  wanted.id = text_in(from, "id").value_or("");
  if (wanted.id.empty()) wanted.link = text_in(from, "link").value_or("");
  if (wanted.id.empty() && wanted.link.empty()) {
    return std::unexpected(GraphError{131008, wanted.parameter + "[id] or " + wanted.parameter + "[link] is required"});
  }
  if (wanted.id.size() > kMediaIdBytesMax) {
    return std::unexpected(GraphError{100, wanted.parameter + "[id] is not the id of a media object"});
  }
  if (!wanted.link.empty() && !is_link(wanted.link))
    return wrong(wanted.parameter + "[link]", "must be an http or https URL");
  message.media = std::move(wanted);
  return {};
}

Checked read_media(const json::object& from, std::string_view type, OutgoingMessage& message, v1::Media& out) {
  WantedMedia wanted;
  wanted.kind = kind_of(type);
  wanted.parameter = type;
  if (wanted.kind == Kind::audio && flag_in(from, "voice") == true) wanted.kind = Kind::voice;
  out.set_kind(proto_kind(wanted.kind));

  bool captioned = wanted.kind == Kind::image || wanted.kind == Kind::video || wanted.kind == Kind::document;
  std::string file_name;
  Checked name, caption;
  if (wanted.kind == Kind::document)
    name = optional_text(from, "filename", "document[filename]", kFileNameMax, &file_name);
  if (captioned)
    caption = optional_text(from, "caption", wanted.parameter + "[caption]", kCaptionMax, out.mutable_caption());
  wanted.file_name = file_name;
  // What is missing is said before what is out of range.
  if (auto file = read_file(from, std::move(wanted), message); !file) return file;
  if (!caption) return caption;
  return name;
}

std::expected<std::string, GraphError> complete(std::string content, const WantedMedia& wanted,
                                                const MediaFacts& file) {
  v1::Content parsed;
  if (!parsed.ParseFromString(content)) return std::unexpected(GraphError{131000, "The content is damaged"});
  if (!fits(wanted.kind, file.mime_type)) {
    const char* member = wanted.link.empty() ? "[id]" : "[link]";
    return std::unexpected(GraphError{131053, wanted.parameter + member + " is a file of type " + file.mime_type});
  }
  v1::Media& media =
      parsed.has_interactive() ? *parsed.mutable_interactive()->mutable_header_media() : *parsed.mutable_media();
  media.set_kind(proto_kind(wanted.kind));
  media.set_id(file.id);
  media.set_mime_type(file.mime_type);
  media.set_size(file.size);
  media.set_sha256(file.sha256);
  media.set_name(wanted.file_name.empty() ? file.name : wanted.file_name);
  media.set_width(file.width);
  media.set_height(file.height);
  media.set_thumbnail(file.thumbnail);
  media.set_animated(file.animated);
  return parsed.SerializeAsString();
}

std::string without_file(std::string content) {
  v1::Content parsed;
  if (!parsed.ParseFromString(content)) return content;
  if (parsed.has_interactive()) parsed.mutable_interactive()->clear_header_media();
  if (parsed.has_media()) {
    v1::Media media;
    media.set_kind(parsed.media().kind());
    media.set_caption(parsed.media().caption());
    *parsed.mutable_media() = std::move(media);
  }
  return parsed.SerializeAsString();
}

}  // namespace homing::business
