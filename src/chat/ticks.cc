#include "chat/ticks.h"

#include <algorithm>
#include <unordered_map>

namespace homing::chat {
namespace {

constexpr Seq kEndless{~0ull};

template <class ValueOf>
Lowest lowest_by(const Conversation& conversation, ValueOf value_of) {
  Lowest result{kEndless, {}, kEndless};
  for (const Membership& membership : conversation.members) {
    if (!membership.active()) continue;
    Seq value = std::max(value_of(membership.account), Seq{membership.since.value - 1});
    if (value < result.first) {
      result.second = result.first;
      result.first = value;
      result.who = membership.account;
    } else if (value < result.second) {
      result.second = value;
    }
  }
  // Nobody else: a conversation with oneself follows one's own devices.
  if (result.second == kEndless) result.second = result.first;
  if (result.first == kEndless) result = Lowest{};
  return result;
}

template <class Override>
Lowest lowest_with(const Conversation& conversation, const std::vector<MemberReceipt>& marks, Mark mark,
                   Override override_of) {
  if (marks.size() <= 8) {
    return lowest_by(conversation,
                     [&](AccountId account) { return override_of(account, own_marks(marks, account)).*mark; });
  }
  std::unordered_map<AccountId, Receipt> by_account;
  by_account.reserve(marks.size());
  for (const MemberReceipt& member : marks) by_account.emplace(member.account, member.receipt);
  return lowest_by(conversation, [&](AccountId account) {
    auto found = by_account.find(account);
    return override_of(account, found == by_account.end() ? Receipt{} : found->second).*mark;
  });
}

}  // namespace

Lowest lowest(const Conversation& conversation, const std::vector<MemberReceipt>& marks, Mark mark) {
  return lowest_with(conversation, marks, mark, [](AccountId, Receipt receipt) { return receipt; });
}

Lowest lowest(const Conversation& conversation, const std::vector<MemberReceipt>& marks, Mark mark, AccountId moved,
              const Receipt& is) {
  return lowest_with(conversation, marks, mark,
                     [&](AccountId account, Receipt receipt) { return account == moved ? is : receipt; });
}

Receipt own_marks(const std::vector<MemberReceipt>& marks, AccountId account) {
  for (const MemberReceipt& member : marks) {
    if (member.account == account) return member.receipt;
  }
  return {};
}

}  // namespace homing::chat
