#include "chat/rules.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "wire/limits.h"

namespace homing::rules {
namespace {

constexpr std::chrono::hours kStatusLife{24};

Event posted(AccountId author, const wire::Send& send) {
  Event event;
  event.header.author = author;
  event.header.kind = Posted{};
  if (send.reacted_to) event.header.kind = Reacted{send.reacted_to};
  event.header.media = send.media;
  event.header.reply_to = send.reply_to;
  event.header.expires = send.expires;
  event.header.mentions = send.mentions;
  event.body = send.body;
  return event;
}

Event happened(AccountId author, EventKind kind) {
  Event event;
  event.header.author = author;
  event.header.kind = std::move(kind);
  return event;
}

std::vector<AccountId> hidden_from(const Account* recipient, AccountId author) {
  if (recipient == nullptr || !recipient->blocks(author)) return {};
  return {recipient->id};
}

bool contains(const std::vector<AccountId>& accounts, AccountId account) {
  return std::ranges::find(accounts, account) != accounts.end();
}

std::vector<AccountId> without_repeats(const std::vector<AccountId>& accounts) {
  std::vector<AccountId> result;
  result.reserve(accounts.size());
  for (AccountId account : accounts) {
    if (!contains(result, account)) result.push_back(account);
  }
  return result;
}

Result<void> needs_admin(const Conversation& conversation, AccountId author) {
  if (conversation.kind != ConversationKind::group) return fail(Code::not_a_group);
  const Membership* membership = conversation.member(author);
  if (membership == nullptr) return fail(Code::not_a_member);
  if (membership->role != Role::admin) return fail(Code::not_an_admin);
  return {};
}

Membership* running(Conversation& conversation, AccountId account) {
  for (Membership& membership : conversation.members) {
    if (membership.account == account && membership.active()) return &membership;
  }
  return nullptr;
}

// Past memberships beyond the limit are forgotten, oldest first: those people can no longer read what they saw then.
void forget_old_members(Conversation& conversation) {
  auto former =
      static_cast<std::size_t>(std::ranges::count_if(conversation.members, [](auto& m) { return !m.active(); }));
  while (former > limits::kGroupFormerMembersMax) {
    auto oldest = conversation.members.end();
    for (auto it = conversation.members.begin(); it != conversation.members.end(); ++it) {
      if (!it->active() && (oldest == conversation.members.end() || it->until < oldest->until)) oldest = it;
    }
    conversation.members.erase(oldest);
    --former;
  }
}

// Whoever has been in the group longest becomes admin, so that a group is never without one.
std::optional<AccountId> heir(const Conversation& conversation) {
  const Membership* longest = nullptr;
  for (const Membership& membership : conversation.members) {
    if (!membership.active()) continue;
    if (membership.role == Role::admin) return std::nullopt;
    if (longest == nullptr || membership.since < longest->since) longest = &membership;
  }
  if (longest == nullptr) return std::nullopt;
  return longest->account;
}

}  // namespace

Result<Verdict> post(const Conversation& conversation, AccountId author, const wire::Send& send,
                     const Account* recipient) {
  if (conversation.member(author) == nullptr) return fail(Code::not_a_member);
  // A status is answered in the conversation with its author; only the owner of the feed says something in it.
  if (conversation.kind == ConversationKind::status) return fail(Code::not_the_author);
  if (send.reacted_to && !conversation.may_see(author, send.reacted_to))
    return fail(Code::seq_unknown, {}, "reacted_to");
  if (send.body.encoding != conversation.encoding) {
    return fail(Code::invalid_argument, "This conversation has another encoding.", "body");
  }
  return Verdict{posted(author, send), hidden_from(recipient, author), std::nullopt};
}

Result<Verdict> begin_direct(ConversationId id, AccountId author, const Account& recipient, const wire::Send& send,
                             Time now) {
  Conversation conversation;
  conversation.id = id;
  conversation.kind = ConversationKind::direct;
  conversation.encoding = send.body.encoding;
  conversation.created = now;
  conversation.members.push_back(Membership{author, Role::member, kThisEvent, {}});
  if (recipient.id != author) conversation.members.push_back(Membership{recipient.id, Role::member, kThisEvent, {}});
  return Verdict{posted(author, send), hidden_from(&recipient, author), std::move(conversation)};
}

Result<Verdict> post_status(ConversationId id, const Conversation* feed, AccountId author,
                            const std::vector<AccountId>& audience, std::vector<AccountId> blocking,
                            const wire::Send& send, Time now) {
  if (send.reply_to) return fail(Code::seq_unknown, {}, "reply_to");
  if (send.reacted_to) return fail(Code::seq_unknown, {}, "reacted_to");
  if (audience.size() > limits::kStatusAudienceMax)
    return fail(Code::group_full, "Too many people for a status.", "to");
  if (feed != nullptr && send.body.encoding != feed->encoding) {
    return fail(Code::invalid_argument, "This conversation has another encoding.", "body");
  }
  Conversation after;
  if (feed != nullptr) {
    after = *feed;
  } else {
    after.id = id;
    after.kind = ConversationKind::status;
    after.encoding = send.body.encoding;
    after.created = now;
    after.members.push_back(Membership{author, Role::admin, kThisEvent, {}});
  }
  Verdict verdict{posted(author, send), std::move(blocking), std::nullopt};
  std::unordered_set<AccountId> wanted(audience.begin(), audience.end());
  wanted.erase(author);
  bool changed = feed == nullptr;
  for (Membership& membership : after.members) {
    if (!membership.active() || membership.account == author || wanted.erase(membership.account) == 1) continue;
    membership.until = kThisEvent;
    verdict.hidden_from.push_back(membership.account);  // the last one it would see
    changed = true;
  }
  for (AccountId account : audience) {
    if (wanted.erase(account) == 0) continue;
    after.members.push_back(Membership{account, Role::member, kThisEvent, {}});
    changed = true;
  }
  Time end = now + kStatusLife;
  if (send.expires == Time{} || send.expires > end) verdict.event.header.expires = end;
  if (changed) {
    forget_old_members(after);
    verdict.becomes = std::move(after);
  }
  return verdict;
}

Result<Verdict> create_group(ConversationId id, AccountId author, const wire::CreateGroup& request, Time now) {
  std::vector<AccountId> members{author};
  for (AccountId account : without_repeats(request.members)) {
    if (account != author) members.push_back(account);
  }
  if (members.size() > limits::kGroupMembersMax) return fail(Code::group_full, {}, "members");

  Conversation conversation;
  conversation.id = id;
  conversation.kind = ConversationKind::group;
  conversation.name = request.name;
  conversation.created = now;
  for (AccountId account : members) {
    Role role = account == author ? Role::admin : Role::member;
    conversation.members.push_back(Membership{account, role, kThisEvent, {}});
  }
  GroupCreated created{request.name, std::move(members)};
  return Verdict{happened(author, std::move(created)), {}, std::move(conversation)};
}

Result<Verdict> change_members(const Conversation& conversation, AccountId author, const wire::ChangeMembers& request) {
  if (auto admin = needs_admin(conversation, author); !admin) return std::unexpected(admin.error());

  MembersChanged change{without_repeats(request.add), without_repeats(request.remove),
                        without_repeats(request.promote)};
  Conversation after = conversation;
  for (AccountId account : change.removed) {
    Membership* membership = running(after, account);
    if (membership == nullptr) return fail(Code::not_a_member, "Somebody to be removed is not a member.", "remove");
    if (contains(change.added, account) || contains(change.promoted, account)) {
      return fail(Code::invalid_argument, "The same account cannot be removed and added or promoted at once.",
                  "remove");
    }
    membership->until = kThisEvent;
  }
  for (AccountId account : change.added) {
    if (running(after, account) != nullptr) return fail(Code::already_member, {}, "add");
    after.members.push_back(Membership{account, Role::member, kThisEvent, {}});
  }
  for (AccountId account : change.promoted) {
    Membership* membership = running(after, account);
    if (membership == nullptr) return fail(Code::not_a_member, "Somebody to be promoted is not a member.", "promote");
    membership->role = Role::admin;
  }
  if (after.active_count() > limits::kGroupMembersMax) return fail(Code::group_full, {}, "add");
  if (auto next = heir(after)) {
    change.promoted.push_back(*next);
    running(after, *next)->role = Role::admin;
  }
  forget_old_members(after);
  return Verdict{happened(author, std::move(change)), {}, std::move(after)};
}

Result<Verdict> rename_group(const Conversation& conversation, AccountId author, const wire::RenameGroup& request) {
  if (auto admin = needs_admin(conversation, author); !admin) return std::unexpected(admin.error());
  Conversation after = conversation;
  after.name = request.name;
  Renamed renamed{request.name};
  return Verdict{happened(author, std::move(renamed)), {}, std::move(after)};
}

Result<Verdict> leave_group(const Conversation& conversation, AccountId author, const wire::LeaveGroup&) {
  if (conversation.kind != ConversationKind::group) return fail(Code::not_a_group);
  if (conversation.member(author) == nullptr) return fail(Code::not_a_member);
  Conversation after = conversation;
  running(after, author)->until = kThisEvent;
  MembersChanged change{{}, {author}, {}};
  if (auto next = heir(after)) {
    change.promoted.push_back(*next);
    running(after, *next)->role = Role::admin;
  }
  forget_old_members(after);
  return Verdict{happened(author, std::move(change)), {}, std::move(after)};
}

bool came_of(const Header& header, const wire::ChangeMembers& request) {
  const auto* change = std::get_if<MembersChanged>(&header.kind);
  if (change == nullptr || change->added != without_repeats(request.add)) return false;
  if (change->removed != without_repeats(request.remove)) return false;
  return std::ranges::all_of(request.promote, [&](AccountId account) { return contains(change->promoted, account); });
}

bool came_of(const Header& header, const wire::RenameGroup& request) {
  const auto* renamed = std::get_if<Renamed>(&header.kind);
  return renamed != nullptr && renamed->name == request.name;
}

bool came_of(const Header& header, const wire::LeaveGroup&) {
  const auto* change = std::get_if<MembersChanged>(&header.kind);
  return change != nullptr && change->added.empty() && change->removed == std::vector{header.author};
}

}  // namespace homing::rules
