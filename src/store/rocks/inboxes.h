// Inboxes and cursors: in memory while they change, written behind, gone from memory when they rest. A notice that every
// device of its account has passed before it was written is never written at all.
// Owned by RocksStore; any thread; `flush` from one thread only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "model/account.h"
#include "store/inbox.h"
#include "store/rocks/database.h"

namespace homing::rocks {

class Inboxes {
 public:
  Inboxes(Database& database, Commit bookmark) : database_(database), bookmark_(bookmark.value) {}

  void post(const std::vector<Post>& posts);
  void set_bookmark(Commit through);
  Commit bookmark() const { return Commit{bookmark_.load()}; }

  Result<Page<Notice>> read(AccountId account, Cursor after, std::size_t limit);
  Result<Cursor> move(AccountId account, DeviceId device, Cursor to);
  Result<Cursor> cursor(AccountId account, DeviceId device);
  // The account has this device from now on, or no longer.
  void add(AccountId account, DeviceId device);
  void remove(AccountId account, DeviceId device);

  // Writes what changed, then the bookmark; then lets go of what rests.
  Result<void> flush();
  // The lowest commit that a device still waits for, over everything stored; `through` + 1 if nothing waits.
  Result<Commit> oldest_waiting(Commit through);

 private:
  struct Place {
    DeviceId device;
    Cursor cursor;
  };
  struct Entry {
    Cursor at;
    News news;
    bool written = false;
  };
  // What is known of one account. Notices at or below `maybe_on_disk` may lie on disk and not here.
  struct State {
    std::vector<Entry> entries;
    std::vector<Place> places;
    Cursor maybe_on_disk;
    std::vector<Cursor> unwritten_removals;  // written entries that were trimmed or replaced since
    bool places_known = false;
    bool places_dirty = false;
    bool drained_from_disk = false;          // a reader took notices from disk: those behind all cursors can go
    bool rested = true;                      // not touched since the last flush
  };
  static constexpr std::size_t kShards = 16;
  using Shard = Guarded<std::unordered_map<AccountId, State>>;

  Shard& shard(AccountId account) { return shards_[std::hash<AccountId>{}(account) >> 60]; }
  State& touch(std::unordered_map<AccountId, State>& states, AccountId account);
  Result<std::vector<Place>> load_places(AccountId account);
  Result<void> know_places(AccountId account);
  static Cursor lowest(const State& state);
  static void trim(State& state);
  void stage(AccountId account, State& state, rocksdb::WriteBatch& batch);

  Database& database_;
  std::atomic<std::uint64_t> bookmark_;
  std::atomic<std::uint64_t> step_{0};
  std::array<Shard, kShards> shards_;
};

std::string store(const News& news);
Result<News> load_news(std::string_view bytes);

}  // namespace homing::rocks
