#include "store/rocks/rocks_store.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "store/rocks/keys.h"
#include "wire/stored.h"

namespace homing {

using rocks::Database;
using rocks::Family;
using rocks::key;

namespace {

// A crash costs reading this much of the log again.
constexpr std::chrono::milliseconds kWriteBehindEvery{500};
constexpr std::size_t kBatchBytesMax = 256 << 10;
constexpr unsigned kRoundsPerMark = 4;  // a sync of its own for how much was acknowledged, and a weighing, every 2 s
const std::string kAfterAllCommits(9, '\xff');

Result<Commit> commit_at(Database& database, const char* name) {
  auto bytes = database.get(Family::meta, name);
  if (!bytes && bytes.error().code == Code::not_found) return Commit{};
  if (!bytes) return std::unexpected(bytes.error());
  if (bytes->size() != 8) return fail(Code::corrupt, std::string("The stored ") + name + " cannot be read.");
  return Commit{rocks::get_u64(*bytes)};
}

Result<Commit> last_in_log(Database& database) {
  auto name = database.last_name(Family::log, key(Commit{}), kAfterAllCommits);
  if (!name && name.error().code == Code::not_found) return Commit{};
  if (!name) return std::unexpected(name.error());
  return name->size() == 8 ? Commit{rocks::get_u64(*name)} : Commit{};
}

}  // namespace

Result<std::unique_ptr<RocksStore>> RocksStore::open(const std::filesystem::path& path, Clock& clock,
                                                     RocksOptions options) {
  auto database = Database::open(path, options, rocks::Mode::read_write);
  if (!database) return std::unexpected(database.error());
  Commit places[3];
  const char* names[3] = {"last", "bookmark", "derived"};
  for (int i = 0; i < 3; ++i) {
    auto place = commit_at(**database, names[i]);
    if (!place) return std::unexpected(place.error());
    places[i] = *place;
  }
  auto floor = commit_at(**database, "floor");
  if (!floor) return std::unexpected(floor.error());
  auto last = last_in_log(**database);
  if (!last) return std::unexpected(last.error());

  // The log may have been dropped wholly: no number that was ever in use is handed out again.
  Commit used = std::max({*last, places[0], places[1], places[2]});
  if (floor->value > 0) used = std::max(used, Commit{floor->value - 1});

  std::unique_ptr<RocksStore> store(new RocksStore(std::move(*database), clock, options, used, places[1]));
  store->database_->set_floor(*floor);
  if (auto replayed = store->replay(places[2]); !replayed) return std::unexpected(replayed.error());
  store->database_->look_for_room();
  store->database_->weigh();
  store->writer_behind_ = std::thread([raw = store.get()] { raw->write_behind(); });
  return store;
}

RocksStore::RocksStore(std::unique_ptr<Database> database, Clock& clock, const RocksOptions& options, Commit last,
                       Commit bookmark)
    : database_(std::move(database)),
      clock_(clock),
      recent_(options.recent_bytes),
      inboxes_(*database_, bookmark, last),
      marks_(*database_),
      committer_(
          std::make_unique<rocks::Committer>(*database_, last, [this](rocks::Group& group) { publish(group); })) {}

RocksStore::~RocksStore() { stop(); }

// What is in the log but, because of a crash, not yet in its index.
Result<void> RocksStore::replay(Commit derived) {
  std::vector<Envelope> envelopes;
  Result<void> readable;
  auto scanned = database_->scan(Family::log, key(Commit{derived.value + 1}), kAfterAllCommits,
                                 [&](std::string_view name, std::string_view value) {
                                   auto loaded = wire::load_envelope(value, Commit{rocks::get_u64(name)});
                                   if (!loaded) readable = std::unexpected(loaded.error());
                                   if (!loaded) return false;
                                   overlay_.add(loaded->envelope);
                                   envelopes.push_back(std::move(loaded->envelope));
                                   return true;
                                 });
  if (!scanned) return scanned;
  if (!readable) return readable;
  recent_.add(envelopes);
  if (!envelopes.empty()) log::info("store.replayed", {{"events", envelopes.size()}});
  return {};
}

Result<void> RocksStore::flush() {
  std::lock_guard one(flushing_);
  const rocks::Overlay::Layer& layer = overlay_.begin_leaving();
  rocksdb::WriteBatch batch;
  auto write_if_large = [&]() -> Result<void> {
    if (batch.GetDataSize() < kBatchBytesMax) return {};
    auto written = database_->write(batch, Database::Sync::no);
    batch.Clear();
    return written;
  };
  for (auto it = layer.index.begin(); it != layer.index.end(); ++it) {
    const auto& [place, commit] = *it;
    batch.Put(database_->family(Family::index), key(place.first, place.second), key(commit));
    // The newest Seq is remembered longer than the events: a conversation goes on where it was.
    bool newest = std::next(it) == layer.index.end() || std::next(it)->first.first != place.first;
    if (newest) batch.Put(database_->family(Family::directory), key('h', place.first.value), key(place.second.value));
    if (auto written = write_if_large(); !written) return written;
  }
  for (const auto& [client, commit] : layer.clients) {
    batch.Put(database_->family(Family::clients), key(client.device, client.id), key(commit));
    if (auto written = write_if_large(); !written) return written;
  }
  if (layer.through) batch.Put(database_->family(Family::meta), "derived", key(layer.through));
  if (batch.Count() > 0) {
    if (auto written = database_->write(batch, Database::Sync::no); !written) return written;
  }
  overlay_.end_leaving();
  return flush_derived();
}

// A device may state its cursor again after a crash, and is then told again; but only if its old cursor is what is found.
// So all of this is one moment's state, and cursors come last: where one is, everything that came before its move is too.
Result<void> RocksStore::flush_derived() {
  if (auto written = write_owed(); !written) return written;
  owed_.resize(3);
  std::vector<rocks::Inboxes::Passed> passed;
  {
    std::unique_lock moment(moment_);
    marks_.stage(owed_[0]);
    passed = inboxes_.stage(owed_[1], owed_[2]);
  }
  if (auto written = write_owed(); !written) return written;
  marks_.rest();
  inboxes_.rest();
  return inboxes_.remove(passed);
}

// What could not be written stays owed: nobody else holds it as something to be written.
Result<void> RocksStore::write_owed() {
  while (!owed_.empty()) {
    if (auto written = database_->write(owed_.front(), Database::Sync::no); !written) return written;
    owed_.erase(owed_.begin());
  }
  return {};
}

void RocksStore::write_behind() {
  unsigned rounds = 0;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kWriteBehindEvery, [this] { return stopping_; })) {
    lock.unlock();
    database_->look_for_room();
    (void)flush();  // a failure is logged once by Database, and refuses all writes
    if (++rounds % kRoundsPerMark == 0) {
      database_->sync_acknowledged();
      database_->weigh();
    }
    lock.lock();
  }
}

rocks::Metrics RocksStore::metrics() const {
  rocks::Metrics metrics;
  database_->count(metrics);
  metrics.events = events_;
  rocks::Recent::Found found = recent_.found();
  metrics.recent_hits = found.hits;
  metrics.recent_misses = found.misses;
  metrics.cold_reads = reads_.count();
  metrics.index_waiting = overlay_.size();
  metrics.hot_inboxes = inboxes_.size();
  metrics.hot_marks = marks_.size();
  // The bookmark first: what is committed meanwhile makes the lag longer, never less than nothing.
  std::uint64_t bookmark = inboxes_.bookmark().value;
  std::uint64_t last = committer_->last().value;
  metrics.bookmark_lag = last > bookmark ? last - bookmark : 0;
  return metrics;
}

void RocksStore::stop() {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  reads_.stop();
  wake_.notify_one();
  if (writer_behind_.joinable()) writer_behind_.join();
  committer_->stop();
  (void)flush();
}

}  // namespace homing
