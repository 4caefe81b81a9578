// Conversations and drafts for benches of the stores. One thread.
#pragma once

#include <cstring>
#include <memory>

#include "model/event.h"
#include "wire/seal.h"

namespace homing::bench {

inline Conversation group_of(std::uint64_t id, std::size_t members) {
  Conversation conversation;
  conversation.id = ConversationId{id};
  conversation.kind = ConversationKind::group;
  for (std::size_t i = 0; i < members; ++i)
    conversation.members.push_back({AccountId{id + i}, Role::member, kThisEvent, {}});
  return conversation;
}

inline std::shared_ptr<const Sealed> text_event(AccountId author) {
  Event event;
  event.header.author = author;
  event.header.kind = Posted{};
  event.body.bytes = std::string("\x0a\x66\x0a\x64") + std::string(100, 'a');  // Content { Text { 100 bytes } }
  return wire::seal(event);
}

// The `number`th message of a conversation that exists (or begins with it).
inline Draft draft_of(const Conversation& conversation, Version expects, std::uint64_t number,
                      std::shared_ptr<const Sealed> sealed) {
  Draft draft;
  draft.conversation = conversation.id;
  draft.device = DeviceId{conversation.id.value};
  std::memcpy(draft.client_id.data(), &number, sizeof number);
  draft.expects = expects;
  draft.sealed = std::move(sealed);
  if (!expects) draft.becomes = conversation;
  return draft;
}

}  // namespace homing::bench
