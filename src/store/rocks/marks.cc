#include "store/rocks/marks.h"

#include <rocksdb/write_batch.h>

#include <algorithm>

#include "store/rocks/keys.h"
#include "wire/stored.h"

namespace homing::rocks {

// A conversation's marks are read from disk whole, before any of them is used or moved.
Result<void> Marks::know(ConversationId conversation) {
  bool known = shard(conversation).with([&](auto& states) {
    auto found = states.find(conversation);
    if (found != states.end()) found->second.rested = false;
    return found != states.end();
  });
  if (known) return {};
  State state;
  state.rested = false;
  Result<void> readable;
  auto scanned = database_.scan(Family::marks, key(conversation.value), key(conversation.value + 1),
                                [&](std::string_view name, std::string_view value) {
                                  auto receipt = wire::load_receipt(value);
                                  if (!receipt) readable = std::unexpected(receipt.error());
                                  if (receipt)
                                    state.members.push_back(MemberReceipt{AccountId{get_u64(name, 8)}, *receipt});
                                  return receipt.has_value();
                                });
  if (!scanned) return scanned;
  if (!readable) return readable;
  shard(conversation).with([&](auto& states) { states.try_emplace(conversation, std::move(state)); });
  return {};
}

Result<std::vector<MemberReceipt>> Marks::of(ConversationId conversation) {
  if (auto known = know(conversation); !known) return std::unexpected(known.error());
  return shard(conversation).with([&](auto& states) { return states[conversation].members; });
}

Result<MarksChange> Marks::merge(ConversationId conversation, AccountId account, Receipt receipt) {
  if (auto known = know(conversation); !known) return std::unexpected(known.error());
  return shard(conversation).with([&](auto& states) {
    State& state = states[conversation];
    auto member = std::ranges::find(state.members, account, &MemberReceipt::account);
    MarksChange change;
    if (member != state.members.end()) change.was = member->receipt;
    change.is = merged(change.was, receipt);
    if (change.was == change.is) return change;
    change.before = state.members;
    if (member == state.members.end()) {
      state.members.push_back(MemberReceipt{account, change.is});
    } else {
      member->receipt = change.is;
    }
    if (std::ranges::find(state.dirty, account) == state.dirty.end()) state.dirty.push_back(account);
    return change;
  });
}

void Marks::stage(rocksdb::WriteBatch& batch) {
  for (Shard& shard : shards_) {
    shard.with([&](auto& states) {
      for (auto& [conversation, state] : states) {
        for (const MemberReceipt& member : state.members) {
          if (std::ranges::find(state.dirty, member.account) == state.dirty.end()) continue;
          batch.Put(database_.family(Family::marks), key(conversation.value, member.account.value),
                    wire::store(member.receipt));
        }
        std::vector<AccountId>().swap(state.dirty);
      }
    });
  }
}

void Marks::stage(ConversationId conversation, rocksdb::WriteBatch& batch) {
  shard(conversation).with([&](auto& states) {
    auto found = states.find(conversation);
    if (found == states.end()) return;
    for (const MemberReceipt& member : found->second.members) {
      if (std::ranges::find(found->second.dirty, member.account) == found->second.dirty.end()) continue;
      batch.Put(database_.family(Family::marks), key(conversation.value, member.account.value),
                wire::store(member.receipt));
    }
  });
}

void Marks::rest() {
  for (Shard& shard : shards_) {
    shard.with([](auto& states) {
      for (auto it = states.begin(); it != states.end();) {
        if (it->second.rested && it->second.dirty.empty()) {
          it = states.erase(it);
        } else {
          it->second.rested = true;
          ++it;
        }
      }
    });
  }
}

}  // namespace homing::rocks
