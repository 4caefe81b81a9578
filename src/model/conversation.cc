#include "model/conversation.h"

#include <algorithm>

namespace homing {

const Membership* Conversation::member(AccountId account) const {
  for (const Membership& membership : members) {
    if (membership.account == account && membership.active()) return &membership;
  }
  return nullptr;
}

bool Conversation::may_see(AccountId account, Seq seq) const {
  return std::ranges::any_of(members, [&](const Membership& m) { return m.account == account && m.covers(seq); });
}

std::vector<AccountId> Conversation::audience(Seq seq) const {
  std::vector<AccountId> result;
  for (const Membership& membership : members) {
    if (membership.covers(seq)) result.push_back(membership.account);
  }
  return result;
}

std::size_t Conversation::active_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(members, &Membership::active));
}

bool Conversation::asks_to_join(AccountId account) const {
  return std::ranges::find(requests, account, &JoinRequest::account) != requests.end();
}

bool Conversation::was_removed(AccountId account) const {
  const Membership* last = nullptr;
  for (const Membership& membership : members) {
    if (membership.account == account && (last == nullptr || last->since < membership.since)) last = &membership;
  }
  return last != nullptr && !last->active() && last->ending == Ending::removed;
}

}  // namespace homing
