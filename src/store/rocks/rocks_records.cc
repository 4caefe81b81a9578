// RocksStore as Records: the letter 'r' in the directory family.
#include "store/rocks/committed.h"
#include "store/rocks/keys.h"

namespace homing {

using rocks::Family;
using rocks::Group;
using rocks::key;
using rocks::Look;
using rocks::Reach;

Task<Result<std::string>> RocksStore::record(std::string name) {
  auto read = [this, name = key('r', name)](Look& look) { return database_->get(Family::directory, name, look); };
  Look look(Reach::memory);
  if (auto found = read(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(read));
}

Task<Result<Page<Record>>> RocksStore::records(std::string from, std::string to, std::size_t limit) {
  auto read = [this, from = std::move(from), to = std::move(to), limit](Look& look) {
    return records(from, to, limit, look);
  };
  Look look(Reach::memory);
  if (auto page = read(look); !look.wants_disk()) co_return page;
  co_return co_await reads_.cold(std::move(read));
}

Result<Page<Record>> RocksStore::records(const std::string& from, const std::string& to, std::size_t limit,
                                         Look& look) {
  Page<Record> page;
  auto scanned = database_->scan(Family::directory, key('r', from), key('r', to), look,
                                 [&](std::string_view name, std::string_view value) {
                                   if (page.items.size() == limit) page.more = More::yes;
                                   if (page.more == More::yes) return false;
                                   page.items.push_back(Record{std::string(name.substr(1)), std::string(value)});
                                   return true;
                                 });
  if (!scanned) return std::unexpected(scanned.error());
  return page;
}

Result<bool> RocksStore::stage_changes(const std::vector<RecordChange>& changes, Group& group) {
  for (const RecordChange& change : changes) {
    if (std::holds_alternative<Whatever>(change.condition)) continue;
    auto stored = record(group, key('r', change.name));
    if (!stored && stored.error().code != Code::not_found) return std::unexpected(stored.error());
    if (std::holds_alternative<IfAbsent>(change.condition) && stored) return fail(Code::conflict);
    if (const auto* same = std::get_if<IfEquals>(&change.condition)) {
      if (!stored || *stored != same->value) return fail(Code::conflict);
    }
  }
  for (const RecordChange& change : changes) stage_record(group, key('r', change.name), change.value.value_or(""));
  return true;
}

Task<Result<void>> RocksStore::write(std::vector<RecordChange> changes, Durable durable) {
  if (auto fine = check_changes(changes, durable); !fine) co_return fine;
  if (durable == Durable::later) {
    rocksdb::WriteBatch batch;
    auto* family = database_->family(Family::directory);
    for (const RecordChange& change : changes) {
      if (change.value) {
        batch.Put(family, key('r', change.name), *change.value);
      } else {
        batch.Delete(family, key('r', change.name));
      }
    }
    co_return database_->write(batch, rocks::Database::Sync::no);
  }
  auto wanted = std::make_shared<const std::vector<RecordChange>>(std::move(changes));
  std::function<Result<bool>(Group&)> stage = [this, wanted](Group& group) { return stage_changes(*wanted, group); };
  auto written = co_await committed<bool>(std::move(stage));
  if (!written) co_return std::unexpected(written.error());
  co_return Result<void>{};
}

}  // namespace homing
