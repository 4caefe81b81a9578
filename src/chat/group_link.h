// The code in the link by which one joins a group: "<conversation id, 16 hex digits><16 random bytes, base64url>". It says
// which group is meant, so that nothing needs an index; whoever does not know all of it knows nothing. The conversation keeps
// the whole code, because its admins may look at it and pass it on. Pure but for the random bytes; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/random.h"

namespace homing::chat {

std::string make_group_link(ConversationId conversation, Random& random);
// Of what looks like one; whether it is one knows only the conversation.
std::optional<ConversationId> conversation_of_link(std::string_view code);

}  // namespace homing::chat
