// The body of a POST to /{P}/messages (Cloud) or /v1/messages (On-Premises), read into what it asks for. Everything that
// can be said about it without looking at accounts, files or conversations is said here, in the order of the reference:
// envelope, recipient, type, what is missing, what is out of range. Pure; any thread.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "edge/business/graph_error.h"
#include "edge/business/wamid.h"

namespace homing::business {

// A file to be shown: either its id or where to fetch it.
struct WantedMedia {
  enum class Kind { image, video, audio, voice, document, sticker };
  Kind kind = Kind::image;
  std::string parameter;  // "image": errors name it
  std::string id;
  std::string link;  // http or https; empty if there is an id
  std::string file_name;  // overrides the file's own; may be empty
  friend bool operator==(const WantedMedia&, const WantedMedia&) = default;
};

enum class RecipientType { individual, group };

struct OutgoingMessage {
  std::string input;  // `to` exactly as given
  std::string to;  // its digits, or the group's id
  RecipientType recipient_type = RecipientType::individual;
  std::string content;  // homing.v1.Content; where it shows a file, complete() fills in what the file is
  std::optional<WantedMedia> media;
  std::string reply_to;  // a message id; empty: none
  std::string reacted_to;  // not empty: a reaction, to this message
  std::string callback_data;  // biz_opaque_callback_data
  friend bool operator==(const OutgoingMessage&, const OutgoingMessage&) = default;
};

// "I have seen this message and all before it."
struct ReadUpTo {
  std::string message_id;
  bool typing = false;  // and an answer is being written
  friend bool operator==(const ReadUpTo&, const ReadUpTo&) = default;
};

using MessageRequest = std::variant<OutgoingMessage, ReadUpTo>;

std::expected<MessageRequest, GraphError> read_message(std::string_view content_type, std::string_view body, Api api);

// What is known of a file once it is found.
struct MediaFacts {
  std::string id;
  std::string mime_type;
  std::uint64_t size = 0;
  std::string sha256;  // 32 bytes
  std::string name;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::string thumbnail;
  bool animated = false;
};
// The content with the file in its place. 131053 when a file of this type cannot be shown as what is wanted.
std::expected<std::string, GraphError> complete(std::string content, const WantedMedia& wanted, const MediaFacts& file);

// What complete() made it of.
std::string without_file(std::string content);

}  // namespace homing::business
