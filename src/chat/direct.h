// The id of the conversation between two accounts is computed from them, so that both sides begin the same one.
#pragma once

#include "base/id.h"

namespace homing::chat {

// `probe` counts from 0: in the improbable case that the id belongs to another conversation, the next one is tried.
ConversationId direct_id(AccountId a, AccountId b, unsigned probe);

// Where this account's statuses stand.
ConversationId status_id(AccountId account, unsigned probe);

}  // namespace homing::chat
