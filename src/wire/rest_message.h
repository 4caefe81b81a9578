// Messages as the REST calls read and write them (proto/rest.proto): a flat form for people, against the content of an
// event. Checked against the schema's limits. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/conversation.h"
#include "model/event.h"
#include "model/file.h"
#include "wire/frame.h"

namespace homing::wire {

enum class MessageType { text, image, video, audio, voice, document, sticker, location, contact };

// What somebody wants to send, as far as it can be known without looking at its file.
struct NewMessage {
  std::string sender_id;
  std::string receiver_id;
  std::string conversation_id;
  std::string client_id;  // empty: none was chosen
  std::optional<MessageType> type;  // nothing: what the file is
  std::string media;      // a file's id; empty: none
  std::string text;       // or a file's caption
  std::string content;    // of a location or contacts: encoded
};

enum class Audience { somebody, own_status };
// The members of proto/rest.proto's NewMessage or NewStatus. `invalid_argument` for a type that is not known, for a file
// without its id unless the file itself comes along, and for what does not fit its type.
enum class Attached { no, yes };
Result<NewMessage> parse_new_message(std::string_view json, Audience audience, Attached attached);
// The content; `file` is what `media` names, if it names something. `media_wrong_type` if that is no such file.
Result<Body> body_of(const NewMessage& message, const File* file);

// Names an event for people who use REST: opaque to them.
std::string message_id(ConversationId conversation, Seq seq);
// {"message_id", "conversation_id", "state", "time"}
std::string sent_json(const Envelope& envelope);

// What a reader is told besides the event itself.
struct Context {
  Profile author;
  ConversationKind kind = ConversationKind::direct;
  std::string group_name;  // of a group
};
// Whether an event is a message: posted, or a reaction.
bool is_message(const Envelope& envelope);
// proto/rest.proto's ReceivedMessage.
std::string message_json(const Envelope& envelope, const Context& context);

// {"id", "media", "name", "mime_type", "size"} and {"id", "name", "mime_type", "size", "time"}
std::string uploaded_json(const File& file);
std::string media_json(const File& file);
// {"id", "offset", "length", "media_id", "expires"}
std::string progress_json(const Upload& upload, std::uint64_t offset, Time expires);
// The one string of {"up_to"}.
Result<std::string> parse_acknowledgement(std::string_view json);

// "2026-01-31T09:05:00.123Z"
std::string rfc3339(Time time);

}  // namespace homing::wire
