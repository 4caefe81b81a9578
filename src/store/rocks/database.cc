#include "store/rocks/database.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <chrono>
#include <vector>

#include "base/log.h"
#include "store/rocks/keys.h"
#include "store/rocks/table_pace.h"

namespace homing::rocks {
namespace {

constexpr std::uint64_t kTableSyncBytes = 256 << 10;
// All families flush when the log's memtable is full, and most of them have little by then: a few such small tables are merged
// with the whole level below. RocksDB's own 256 MiB for that level, and four tables, would have a family of ten million
// entries written anew every few hundred thousand messages.
constexpr std::uint64_t kUpperLevelBytes = 16 << 20;
constexpr int kSmallTablesMax = 8;
constexpr unsigned kAlikePercent = 20;
// Flushes and compactions together, in pieces of a hundredth of a second: what the log's sync may have to wait behind.
constexpr std::int64_t kTableBytesPerSecond = 32 << 20;
constexpr std::chrono::milliseconds kTableBurst{10};

constexpr std::array<const char*, kFamilies> kNames{"default", "log",   "directory", "index",
                                                    "clients", "inbox", "cursors",   "marks"};

constexpr const char* kGroups = "groups";

rocksdb::ColumnFamilyOptions family_options(const RocksOptions& options, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = false;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.metadata_block_size = 4096;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  table.format_version = 5;
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = 8 << 20;
  family.arena_block_size = 64 << 10;
  family.compression = rocksdb::kLZ4Compression;
  family.level_compaction_dynamic_level_bytes = true;
  family.max_bytes_for_level_base = kUpperLevelBytes;
  family.level0_file_num_compaction_trigger = kSmallTablesMax;
  return family;
}

rocksdb::DBOptions database_options(const RocksOptions& options, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::DBOptions database;
  if (options.env != nullptr) database.env = options.env;
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  database.max_open_files = 256;
  database.max_background_jobs = 2;
  database.max_total_wal_size = 64 << 20;
  database.keep_log_file_num = 3;
  database.max_log_file_size = 4 << 20;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  database.paranoid_checks = true;
  database.track_and_verify_wals_in_manifest = true;  // notices older logs that are missing or short
  database.atomic_flush = true;
  // Tables reach the disk in small pieces and not faster than this: a sync of the log never waits behind a whole table.
  database.bytes_per_sync = kTableSyncBytes;
  database.rate_limiter = std::make_shared<TablePace>(kTableBytesPerSecond, kTableBurst);
  database.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(options.memtable_bytes, cache);
  return database;
}

Error error_of(const rocksdb::Status& status) {
  if (status.IsNotFound()) return Error{Code::not_found, {}, {}, {}};
  if (status.IsCorruption()) return Error{Code::corrupt, status.ToString(), {}, {}};
  return Error{Code::unavailable, status.ToString(), {}, {}};
}

rocksdb::ReadOptions options_for(const Look& look) {
  rocksdb::ReadOptions options;
  options.ignore_range_deletions = true;  // docs/decisions/0014
  if (look.reach() == Reach::memory) options.read_tier = rocksdb::kBlockCacheTier;
  return options;
}

std::unexpected<Error> ask_the_disk(Look& look) {
  look.want_disk();
  return fail(Code::unavailable, "Only the disk knows.");
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, const RocksOptions& options,
                                                 Mode mode) {
  // Read first: of a running server more groups may be found than this, not fewer.
  auto acknowledged = Acknowledged::read(path);
  auto opened = open(path, options, mode, mode == Mode::read_only ? Log::any_end : Log::whole);
  if (!opened && opened.error().code == Code::corrupt && mode == Mode::read_write) {
    // The end that a power cut leaves, or damage. To open for writing drops what cannot be read, so look first.
    auto seen = open(path, options, Mode::read_only, Log::any_end);
    if (!seen) return seen;
    if (auto compared = (*seen)->compare(path, acknowledged); !compared) return std::unexpected(compared.error());
    if (!(*seen)->lost().empty()) return fail(Code::corrupt, (*seen)->lost());
    seen->reset();
    log::warn("store.torn_end", {{"detail", opened.error().detail}, {"lost", "nothing that was acknowledged"}});
    opened = open(path, options, mode, Log::any_end);
  }
  if (!opened) return opened;
  if (auto compared = (*opened)->compare(path, acknowledged); !compared) return std::unexpected(compared.error());
  if (mode == Mode::read_only) return opened;
  if (!(*opened)->lost().empty()) return fail(Code::corrupt, (*opened)->lost());
  (*opened)->acknowledged_.emplace(path);
  (*opened)->acknowledged_->set((*opened)->groups_);
  return opened;
}

Result<void> Database::compare(const std::filesystem::path& path, std::optional<std::uint64_t> acknowledged) {
  auto found = get(Family::meta, kGroups);
  if (!found && found.error().code != Code::not_found) return std::unexpected(found.error());
  if (found && found->size() != 8) return fail(Code::corrupt, "The stored number of groups cannot be read.");
  groups_ = found ? get_u64(*found) : 0;
  if (acknowledged.value_or(0) <= groups_) return {};
  lost_ = fmt::format(
      "{0}: the write-ahead log is damaged. Of {1} groups of messages that were acknowledged only the first {2} can be "
      "read back. Keep a copy of this folder and restore the last good backup; to go on without what is lost, "
      "delete {0}/{3} and start again.",
      path.string(), *acknowledged, groups_, Acknowledged::kFileName);
  return {};
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, const RocksOptions& options,
                                                 Mode mode, Log log) {
  auto cache = rocksdb::NewLRUCache(options.cache_bytes, 2);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  std::unique_ptr<Database> opened(new Database);
  opened->path_ = path.string();
  opened->reserve_bytes_ = options.reserve_bytes;
  for (const char* name : kNames) descriptors.emplace_back(name, family_options(options, cache));
  auto filter = [&](Family family) -> const rocksdb::CompactionFilter*& {
    return descriptors[static_cast<std::size_t>(family)].options.compaction_filter;
  };
  filter(Family::log) = &opened->dropped_commit_;
  filter(Family::index) = filter(Family::clients) = &opened->names_dropped_commit_;
  filter(Family::inbox) = &opened->notice_of_dropped_event_;
  // Written once per message all over the family, and seldom asked: merging tables of like size costs a quarter of what
  // levels do, which would have the largest written anew for each tenth of it.
  for (Family once : {Family::index, Family::clients}) {
    auto& options_of = descriptors[static_cast<std::size_t>(once)].options;
    options_of.compaction_style = rocksdb::kCompactionStyleUniversal;
    options_of.compaction_options_universal.size_ratio = kAlikePercent;
  }
  // Every message asks for its client id and almost none is there: a filter answers that without a walk in the memtable.
  auto& clients = descriptors[static_cast<std::size_t>(Family::clients)].options;
  clients.memtable_prefix_bloom_size_ratio = 0.02;
  clients.memtable_whole_key_filtering = true;
  clients.compression = rocksdb::kNoCompression;  // they are random
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  rocksdb::DBOptions database = database_options(options, cache);
  database.wal_filter = &opened->no_gaps_;
  database.wal_recovery_mode = log == Log::whole ? rocksdb::WALRecoveryMode::kAbsoluteConsistency
                                                 : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  rocksdb::Status status = mode == Mode::read_write
                               ? rocksdb::DB::Open(database, path.string(), descriptors, &handles, &db)
                               : rocksdb::DB::OpenForReadOnly(database, path.string(), descriptors, &handles, &db);
  if (!status.ok()) {
    bool locked = status.IsIOError() && status.ToString().find("lock") != std::string::npos;
    if (locked) return fail(Code::conflict, "Another process has " + path.string() + " open.");
    return std::unexpected(error_of(status));
  }
  opened->db_.reset(db);
  std::copy(handles.begin(), handles.end(), opened->families_.begin());
  return opened;
}

Database::~Database() {
  for (auto* handle : families_) {
    if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle);
  }
  if (db_ != nullptr) db_->Close();
}

Result<std::string> Database::get(Family in, const std::string& key, Look& look) {
  std::string value;
  rocksdb::Status status = db_->Get(options_for(look), family(in), key, &value);
  // For a file that is not open RocksDB then finds an empty value, which nothing of ours is.
  bool beyond = status.IsIncomplete() || (status.ok() && value.empty());
  if (look.reach() == Reach::memory && beyond) return ask_the_disk(look);
  if (!status.ok()) return std::unexpected(error_of(status));
  return value;
}

Result<std::string> Database::get(Family in, const std::string& key) {
  Look look(Reach::disk);
  return get(in, key, look);
}

Result<void> Database::scan(Family in, const std::string& from, const std::string& to, Look& look, const Visit& visit) {
  rocksdb::ReadOptions options = options_for(look);
  rocksdb::Slice end(to);
  options.iterate_upper_bound = &end;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, family(in)));
  for (it->Seek(from); it->Valid(); it->Next()) {
    if (!visit(it->key().ToStringView(), it->value().ToStringView())) return {};
  }
  if (it->status().IsIncomplete() && look.reach() == Reach::memory) return ask_the_disk(look);
  if (!it->status().ok()) return std::unexpected(error_of(it->status()));
  return {};
}

Result<void> Database::scan(Family in, const std::string& from, const std::string& to, const Visit& visit) {
  Look look(Reach::disk);
  return scan(in, from, to, look, visit);
}

Result<std::string> Database::last_name(Family in, const std::string& from, const std::string& to) {
  rocksdb::ReadOptions options = options_for(Look(Reach::disk));
  rocksdb::Slice begin(from), end(to);
  options.iterate_lower_bound = &begin;
  options.iterate_upper_bound = &end;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, family(in)));
  it->SeekToLast();
  if (!it->status().ok()) return std::unexpected(error_of(it->status()));
  if (!it->Valid()) return fail(Code::not_found);
  return it->key().ToString();
}

Result<void> Database::write(rocksdb::WriteBatch& batch, Sync sync) {
  if (writes_ != Writes::accepted) return fail(Code::read_only, trouble());
  if (sync == Sync::yes) return write_synced(batch);
  rocksdb::Status status = db_->Write(rocksdb::WriteOptions(), &batch);
  return status.ok() ? Result<void>() : fail_writes(status);
}

Result<void> Database::write_synced(rocksdb::WriteBatch& batch) {
  std::lock_guard lock(one_synced_write_);  // the groups are numbered in the order in which they lie in the log
  batch.Put(family(Family::meta), kGroups, key(groups_ + 1));
  rocksdb::WriteOptions options;
  options.sync = true;
  auto began = std::chrono::steady_clock::now();
  rocksdb::Status status = db_->Write(options, &batch);
  if (!status.ok()) return fail_writes(status);
  syncs_.add(std::chrono::steady_clock::now() - began);
  acknowledged_->set(++groups_);
  return {};
}

Result<void> Database::fail_writes(const rocksdb::Status& status) {
  trouble_.with([&](std::string& text) {
    text = status.ToString();
    writes_ = Writes::refused;
  });
  log::error("store.write_failed", {{"detail", status.ToString()}, {"now", "writes are refused until a restart"}});
  return fail(Code::read_only, status.ToString());
}

void Database::look_for_room() {
  std::uint64_t free = 0;
  if (!db_->GetEnv()->GetFreeSpace(path_, &free).ok()) return;
  free_bytes_ = free;
  bool little = free < reserve_bytes_;
  bool enough = free >= reserve_bytes_ + reserve_bytes_ / 4;
  Writes was = writes_;
  if (was == Writes::accepted ? !little : was == Writes::refused || !enough) return;
  std::string why =
      little ? fmt::format("The disk is nearly full: {} MB are free, {} MB are kept for what must be written.",
                           free >> 20, reserve_bytes_ >> 20)
             : std::string();
  bool changed = trouble_.with([&](std::string& text) {
    if (writes_ == Writes::refused) return false;
    text = why;
    writes_ = little ? Writes::wait_for_room : Writes::accepted;
    return true;
  });
  if (changed && little)
    log::error("store.nearly_full", {{"detail", why}, {"now", "writes are refused until there is room"}});
  if (changed && !little) log::info("store.has_room", {{"megabytes", free >> 20}});
}

void Database::weigh() {
  std::uint64_t bytes = 0;
  if (db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kLiveSstFilesSize, &bytes)) table_bytes_ = bytes;
}

void Database::count(Metrics& metrics) const {
  metrics.syncs = syncs_.counts();
  metrics.table_bytes = table_bytes_;
  metrics.free_bytes = free_bytes_;
  metrics.reserve_bytes = reserve_bytes_;
  metrics.refuses_writes = writes_ != Writes::accepted;
}

std::string Database::trouble() const {
  return trouble_.with([](const std::string& text) { return text; });
}

}  // namespace homing::rocks
