// The arithmetic of memberships that the rules share. Private to chat/. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "model/conversation.h"
#include "model/event.h"

namespace homing::rules {

// The running membership of this account, or nullptr.
Membership* running(Conversation& conversation, AccountId account);

// Past memberships beyond the limit are forgotten, oldest first: those people can no longer read what they saw then.
void forget_old_members(Conversation& conversation);

// In a group that has lost its last admin: whoever has been in it longest, so that a group is never without one.
std::optional<AccountId> heir(const Conversation& conversation);

// Makes them members from this event on. They wait for no admin any more.
void admit(Conversation& conversation, const std::vector<AccountId>& accounts);

// Those who must not see what is told to admins.
std::vector<AccountId> not_admins(const Conversation& conversation);

// An event without words.
Event happened(AccountId author, EventKind kind);

bool contains(const std::vector<AccountId>& accounts, AccountId account);
std::vector<AccountId> without_repeats(const std::vector<AccountId>& accounts);

}  // namespace homing::rules
