// Receipt marks: in memory while they move, written behind. Owned by RocksStore; any thread; `stage` and `rest`
// from one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "store/directory.h"
#include "store/rocks/database.h"

namespace homing::rocks {

class Marks {
 public:
  explicit Marks(Database& database) : database_(database) {}

  Result<std::vector<MemberReceipt>> of(ConversationId conversation, Look& look);
  Result<MarksChange> merge(ConversationId conversation, AccountId account, Receipt receipt, Look& look);
  // Reads a conversation's marks into memory, so that what changes them need not.
  Result<void> know(ConversationId conversation, Look& look);
  // How many conversations' marks are in memory.
  std::size_t size() const;
  // Puts what changed since the last time; nothing may move meanwhile.
  void stage(rocksdb::WriteBatch& batch);
  // Puts those of one conversation that are not on disk yet. Any thread.
  void stage(ConversationId conversation, rocksdb::WriteBatch& batch);
  // After that was written: lets go of what rests.
  void rest();

 private:
  struct State {
    std::vector<MemberReceipt> members;
    std::vector<AccountId> dirty;
    bool rested = true;
  };
  static constexpr std::size_t kShards = 16;
  struct States {
    std::unordered_map<ConversationId, State> by_id;
    std::uint64_t rested = 0;  // how many have left
  };
  using Shard = Guarded<States>;

  Shard& shard(ConversationId id) { return shards_[std::hash<ConversationId>{}(id) >> 60]; }

  Database& database_;
  std::array<Shard, kShards> shards_;
};

}  // namespace homing::rocks
