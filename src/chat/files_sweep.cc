// Files: what nothing needs any more goes. Passes in bounded steps: files, uploads that were never
// completed, pieces that no upload has, bytes that no file has. A place is the first letter of its pass and where that is.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "chat/files.h"
#include "wire/stored.h"

namespace homing::chat {
namespace {

constexpr std::size_t kFilesAtOnce = 64;
constexpr std::size_t kUploadsAtOnce = 64;
constexpr std::size_t kBlobsAtOnce = 256;
constexpr std::size_t kShowingsAtOnce = 256;
constexpr std::size_t kSameBytesMax = 64;
constexpr int kAttempts = 5;
// A message with the file may have been on its way when its owner deleted it.
constexpr std::chrono::milliseconds kStaysAfterDeletion = std::chrono::hours(1);

constexpr char kFilesPass = 'f', kUploadsPass = 'u', kPiecesPass = 'p', kBlobsPass = 'b';

std::string place(char pass, std::string where) { return pass + std::move(where); }

}  // namespace

Task<Result<SweepStep>> Files::sweep(std::string place, Sweep how) {
  char pass = place.empty() ? kFilesPass : place.front();
  std::string after = place.empty() ? std::string() : place.substr(1);
  Result<SweepStep> step;
  if (pass == kFilesPass) {
    step = co_await sweep_files(std::move(after), how);
  } else if (pass == kUploadsPass) {
    step = co_await sweep_uploads(std::move(after), how);
  } else if (pass == kPiecesPass) {
    step = co_await sweep_pieces(std::move(after), how);
  } else {
    step = co_await sweep_blobs(std::move(after), how);
  }
  if (!step || how == Sweep::dry) co_return step;
  metrics_.swept_files += step->swept.files;
  metrics_.swept_bytes += step->swept.bytes;
  if (step->next.empty()) ++metrics_.sweeps;
  co_return step;
}

Task<Result<SweepStep>> Files::sweep_files(std::string after, Sweep how) {
  std::string from = after.empty() ? name::kFiles : name::file(after) + '\0';
  auto page = co_await records_.records(from, end_of(name::kFiles), kFilesAtOnce);
  if (!page) co_return std::unexpected(page.error());
  SweepStep step;
  for (Record& record : page->items) {
    auto file = wire::load_file(record.value);
    if (!file) {
      log::error("files.unreadable", {{"record", record.name}});
      continue;
    }
    auto stays = co_await needed(*file, how);
    if (!stays) co_return std::unexpected(stays.error());
    if (*stays) continue;
    auto last = co_await last_of_its_bytes(*file, how);
    if (!last) co_return std::unexpected(last.error());
    Stored going{*file, std::move(record.value)};
    Result<bool> gone = true;
    if (how == Sweep::real) gone = co_await take_away(std::move(going));
    if (!gone) co_return std::unexpected(gone.error());
    if (!*gone) continue;
    ++step.swept.files;
    if (*last) {
      ++step.swept.blobs;
      step.swept.bytes += file->size;
    }
  }
  bool more = page->more == More::yes && !page->items.empty();
  step.next = more ? place(kFilesPass, id_from(page->items.back().name)) : place(kUploadsPass, {});
  co_return step;
}

Task<Result<bool>> Files::needed(File file, Sweep how) {
  Time now = clock_.now();
  if (is_over(file.expires, now)) co_return false;
  bool deleted = file.deleted.ms != 0;
  if (!deleted && now < file.stays) co_return true;
  if (now - std::max(file.used, file.deleted) < (deleted ? kStaysAfterDeletion : limits_.unused)) co_return true;
  auto kept = co_await any_holder(file.id, how);
  if (!kept || *kept) co_return kept;
  co_return co_await any_showing(file.id, how);
}

// Showings that are no more are forgotten on the way.
Task<Result<bool>> Files::any_showing(FileId id, Sweep how) {
  std::string from = name::shown_prefix(id);
  const std::string to = end_of(from);
  for (;;) {
    auto page = co_await records_.records(from, to, kShowingsAtOnce);
    if (!page) co_return std::unexpected(page.error());
    std::vector<RecordChange> over;
    bool alive = false;
    for (const Record& record : page->items) {
      auto showing = showing_from(record);
      if (!showing) co_return std::unexpected(showing.error());
      auto there = co_await shows(id, *showing, AccountId{});
      if (!there) co_return std::unexpected(there.error());
      alive = *there;
      if (alive) break;
      over.push_back(RecordChange{record.name, std::nullopt});
      over.push_back(RecordChange{name::in(id, *showing), std::nullopt});
    }
    if (how == Sweep::real && !over.empty()) {
      auto forgotten = co_await records_.write(std::move(over), Durable::later);
      if (!forgotten) co_return std::unexpected(forgotten.error());
    }
    if (alive || page->more == More::no || page->items.empty()) co_return alive;
    from = page->items.back().name + '\0';
  }
}

// Whether its bytes go with it: no other file has them, or (in a dry sweep) the others go too and it is the last of them.
Task<Result<bool>> Files::last_of_its_bytes(File file, Sweep how) {
  std::string prefix = name::blob_prefix(file.blob);
  auto page = co_await records_.records(prefix, end_of(prefix), kSameBytesMax);
  if (!page) co_return std::unexpected(page.error());
  for (const Record& record : page->items) {
    std::string other = id_from(record.name);
    if (other == file.id) continue;
    if (how == Sweep::real || other > file.id || page->more == More::yes) co_return false;
    auto bytes = co_await records_.record(name::file(other));
    auto loaded = bytes ? wire::load_file(*bytes) : Result<File>(std::unexpected(bytes.error()));
    if (!loaded) co_return false;
    auto stays = co_await needed(std::move(*loaded), how);
    if (!stays) co_return std::unexpected(stays.error());
    if (*stays) co_return false;
  }
  co_return true;
}

// False when somebody has just sent it.
Task<Result<bool>> Files::take_away(Stored going) {
  const File& file = going.file;
  for (int attempt = 1;; ++attempt) {
    auto before = co_await records_.record(name::usage(file.owner));
    if (!before) co_return std::unexpected(before.error());
    auto used = usage_from(*before);
    if (!used) co_return std::unexpected(used.error());
    Usage rest{used->files - std::min<std::uint64_t>(used->files, 1), used->bytes - std::min(used->bytes, file.size)};
    std::vector<RecordChange> changes;
    changes.push_back(RecordChange{name::usage(file.owner), to_text(rest), IfEquals{*before}});
    changes.push_back(RecordChange{name::file(file.id), std::nullopt, IfEquals{going.bytes}});
    changes.push_back(RecordChange{name::own(file), std::nullopt});
    changes.push_back(RecordChange{name::blob(file), std::nullopt});
    auto written = co_await records_.write(std::move(changes), Durable::now);
    if (written) break;
    if (written.error().code != Code::conflict) co_return std::unexpected(written.error());
    auto still = co_await records_.record(name::file(file.id));
    if (!still || *still != going.bytes || attempt == kAttempts) co_return false;
  }
  // Of an expired file there may be showings and holders.
  for (const std::string& prefix : {name::shown_prefix(file.id), name::kept_prefix(file.id)}) {
    for (;;) {
      auto page = co_await records_.records(prefix, end_of(prefix), kShowingsAtOnce);
      if (!page) co_return std::unexpected(page.error());
      std::vector<RecordChange> over;
      for (const Record& record : page->items) {
        auto showing = showing_from(record);
        over.push_back(RecordChange{record.name, std::nullopt});
        if (showing && prefix == name::shown_prefix(file.id))
          over.push_back(RecordChange{name::in(file.id, *showing), std::nullopt});
      }
      if (over.empty()) break;
      auto forgotten = co_await records_.write(std::move(over), Durable::later);
      if (!forgotten) co_return std::unexpected(forgotten.error());
    }
  }
  auto dropped = co_await drop_unused(file.blob);
  if (!dropped) co_return std::unexpected(dropped.error());
  co_return true;
}

Task<Result<bool>> Files::referred(BlobId blob) {
  std::string prefix = name::blob_prefix(blob);
  auto page = co_await records_.records(prefix, end_of(prefix), 1);
  if (!page) co_return std::unexpected(page.error());
  co_return !page->items.empty();
}

// Condemned first, looked for then: see blob/pins.h.
Task<Result<void>> Files::drop_unused(BlobId blob) {
  auto condemned = co_await blobs_.condemn(blob);
  if (!condemned && condemned.error().code == Code::conflict) co_return Result<void>{};
  if (!condemned) co_return std::unexpected(condemned.error());
  auto used = co_await referred(blob);
  if (!used || *used) blobs_.pardon(blob, *condemned);
  if (!used) co_return std::unexpected(used.error());
  if (*used) co_return Result<void>{};
  auto removed = co_await blobs_.remove(blob, *condemned);
  if (!removed && removed.error().code != Code::conflict) co_return removed;
  co_return Result<void>{};
}

Task<Result<SweepStep>> Files::sweep_uploads(std::string after, Sweep how) {
  std::string from = after.empty() ? name::kUploads : name::upload(after) + '\0';
  auto page = co_await records_.records(from, end_of(name::kUploads), kUploadsAtOnce);
  if (!page) co_return std::unexpected(page.error());
  SweepStep step;
  for (const Record& record : page->items) {
    auto upload = wire::load_upload(record.value);
    if (!upload) {
      log::error("files.unreadable", {{"record", record.name}});
      continue;
    }
    if (clock_.now() - upload->created < limits_.unused) continue;
    ++step.swept.uploads;
    if (how == Sweep::dry) continue;
    auto ended = co_await end_upload(std::move(*upload));
    if (!ended && ended.error().code != Code::conflict) co_return std::unexpected(ended.error());
  }
  bool more = page->more == More::yes && !page->items.empty();
  step.next = more ? place(kUploadsPass, id_from(page->items.back().name)) : place(kPiecesPass, {});
  co_return step;
}

UploadHold Files::hold_upload(const std::string& id) {
  if (!held_->with([&](std::set<std::string>& held) { return held.insert(id).second; })) return nullptr;
  auto let_go = [names = held_, id](const void*) { names->with([&](std::set<std::string>& held) { held.erase(id); }); };
  return UploadHold(this, std::move(let_go));
}

bool Files::upload_held(const std::string& id) const {
  return held_->with([&](const std::set<std::string>& held) { return held.contains(id); });
}

Task<Result<void>> Files::end_upload(Upload upload) {
  UploadHold hold = hold_upload(upload.id);
  if (!hold) co_return fail(Code::conflict, "The upload is being completed.");
  auto bytes = co_await records_.record(name::upload(upload.id));
  if (!bytes && bytes.error().code != Code::not_found) co_return std::unexpected(bytes.error());
  auto latest = bytes ? wire::load_upload(*bytes) : Result<Upload>(std::move(upload));
  if (!latest) co_return std::unexpected(latest.error());
  co_return co_await forget(std::move(*latest));
}

Task<Result<void>> Files::forget(Upload upload) {
  auto discarded = co_await blobs_.discard(upload.id);
  if (!discarded) co_return discarded;
  std::vector<RecordChange> changes;
  changes.push_back(RecordChange{name::upload(upload.id), std::nullopt});
  changes.push_back(RecordChange{name::upload_of(upload), std::nullopt});
  bool has_bytes = !upload.blob.hex.empty();
  if (has_bytes) changes.push_back(RecordChange{name::upload_blob(upload), std::nullopt});
  auto written = co_await records_.write(std::move(changes), Durable::now);
  if (!written || !has_bytes) co_return written;
  co_return co_await drop_unused(upload.blob);
}

// The record is written before the first piece, so pieces without one are what a crash left of an end.
Task<Result<SweepStep>> Files::sweep_pieces(std::string after, Sweep how) {
  auto names = co_await blobs_.uploads(after, kUploadsAtOnce);
  if (!names) co_return std::unexpected(names.error());
  SweepStep step;
  for (const std::string& id : *names) {
    auto known = co_await records_.record(name::upload(id));
    if (known) continue;
    if (known.error().code != Code::not_found) co_return std::unexpected(known.error());
    ++step.swept.uploads;
    if (how == Sweep::dry) continue;
    auto discarded = co_await blobs_.discard(id);
    if (!discarded && discarded.error().code != Code::conflict) co_return std::unexpected(discarded.error());
  }
  step.next = names->size() < kUploadsAtOnce ? place(kBlobsPass, {}) : place(kPiecesPass, names->back());
  co_return step;
}

Task<Result<SweepStep>> Files::sweep_blobs(std::string after, Sweep how) {
  BlobId last{after};
  auto page = co_await blobs_.list(last, kBlobsAtOnce);
  if (!page) co_return std::unexpected(page.error());
  SweepStep step;
  for (const BlobInfo& info : *page) {
    auto used = co_await referred(info.id);
    if (!used) co_return std::unexpected(used.error());
    if (*used) continue;
    // Somebody who has just stored it holds a pin.
    if (blobs_.pinned(info.id)) continue;
    if (how == Sweep::real) {
      auto condemned = co_await blobs_.condemn(info.id);
      if (!condemned) continue;
      auto used_now = co_await referred(info.id);
      if (!used_now || *used_now) blobs_.pardon(info.id, *condemned);
      if (!used_now) co_return std::unexpected(used_now.error());
      if (*used_now) continue;
      auto removed = co_await blobs_.remove(info.id, *condemned);
      if (!removed && removed.error().code == Code::conflict) continue;
      if (!removed) co_return std::unexpected(removed.error());
    }
    ++step.swept.blobs;
    step.swept.bytes += info.size;
  }
  if (page->size() == kBlobsAtOnce) step.next = place(kBlobsPass, page->back().id.hex);
  co_return step;
}

}  // namespace homing::chat
