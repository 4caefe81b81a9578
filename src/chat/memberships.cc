#include "chat/memberships.h"

#include <algorithm>

#include "wire/limits.h"

namespace homing::rules {

Membership* running(Conversation& conversation, AccountId account) {
  for (Membership& membership : conversation.members) {
    if (membership.account == account && membership.active()) return &membership;
  }
  return nullptr;
}

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

Event happened(AccountId author, EventKind kind) {
  Event event;
  event.header.author = author;
  event.header.kind = std::move(kind);
  return event;
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

void admit(Conversation& conversation, const std::vector<AccountId>& accounts) {
  for (AccountId account : accounts) {
    conversation.members.push_back(Membership{account, Role::member, kThisEvent, {}});
    std::erase_if(conversation.requests, [&](const JoinRequest& request) { return request.account == account; });
  }
}

std::vector<AccountId> not_admins(const Conversation& conversation) {
  std::vector<AccountId> result;
  for (const Membership& membership : conversation.members) {
    if (membership.active() && membership.role != Role::admin) result.push_back(membership.account);
  }
  return result;
}

}  // namespace homing::rules
