// Receipt marks: in memory while they move, written behind. Owned by RocksStore; any thread; `stage` and `rest`
// from one thread at a time.
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "store/directory.h"
#include "store/rocks/database.h"

namespace homing::rocks {

class Marks {
 public:
  explicit Marks(Database& database) : database_(database) {}

  Result<std::vector<MemberReceipt>> of(ConversationId conversation);
  Result<MarksChange> merge(ConversationId conversation, AccountId account, Receipt receipt);
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
  using Shard = Guarded<std::unordered_map<ConversationId, State>>;

  Shard& shard(ConversationId id) { return shards_[std::hash<ConversationId>{}(id) >> 60]; }
  Result<void> know(ConversationId conversation);

  Database& database_;
  std::array<Shard, kShards> shards_;
};

}  // namespace homing::rocks
