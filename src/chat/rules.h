// May this account do this here, and what event does it make? Pure functions over values: no clock, no store, no await.
// Everything that a member can be refused for is decided in rules.cc, with a test and a scenario each.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "model/account.h"
#include "model/conversation.h"
#include "model/event.h"
#include "wire/frame.h"

namespace homing::rules {

// An event that is allowed, and the conversation after it if it changes it or begins it.
struct Verdict {
  Event event;
  std::vector<AccountId> hidden_from;
  std::optional<Conversation> becomes;
  std::vector<Revision> revises = {};
};

// Posting into a conversation. `recipient` is the other side of a direct one (oneself in a conversation with oneself),
// nullptr in a group: who has blocked the author never gets the message, and the author is not told.
Result<Verdict> post(const Conversation& conversation, AccountId author, const wire::Send& send,
                     const Account* recipient);

// The first message between two people, or to oneself, begins their conversation.
Result<Verdict> begin_direct(ConversationId id, AccountId author, const Account& recipient, const wire::Send& send,
                             Time now);

// For 24 hours, to everybody in `audience` and to nobody who was shown earlier ones but is not in it any more.
// `feed` is the author's feed, nullptr before the first status. `blocking`: those of the audience who block the author.
Result<Verdict> post_status(ConversationId id, const Conversation* feed, AccountId author,
                            const std::vector<AccountId>& audience, std::vector<AccountId> blocking,
                            const wire::Send& send, Time now);

// Other content for a message, by its author within limits::kEditWindow. `newest` is the edit that the message reads as
// now, nullptr if there is none. Later readers find the new content in the message itself.
Result<Verdict> edit(const Conversation& conversation, AccountId author, const wire::EditMessage& request,
                     const Envelope& message, const Envelope* newest, const Account* recipient, Time now);
// By the author within limits::kDeleteWindow, by an admin of the group at any time. Nothing of the content stays.
Result<Verdict> delete_for_everyone(const Conversation& conversation, AccountId author, const Envelope& message,
                                    const Envelope* newest, Time now);

// --- groups (group_rules.cc, group_link_rules.cc) ---
// The author becomes the first admin. Members asked for twice, and the author among them, count once. `link`: the code of
// the one by which it can be joined, if one is wanted.
Result<Verdict> create_group(ConversationId id, AccountId author, const wire::CreateGroup& request, std::string link,
                             Time now);
// Admins only. Removing somebody who is no member is `not_a_member`, adding a member is `already_member`, demoting the
// last admin is `last_admin`. Whoever waited for an admin and is added waits no more.
Result<Verdict> change_members(const Conversation& conversation, AccountId author, const wire::ChangeMembers& request);
Result<Verdict> rename_group(const Conversation& conversation, AccountId author, const wire::RenameGroup& request);
// If the last admin leaves, the longest-standing member becomes one, in the same event.
Result<Verdict> leave_group(const Conversation& conversation, AccountId author, const wire::LeaveGroup& request);
// Admins only. `link`: the code of a new one, should one be wanted. A new link lets everybody in again who was removed.
Result<Verdict> change_group(const Conversation& conversation, AccountId author, const wire::ChangeGroup& request,
                             std::string link);

// By the code of its link: `link_invalid` for any other. The author is a member then, or asks the admins to be one: where
// approval is needed, and always for who was removed since the link was made.
Result<Verdict> join_group(const Conversation& conversation, AccountId author, const wire::JoinGroup& request,
                           Time now);
bool opens(const Conversation& conversation, const std::string& code);
bool needs_approval(const Conversation& conversation, AccountId account);
Result<Verdict> withdraw_join(const Conversation& conversation, AccountId author, const wire::WithdrawJoin& request);
// Admins only; `not_asked` if one of them has not asked, and then nobody is let in.
Result<Verdict> review_joins(const Conversation& conversation, AccountId author, const wire::ReviewJoins& request);

// Whether this member may see and decide what admins do: `not_a_group`, `not_a_member`, `not_an_admin`.
Result<void> needs_admin(const Conversation& conversation, AccountId account);

// Whether a message is this same one said again, as far as it can be told from itself: for a message to a person, who is in
// its conversation must be looked at besides. Where a status ends does not matter.
bool came_of(const Envelope& first, const wire::Send& send);

// Whether an event came of this same request, however the group stood then: besides what was asked for it may have made
// somebody an admin.
bool came_of(const Header& header, const wire::ChangeMembers& request);
bool came_of(const Header& header, const wire::RenameGroup& request);
bool came_of(const Header& header, const wire::LeaveGroup& request);
bool came_of(const Header& header, const wire::ChangeGroup& request);
bool came_of(const Header& header, const wire::JoinGroup& request);
bool came_of(const Header& header, const wire::WithdrawJoin& request);
bool came_of(const Header& header, const wire::ReviewJoins& request);

}  // namespace homing::rules
