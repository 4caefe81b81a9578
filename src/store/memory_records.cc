// MemoryStore as Records, and what every adapter checks before it writes.
#include "store/memory.h"
#include "store/records.h"

namespace homing {

Result<void> check_changes(const std::vector<RecordChange>& changes, Durable durable) {
  if (changes.size() > kRecordChangesMax) return fail(Code::invalid_argument, "Too many records at once.");
  for (const RecordChange& change : changes) {
    if (change.name.empty() || change.name.size() > kRecordNameBytesMax) {
      return fail(Code::invalid_argument, "A record's name is empty or too long.");
    }
    if (change.value && (change.value->empty() || change.value->size() > kRecordValueBytesMax)) {
      return fail(Code::invalid_argument, "A record is empty or too large.");
    }
    if (durable == Durable::later && !std::holds_alternative<Whatever>(change.condition)) {
      return fail(Code::invalid_argument, "A write that may be lost has no conditions.");
    }
  }
  return {};
}

Task<Result<std::string>> MemoryStore::record(std::string name) {
  co_await turn();
  auto found = disk_.records.find(name);
  if (found == disk_.records.end()) co_return fail(Code::not_found);
  co_return found->second;
}

Task<Result<Page<Record>>> MemoryStore::records(std::string from, std::string to, std::size_t limit) {
  co_await turn();
  Page<Record> page;
  for (auto it = disk_.records.lower_bound(from); it != disk_.records.end() && it->first < to; ++it) {
    if (page.items.size() == limit) {
      page.more = More::yes;
      break;
    }
    page.items.push_back(Record{it->first, it->second});
  }
  co_return page;
}

Task<Result<void>> MemoryStore::write(std::vector<RecordChange> changes, Durable durable) {
  co_await turn();
  if (auto fine = check_changes(changes, durable); !fine) co_return fine;
  for (const RecordChange& change : changes) {
    auto found = disk_.records.find(change.name);
    bool absent = found == disk_.records.end();
    if (std::holds_alternative<IfAbsent>(change.condition) && !absent) co_return fail(Code::conflict);
    if (const auto* same = std::get_if<IfEquals>(&change.condition)) {
      if (absent || found->second != same->value) co_return fail(Code::conflict);
    }
  }
  Fate fate = this->fate(faults_.on_put);
  if (fate == Fate::refused) co_return fail(Code::read_only);
  for (RecordChange& change : changes) {
    if (change.value) {
      disk_.records[change.name] = std::move(*change.value);
    } else {
      disk_.records.erase(change.name);
    }
  }
  if (fate == Fate::lost) co_return fail(Code::unavailable);
  co_return Result<void>{};
}

}  // namespace homing
