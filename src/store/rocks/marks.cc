#include "store/rocks/marks.h"

#include <rocksdb/write_batch.h>

#include <algorithm>

#include "store/rocks/keys.h"
#include "wire/stored.h"

namespace homing::rocks {

// A conversation's marks are read from disk whole, before any of them is used or moved.
Result<void> Marks::know(ConversationId conversation, Look& look) {
  for (;;) {
    std::uint64_t rested = 0;
    bool known = shard(conversation).with([&](States& states) {
      rested = states.rested;
      auto found = states.by_id.find(conversation);
      if (found != states.by_id.end()) found->second.rested = false;
      return found != states.by_id.end();
    });
    if (known) return {};
    State state;
    state.rested = false;
    Result<void> readable;
    auto scanned = database_.scan(Family::marks, key(conversation.value), key(conversation.value + 1), look,
                                  [&](std::string_view name, std::string_view value) {
                                    auto receipt = wire::load_receipt(value);
                                    if (!receipt) readable = std::unexpected(receipt.error());
                                    if (receipt)
                                      state.members.push_back(MemberReceipt{AccountId{get_u64(name, 8)}, *receipt});
                                    return receipt.has_value();
                                  });
    if (!scanned) return scanned;
    if (!readable) return readable;
    bool settled = shard(conversation).with([&](States& states) {
      // Marks may have come, moved, been written and left while the disk was read: what was read is old.
      if (states.rested != rested && !states.by_id.contains(conversation)) return false;
      states.by_id.try_emplace(conversation, std::move(state));
      return true;
    });
    if (settled) return {};
  }
}

Result<std::vector<MemberReceipt>> Marks::of(ConversationId conversation, Look& look) {
  if (auto known = know(conversation, look); !known) return std::unexpected(known.error());
  return shard(conversation).with([&](States& states) { return states.by_id[conversation].members; });
}

Result<MarksChange> Marks::merge(ConversationId conversation, AccountId account, Receipt receipt, Look& look) {
  if (auto known = know(conversation, look); !known) return std::unexpected(known.error());
  return shard(conversation).with([&](States& states) {
    State& state = states.by_id[conversation];
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
    shard.with([&](States& states) {
      for (auto& [conversation, state] : states.by_id) {
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
  shard(conversation).with([&](States& states) {
    auto found = states.by_id.find(conversation);
    if (found == states.by_id.end()) return;
    for (const MemberReceipt& member : found->second.members) {
      if (std::ranges::find(found->second.dirty, member.account) == found->second.dirty.end()) continue;
      batch.Put(database_.family(Family::marks), key(conversation.value, member.account.value),
                wire::store(member.receipt));
    }
  });
}

std::size_t Marks::size() const {
  std::size_t size = 0;
  for (const Shard& shard : shards_) size += shard.with([](const States& states) { return states.by_id.size(); });
  return size;
}

void Marks::rest() {
  for (Shard& shard : shards_) {
    shard.with([](States& states) {
      for (auto it = states.by_id.begin(); it != states.by_id.end();) {
        if (it->second.rested && it->second.dirty.empty()) {
          it = states.by_id.erase(it);
          ++states.rested;
        } else {
          it->second.rested = true;
          ++it;
        }
      }
    });
  }
}

}  // namespace homing::rocks
