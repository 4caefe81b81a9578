#include "chat/uploads.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "chat/capped_writer.h"
#include "chat/file_names.h"
#include "wire/limits.h"
#include "wire/stored.h"

namespace homing::chat {
namespace {

bool has_all(const Upload& upload) { return !upload.blob.hex.empty() || !upload.file.empty(); }

// Whether an upload is refused for its content, so that it would be refused again; everything else passes.
bool for_what_it_is(Code code) {
  return code == Code::media_wrong_type || code == Code::media_too_big || code == Code::media_dangerous ||
         code == Code::quota_exceeded;
}

// Of an upload whose bytes are all here: there is nothing more to write.
class AllHere final : public BlobWriter {
 public:
  explicit AllHere(Upload upload) : upload_(std::move(upload)) {}
  std::uint64_t size() const override { return upload_.size; }
  Task<Result<void>> write(std::string) override { co_return fail(Code::media_too_big); }
  Task<Result<void>> sync() override { co_return Result<void>{}; }
  Task<Result<StoredBlob>> finish() override { co_return fail(Code::conflict, "The upload is finished."); }

 private:
  const Upload upload_;
};

}  // namespace

Uploads::Uploads(Files& files, Records& records, BlobStore& blobs, Clock& clock, Random& random)
    : files_(files),
      records_(records),
      blobs_(blobs),
      clock_(clock),
      random_(random),
      beginnings_(clock, TurnLimits{}) {}

Task<Result<Upload>> Uploads::begin(AccountId owner, std::uint64_t size, std::string name, std::string mime_type,
                                    Metadata metadata) {
  auto turn = co_await beginnings_.take(owner);
  if (!turn) co_return std::unexpected(turn.error());
  std::string prefix = name::upload_prefix(owner);
  auto open = co_await records_.records(prefix, end_of(prefix), limits::kUploadsOpenMax);
  if (!open) co_return std::unexpected(open.error());
  if (open->items.size() >= limits::kUploadsOpenMax) co_return fail(Code::rate_limited, "Too many uploads are open.");
  if (size > limits::kDocumentBytesMax) co_return fail(Code::media_too_big);
  // Until the record is there, which counts for it.
  auto room = co_await files_.room().take(owner, size);
  if (!room) co_return std::unexpected(room.error());

  // Nobody can guess the name; that it is somebody's is checked as well.
  std::string id = fmt::format("{:016x}{:016x}", random_.number(), random_.number());
  Upload upload{std::move(id), owner, size, clean_file_name(name), clean_mime_type(mime_type), clock_.now()};
  upload.metadata = metadata;
  std::vector<RecordChange> changes;
  changes.push_back(RecordChange{name::upload(upload.id), wire::store(upload), IfAbsent{}});
  changes.push_back(RecordChange{name::upload_of(upload), kMark});
  auto written = co_await records_.write(std::move(changes), Durable::now);
  if (!written) co_return std::unexpected(written.error());
  co_return upload;
}

Task<Result<Uploads::Kept>> Uploads::kept(AccountId owner, std::string id) {
  if (!good_upload_name(id)) co_return fail(Code::not_found);
  auto bytes = co_await records_.record(name::upload(id));
  if (!bytes) co_return std::unexpected(bytes.error());
  auto upload = wire::load_upload(*bytes);
  if (!upload) co_return std::unexpected(upload.error());
  if (upload->owner != owner) co_return fail(Code::not_found);
  Kept both{std::move(*upload), std::move(*bytes)};
  co_return both;
}

Task<Result<Upload>> Uploads::owned(AccountId owner, std::string id) {
  auto found = co_await kept(owner, std::move(id));
  if (!found) co_return std::unexpected(found.error());
  co_return std::move(found->upload);
}

// The pieces first, then who completes it, then the record: whoever completes it meanwhile is noticed by one of them.
Task<Result<UploadState>> Uploads::state(AccountId owner, std::string id) {
  if (!good_upload_name(id)) co_return fail(Code::not_found);
  auto offset = co_await blobs_.size_of(id);
  if (!offset && offset.error().code != Code::not_found) co_return std::unexpected(offset.error());
  bool held = files_.upload_held(id);
  auto upload = co_await owned(owner, std::move(id));
  if (!upload) co_return std::unexpected(upload.error());
  Time expires = upload->created + files_.limits().unused;
  std::uint64_t here = held || has_all(*upload) ? upload->size : offset.value_or(0);
  UploadState state{std::move(*upload), here, expires};
  co_return state;
}

Task<Result<std::unique_ptr<BlobWriter>>> Uploads::resume(AccountId owner, std::string id, std::uint64_t offset) {
  auto upload = co_await owned(owner, id);
  if (!upload) co_return std::unexpected(upload.error());
  if (!upload->file.empty()) co_return fail(Code::conflict, "The upload is complete.", "offset");
  if (offset > upload->size) co_return fail(Code::conflict, "The upload is not so long.", "offset");
  if (files_.upload_held(id)) co_return fail(Code::conflict, "The upload is being completed.", "offset");
  if (has_all(*upload)) {
    if (offset != upload->size) co_return fail(Code::conflict, "The upload goes on elsewhere.", "offset");
    co_return std::make_unique<AllHere>(std::move(*upload));
  }
  auto writer = co_await blobs_.resume(id, upload->size - offset);
  if (!writer) co_return std::unexpected(writer.error());
  if ((*writer)->size() != offset) co_return fail(Code::conflict, "The upload goes on elsewhere.", "offset");
  // Another request may have completed it before this one had the pieces.
  auto now = co_await owned(owner, id);
  if (!now) co_return std::unexpected(now.error());
  if (has_all(*now) || files_.upload_held(id)) {
    co_return fail(Code::conflict, "The upload is being completed.", "offset");
  }
  co_return capped(std::move(*writer), upload->size);
}

Task<Result<void>> Uploads::write(Kept& kept, std::vector<RecordChange> changes) {
  std::string bytes = wire::store(kept.upload);
  changes.push_back(RecordChange{name::upload(kept.upload.id), bytes, IfEquals{kept.bytes}});
  auto written = co_await records_.write(std::move(changes), Durable::now);
  if (written) kept.bytes = std::move(bytes);
  co_return written;
}

// From here on the record holds the bytes: no sweep takes them, and nobody has to send them again.
Task<Result<StoredBlob>> Uploads::all_bytes(Kept& kept, BlobWriter& writer) {
  if (has_all(kept.upload)) {
    BlobInfo info{kept.upload.blob, kept.upload.size};
    StoredBlob stored{std::move(info), nullptr};
    co_return stored;
  }
  auto stored = co_await writer.finish();
  if (!stored) co_return stored;
  kept.upload.blob = stored->info.id;
  std::vector<RecordChange> changes;
  changes.push_back(RecordChange{name::upload_blob(kept.upload), kMark});
  auto written = co_await write(kept, std::move(changes));
  if (!written) {
    co_await files_.drop(std::move(*stored));
    co_return std::unexpected(written.error());
  }
  co_return stored;
}

Task<Result<File>> Uploads::complete(AccountId owner, std::string id, std::unique_ptr<BlobWriter> writer) {
  UploadHold hold = files_.hold_upload(id);
  if (!hold) co_return fail(Code::conflict, "The upload is being completed.", "offset");
  auto found = co_await kept(owner, std::move(id));
  if (!found) co_return std::unexpected(found.error());
  Kept& here = *found;
  if (!here.upload.file.empty()) co_return co_await files_.find(owner, here.upload.file);
  if (writer->size() != here.upload.size) co_return fail(Code::conflict, "The upload is not complete.", "offset");
  auto stored = co_await all_bytes(here, *writer);
  writer.reset();
  if (!stored) co_return std::unexpected(stored.error());
  NewFile about{here.upload.name, here.upload.mime_type, here.upload.metadata, {}};
  auto file = co_await files_.add(owner, std::move(*stored), std::move(about));
  // If this fails, the sweep ends the upload.
  Result<void> ended;
  if (file) {
    ended = co_await became(std::move(here), *file);
  } else if (for_what_it_is(file.error().code)) {
    ended = co_await files_.forget(std::move(here.upload));
  }
  if (!ended) log::warn("uploads.end_failed", {{"detail", ended.error().detail}});
  co_return file;
}

// Who did not hear the answer asks again.
Task<Result<void>> Uploads::became(Kept kept, File file) {
  kept.upload.file = file.id;
  std::vector<RecordChange> changes;
  changes.push_back(RecordChange{name::upload_of(kept.upload), std::nullopt});
  changes.push_back(RecordChange{name::upload_blob(kept.upload), std::nullopt});
  BlobInfo sent{kept.upload.blob, kept.upload.size};
  auto written = co_await write(kept, std::move(changes));
  if (!written || sent.id == file.blob) co_return written;
  StoredBlob rewritten{std::move(sent), nullptr};
  co_await files_.drop(std::move(rewritten));
  co_return written;
}

Task<Result<void>> Uploads::abandon(AccountId owner, std::string id) {
  auto upload = co_await owned(owner, std::move(id));
  if (!upload) co_return std::unexpected(upload.error());
  co_return co_await files_.end_upload(std::move(*upload));
}

}  // namespace homing::chat
