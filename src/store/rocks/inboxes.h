// Inboxes and cursors: in memory while they change, written behind, gone from memory when they rest. A notice that every
// device of its account has passed before it was written is never written at all.
// Owned by RocksStore; any thread; `stage` and `rest` from one thread at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "model/account.h"
#include "model/conversation.h"
#include "store/inbox.h"
#include "store/rocks/database.h"

namespace homing::rocks {

class Inboxes {
 public:
  // `last`: no notice on disk stands behind this commit.
  Inboxes(Database& database, Commit bookmark, Commit last)
      : database_(database), order_(Order{bookmark, last, {}, 0}) {}

  void post(const std::vector<Post>& posts);
  void set_bookmark(Commit through);
  Commit bookmark() const {
    return order_.with([](const Order& order) { return order.bookmark; });
  }

  Result<Page<Notice>> read(AccountId account, Cursor after, std::size_t limit, Look& look);
  Result<Cursor> move(AccountId account, DeviceId device, Cursor to, Look& look);
  Result<Cursor> cursor(AccountId account, DeviceId device, Look& look);
  // Reads the places of an account's devices into memory, so that what changes them need not.
  Result<void> know_places(AccountId account, Look& look);
  // The account has this device from now on, or no longer.
  void add(AccountId account, DeviceId device);
  Result<void> remove(AccountId account, DeviceId device, Look& look);

  // How many are in memory.
  std::size_t size() const;
  // Notices on disk that every device of the account has passed.
  struct Passed {
    AccountId account;
    Cursor after;
    Cursor to;
  };
  // Puts what changed since the last time: new notices into one batch, cursors, removals and the bookmark into another,
  // which must be written after it. Nothing may change meanwhile. Returns what is to be removed after that.
  std::vector<Passed> stage(rocksdb::WriteBatch& notices, rocksdb::WriteBatch& places);
  // After both were written: lets go of what rests.
  void rest();
  // Waits for the disk, to see which those are. What stays after a failure is seen by nobody, and goes another time.
  Result<void> remove(const std::vector<Passed>& passed);
  // Puts the notices about this conversation's marks that are not on disk yet. Any thread.
  void stage_moved(const Conversation& conversation, rocksdb::WriteBatch& batch);
  // The lowest commit that a device still waits for, over everything on disk; `through` + 1 if nothing waits.
  Result<Commit> oldest_waiting(Commit through);

 private:
  struct Place {
    DeviceId device;
    Cursor cursor;
  };
  // Where a notice is besides memory. `perhaps`: in a group that may have failed; to be written, and to be removed.
  enum class OnDisk { no, perhaps, yes };
  struct Entry {
    Cursor at;
    News news;
    OnDisk on_disk = OnDisk::no;
  };
  // What is known of one account. Notices at or before `maybe_on_disk` may lie on disk and not here.
  struct State {
    std::vector<Entry> entries;
    std::vector<Place> places;
    Cursor maybe_on_disk;
    Cursor removed;  // what lay on disk up to here went, since this state was made
    std::uint64_t number = 0;  // tells this state from a later one of the same account
    std::vector<Cursor> unwritten_removals;  // written entries that were trimmed or replaced since
    std::vector<DeviceId> forgotten;  // whose cursors on disk must go
    bool places_known = false;
    bool places_dirty = false;
    bool drained_from_disk = false;  // a reader took notices from disk: those behind all cursors can go
    bool rested = true;  // not touched since the last flush
  };
  static constexpr std::size_t kShards = 16;
  using Shard = Guarded<std::unordered_map<AccountId, State>>;

  Shard& shard(AccountId account) { return shards_[std::hash<AccountId>{}(account) >> 60]; }
  // Where notices stand. Steps begin again when the bookmark has passed every commit that was given one: whatever gets a
  // place later gets a later commit.
  struct Order {
    Commit bookmark;
    Commit newest;  // of every notice here or on disk
    Commit stepped;  // the newest commit that was given steps
    std::uint64_t step = 0;
  };

  State& touch(std::unordered_map<AccountId, State>& states, AccountId account);
  // A place for moved marks: not before `commit`, and behind every event that was posted everywhere.
  Cursor next_place(Commit commit);
  Result<std::vector<Place>> load_places(AccountId account, Look& look);
  static Cursor lowest(const State& state);
  static void trim(State& state);
  void stage(AccountId account, State& state, rocksdb::WriteBatch& notices, rocksdb::WriteBatch& places,
             std::vector<Passed>& passed);

  Database& database_;
  Guarded<Order> order_;
  std::atomic<std::uint64_t> devices_changed_{0};
  std::atomic<std::uint64_t> states_made_{0};
  std::array<Shard, kShards> shards_;
};

std::string store(const News& news);
Result<News> load_news(std::string_view bytes);

}  // namespace homing::rocks
