// RocksDB with our column families and settings, and its statuses as our errors. Owned by RocksStore; any thread.
//
//   log        commit -> stored envelope            the truth; written and synced by the committer only
//   directory  accounts, devices, tickets, conversations, phone and membership indexes     synced by the committer;
//              the newest Seq of every conversation                                       written behind
//   index      conversation, seq -> commit         |
//   clients    device, client id -> commit         |
//   inbox      account, place -> notice            | derived: written behind, without a sync of their own
//   cursors    account, device -> place            |
//   marks      conversation, account -> receipt    |
//   meta       "bookmark", "derived", "floor", "last"; "groups": how many synced writes there were
//
// All families share one write-ahead log and become files together, and recovery keeps a prefix: whatever was written
// before a record that is there is there too. That is what makes the bookmark safe to write without a sync. Whether the
// prefix holds everything that was acknowledged is what acknowledged.h tells (docs/decisions/0009).
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/guarded.h"
#include "base/result.h"
#include "store/rocks/acknowledged.h"
#include "store/rocks/floor.h"
#include "store/rocks/look.h"
#include "store/rocks/metrics.h"
#include "store/rocks/no_gaps.h"

namespace homing {

struct RocksOptions {
  std::size_t cache_bytes = 24 << 20;  // blocks, indexes and filters
  std::size_t memtable_bytes = 32 << 20;  // all families together
  std::size_t recent_bytes = 16 << 20;  // envelopes kept in memory
  std::uint64_t reserve_bytes = 64 << 20;  // room on the disk that is kept for what is in memory and for compaction
  rocksdb::Env* env = nullptr;  // a test's own disk
};

namespace rocks {

enum class Family { meta, log, directory, index, clients, inbox, cursors, marks };
inline constexpr std::size_t kFamilies = 8;

enum class Mode { read_write, read_only };

class Database {
 public:
  // `conflict` when another process has the folder open, `corrupt` when it cannot be opened for what is in it or, for
  // writing, when something that was acknowledged is lost; the folder is then left as it is.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, const RocksOptions& options,
                                                Mode mode);
  ~Database();

  rocksdb::DB& db() { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family family) const { return families_[static_cast<std::size_t>(family)]; }

  // `not_found`, `corrupt` or `unavailable` besides the value. Memory, for a `look` that ends there, is what RocksDB has in
  // its memtables and its cache.
  Result<std::string> get(Family family, const std::string& key, Look& look);
  Result<std::string> get(Family family, const std::string& key);
  // Calls `visit` for keys from `from` on until it returns false or keys reach `to`.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  Result<void> scan(Family family, const std::string& from, const std::string& to, Look& look, const Visit& visit);
  Result<void> scan(Family family, const std::string& from, const std::string& to, const Visit& visit);
  // The highest key in [from, to); `not_found` if there is none. Waits for the disk.
  Result<std::string> last_name(Family family, const std::string& from, const std::string& to);

  // What was acknowledged and did not come back, in a sentence; empty if nothing is missing.
  const std::string& lost() const { return lost_; }

  // Retention dropped every commit below: entries that point there go when their files are rewritten.
  std::uint64_t floor() const { return floor_; }
  void set_floor(Commit floor) { floor_ = floor.value; }

  enum class Sync { no, yes };
  // After a write has failed, the state on disk is unknown: no write is accepted any more until a restart.
  Result<void> write(rocksdb::WriteBatch& batch, Sync sync);
  // Refuses writes while the disk has less room than the reserve, so that none fails for want of it. What is refused here
  // is not on disk. Asked often, by one thread.
  void look_for_room();
  // Why writes are refused; empty while they are not.
  std::string trouble() const;
  // Asks RocksDB how much it keeps; not for every question, it takes RocksDB's lock.
  void weigh();
  // Fills in what is counted here.
  void count(Metrics& metrics) const;
  // What was acknowledged until now is known to be, also after a power cut.
  void sync_acknowledged() { acknowledged_->sync(); }

 private:
  enum class Log { whole, any_end };  // whether the write-ahead log may end in something that cannot be read

  Database() = default;
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, const RocksOptions& options,
                                                Mode mode, Log log);
  Result<void> compare(const std::filesystem::path& path, std::optional<std::uint64_t> acknowledged);
  Result<void> write_synced(rocksdb::WriteBatch& batch);
  Result<void> fail_writes(const rocksdb::Status& status);

  std::atomic<std::uint64_t> floor_{0};
  DroppedCommit dropped_commit_{floor_};
  NamesDroppedCommit names_dropped_commit_{floor_};
  NoticeOfDroppedEvent notice_of_dropped_event_{floor_};
  NoGaps no_gaps_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families_{};
  std::string path_;
  std::uint64_t reserve_bytes_ = 0;
  std::string lost_;
  std::optional<Acknowledged> acknowledged_;
  std::mutex one_synced_write_;
  std::uint64_t groups_ = 0;  // guarded by it
  enum class Writes { accepted, wait_for_room, refused };
  std::atomic<Writes> writes_{Writes::accepted};
  Guarded<std::string> trouble_;
  Durations syncs_;
  std::atomic<std::uint64_t> free_bytes_{0};
  std::atomic<std::uint64_t> table_bytes_{0};
};

}  // namespace rocks
}  // namespace homing
