// Files: uploading, fetching, sending.
#include "chat/files.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "chat/capped_writer.h"
#include "chat/file_names.h"
#include "chat/room_writer.h"
#include "wire/limits.h"
#include "wire/stored.h"

namespace homing::chat {
namespace {

constexpr int kAttempts = 5;  // when others change the same records at the same moment
constexpr std::uint64_t kIdsEnd = 1'000'000'000'000'000;  // 15 digits
constexpr std::size_t kMediaMax = 32;  // Header.media
// A file that is sent counts as used from then on; written down when the last time is this part of Files' limit ago.
constexpr int kUsedParts = 4;

Error or_unknown(Error error) {
  if (error.code == Code::not_found) return Error{Code::media_unknown, {}, "media", {}};
  return error;
}

}  // namespace

Files::Files(Records& records, BlobStore& blobs, Inspector& inspector, Directory& directory, EventLog& log,
             Clock& clock, Random& random, FileLimits limits)
    : records_(records),
      blobs_(blobs),
      inspector_(inspector),
      directory_(directory),
      log_(log),
      clock_(clock),
      random_(random),
      limits_(limits),
      room_(records, limits.account_bytes) {}

Task<Result<std::unique_ptr<BlobWriter>>> Files::begin(AccountId owner, std::uint64_t size, Announced announced) {
  if (size > limits::kDocumentBytesMax) co_return fail(Code::media_too_big);
  std::uint64_t at_first = announced == Announced::yes ? size : 0;
  auto held = co_await room_.take(owner, at_first);
  if (!held) co_return std::unexpected(held.error());
  auto writer = co_await blobs_.begin(at_first);
  if (!writer) co_return std::unexpected(writer.error());
  co_return in_room(capped(std::move(*writer), size), room_, std::move(*held));
}

Task<Result<StoredBlob>> Files::store(std::string bytes) {
  auto writer = co_await blobs_.begin(bytes.size());
  if (!writer) co_return std::unexpected(writer.error());
  auto written = co_await (*writer)->write(std::move(bytes));
  if (!written) co_return std::unexpected(written.error());
  co_return co_await (*writer)->finish();
}

Task<Result<File>> Files::add(AccountId owner, StoredBlob stored, NewFile about) {
  File file;
  file.owner = owner;
  file.name = clean_file_name(about.name);
  file.expires = about.expires;
  if (about.unused > limits_.unused) file.stays = clock_.now() + about.unused;
  auto refuse = [this](Error error) -> Result<File> {
    ++metrics_.refused;
    return std::unexpected(std::move(error));
  };

  auto blob = co_await blobs_.open(stored.info.id);
  if (!blob) co_return std::unexpected(blob.error());
  auto turn = co_await inspections_.take(owner);
  CHECK(turn) << "inspections wait without an end";
  auto seen = co_await inspector_.inspect(*blob, clean_mime_type(about.mime_type), about.metadata);
  turn->reset();
  BlobInfo first = stored.info;
  BlobPin held = stored.pin;  // its room too, also when other bytes are kept
  Result<File> made;
  if (!seen) {
    made = refuse(seen.error());
  } else {
    Result<void> rewritten;
    if (!seen->rewritten.empty()) {
      auto other = co_await store(std::move(seen->rewritten));
      if (other) stored = std::move(*other);
      if (!other) rewritten = std::unexpected(other.error());
    }
    file.kind = seen->kind;
    file.mime_type = seen->mime_type;
    if (seen->kind == FileKind::audio || seen->kind == FileKind::video) file.mime_type += codecs_of(about.mime_type);
    file.width = seen->width;
    file.height = seen->height;
    file.thumbnail = std::move(seen->thumbnail);
    file.motion = seen->motion;
    file.size = stored.info.size;
    file.blob = stored.info.id;
    if (rewritten) {
      made = co_await write_down(std::move(file));
      if (!made) made = refuse(made.error());
    } else {
      made = refuse(rewritten.error());
    }
  }
  // What no file came of goes at once; a crash in between leaves it to the sweep.
  BlobInfo last = stored.info;
  held.reset();
  stored.pin.reset();
  if (!made || first != last) {
    auto dropped = co_await drop_unused(first.id);
    if (!dropped) log::warn("files.drop_failed", {{"detail", dropped.error().detail}});
  }
  if (!made && first != last) (void)co_await drop_unused(last.id);
  if (made) ++metrics_.added;
  co_return made;
}

Task<void> Files::drop(StoredBlob stored) {
  stored.pin.reset();
  auto dropped = co_await drop_unused(stored.info.id);
  if (!dropped) log::warn("files.drop_failed", {{"detail", dropped.error().detail}});  // the sweep takes it
}

Task<Result<File>> Files::write_down(File file) {
  file.created = file.used = clock_.now();
  for (int attempt = 1;; ++attempt) {
    file.id = std::to_string(1 + random_.below(kIdsEnd - 1));
    auto before = co_await records_.record(name::usage(file.owner));
    if (!before && before.error().code != Code::not_found) co_return std::unexpected(before.error());
    Result<Usage> used = before ? usage_from(*before) : Usage{};
    if (!used) co_return std::unexpected(used.error());
    if (used->bytes > limits_.account_bytes || file.size > limits_.account_bytes - used->bytes)
      co_return fail(Code::quota_exceeded);

    RecordChange usage{name::usage(file.owner), to_text({used->files + 1, used->bytes + file.size}), IfAbsent{}};
    if (before) usage.condition = IfEquals{*before};
    std::vector<RecordChange> changes;
    changes.push_back(std::move(usage));
    changes.push_back(RecordChange{name::file(file.id), wire::store(file), IfAbsent{}});
    changes.push_back(RecordChange{name::own(file), kMark});
    changes.push_back(RecordChange{name::blob(file), kMark});
    auto written = co_await records_.write(std::move(changes), Durable::now);
    if (written) co_return file;
    if (written.error().code != Code::conflict || attempt == kAttempts) co_return std::unexpected(written.error());
  }
}

Task<Result<Files::Stored>> Files::stored(FileId id) {
  auto bytes = co_await records_.record(name::file(id));
  if (!bytes) co_return std::unexpected(or_unknown(bytes.error()));
  auto file = wire::load_file(*bytes);
  if (!file) co_return std::unexpected(file.error());
  if (is_over(file->expires, clock_.now())) co_return fail(Code::media_unknown, {}, "media");
  Stored both{std::move(*file), std::move(*bytes)};
  co_return both;
}

Task<Result<File>> Files::find(AccountId account, FileId id) {
  auto found = co_await stored(id);
  if (!found) co_return std::unexpected(found.error());
  bool own = found->file.owner == account && found->file.deleted.ms == 0;
  if (!own) {
    auto showing = co_await first_visible(account, id);
    if (!showing) co_return std::unexpected(showing.error());
    Result<bool> visible = showing->has_value();
    if (!*visible) visible = co_await pictured_for(account, id);
    if (!visible) co_return std::unexpected(visible.error());
    if (!*visible) co_return fail(Code::media_unknown, {}, "media");
  }
  co_return std::move(found->file);
}

Task<Result<OpenFile>> Files::open(AccountId account, FileId id) {
  auto file = co_await find(account, std::move(id));
  if (!file) co_return std::unexpected(file.error());
  auto blob = co_await blobs_.open(file->blob);
  if (!blob) co_return std::unexpected(or_unknown(blob.error()));
  OpenFile opened{std::move(*file), std::move(*blob)};
  co_return opened;
}

Task<Result<Files::Stored>> Files::sendable(AccountId account, FileId id) {
  auto allowed = co_await find(account, id);
  if (!allowed) co_return std::unexpected(allowed.error());
  auto found = co_await stored(std::move(id));
  if (!found) co_return std::unexpected(found.error());
  if (found->file.deleted.ms != 0) co_return fail(Code::media_unknown, {}, "media");
  co_return found;
}

Task<Result<void>> Files::claim(AccountId account, std::vector<FileId> ids) {
  for (const FileId& id : ids) {
    if (!claims_.claim(id, clock_.now())) co_return fail(Code::media_unknown, {}, "media");
    for (int attempt = 1;; ++attempt) {
      auto found = co_await sendable(account, id);
      if (!found) co_return std::unexpected(found.error());
      if (clock_.now() - found->file.used < limits_.unused / kUsedParts) break;
      // The condition: the sweep may be taking it away at this moment.
      found->file.used = clock_.now();
      std::vector<RecordChange> changes;
      changes.push_back(RecordChange{name::file(id), wire::store(found->file), IfEquals{found->bytes}});
      auto written = co_await records_.write(std::move(changes), Durable::now);
      if (written) break;
      if (written.error().code != Code::conflict || attempt == kAttempts) co_return written;
    }
  }
  co_return Result<void>{};
}

Task<Result<void>> Files::erase(AccountId account, FileId id) {
  for (int attempt = 1;; ++attempt) {
    auto found = co_await stored(id);
    if (!found) co_return std::unexpected(found.error());
    if (found->file.owner != account || found->file.deleted.ms != 0) co_return fail(Code::media_unknown, {}, "media");
    auto gone = co_await take_unsent(*found);
    if (!gone) co_return std::unexpected(gone.error());
    if (*gone) co_return Result<void>{};
    found->file.deleted = clock_.now();
    std::vector<RecordChange> changes;
    changes.push_back(RecordChange{name::file(id), wire::store(found->file), IfEquals{found->bytes}});
    changes.push_back(RecordChange{name::own(found->file), std::nullopt});
    auto written = co_await records_.write(std::move(changes), Durable::now);
    if (written || written.error().code != Code::conflict || attempt == kAttempts) co_return written;
  }
}

Task<Result<bool>> Files::any(std::string prefix) {
  auto page = co_await records_.records(prefix, end_of(prefix), 1);
  if (!page) co_return std::unexpected(page.error());
  co_return !page->items.empty();
}

// Nobody was sent it, nobody is being sent it, and nothing holds it: then nobody needs it but its owner.
Task<Result<bool>> Files::take_unsent(Stored stored) {
  const FileId id = stored.file.id;
  if (!claims_.begin_taking(id, clock_.now())) co_return false;
  auto end = [this, &id](const void*) { claims_.end_taking(id); };
  std::unique_ptr<const void, decltype(end)> taking(this, end);
  for (const std::string& prefix : {name::shown_prefix(id), name::kept_prefix(id)}) {
    auto needed = co_await any(prefix);
    if (!needed) co_return std::unexpected(needed.error());
    if (*needed) co_return false;
  }
  co_return co_await take_away(std::move(stored));
}

Task<Result<std::string>> Files::thumbnail(FileId id) {
  auto found = co_await stored(std::move(id));
  if (!found) co_return std::unexpected(found.error());
  co_return std::move(found->file.thumbnail);
}

Task<Result<void>> Files::keep(AccountId account, FileId id) {
  std::vector<FileId> ids{id};
  auto claimed = co_await claim(account, std::move(ids));
  if (!claimed) co_return claimed;
  std::vector<RecordChange> changes;
  changes.push_back(RecordChange{name::kept(id, holder(account)), kMark});
  co_return co_await records_.write(std::move(changes), Durable::now);
}

Task<Result<void>> Files::release(AccountId account, FileId id) {
  std::vector<RecordChange> changes;
  changes.push_back(RecordChange{name::kept(id, holder(account)), std::nullopt});
  co_return co_await records_.write(std::move(changes), Durable::now);
}

Task<Result<void>> Files::shown(std::vector<Envelope> envelopes) {
  std::vector<RecordChange> changes;
  for (const Envelope& envelope : envelopes) {
    const Header& header = envelope.sealed->header;
    for (const FileId& id : header.media) {
      Showing showing{envelope.conversation, envelope.seq, header.expires};
      changes.push_back(RecordChange{name::shown(id, showing), until(showing)});
      changes.push_back(RecordChange{name::in(id, showing), kMark});
      if (!std::holds_alternative<Pictured>(header.kind)) continue;
      changes.push_back(RecordChange{name::kept(id, holder(envelope.conversation)), kMark});
    }
    if (changes.size() + 3 * kMediaMax <= kRecordChangesMax) continue;
    auto written = co_await records_.write(std::exchange(changes, {}), Durable::later);
    if (!written) co_return written;
  }
  Result<void> written;
  if (!changes.empty()) written = co_await records_.write(std::move(changes), Durable::later);
  if (!written) co_return written;
  for (const Envelope& envelope : envelopes) {
    for (const FileId& id : envelope.sealed->header.media) claims_.shown(id);
  }
  co_return written;
}

}  // namespace homing::chat
