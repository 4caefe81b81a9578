// What the rules allowed, as what the log takes. Private to chat/.
#pragma once

#include "chat/rules.h"
#include "model/account.h"
#include "model/event.h"
#include "wire/seal.h"

namespace homing::chat {

inline Draft drafted(Caller caller, ClientId client_id, ConversationId conversation, Version expects,
                     rules::Verdict verdict) {
  Draft draft;
  draft.conversation = conversation;
  draft.device = caller.device;
  draft.client_id = client_id;
  draft.expects = expects;
  draft.sealed = wire::seal(verdict.event, std::move(verdict.hidden_from));
  draft.becomes = std::move(verdict.becomes);
  draft.revises = std::move(verdict.revises);
  return draft;
}

}  // namespace homing::chat
