#include "chat/uploads.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "chat/capped_writer.h"
#include "chat/file_names.h"
#include "wire/limits.h"
#include "wire/stored.h"

namespace homing::chat {

Uploads::Uploads(Files& files, Records& records, BlobStore& blobs, Clock& clock, Random& random)
    : files_(files), records_(records), blobs_(blobs), clock_(clock), random_(random) {}

Task<Result<Upload>> Uploads::begin(AccountId owner, std::uint64_t size, std::string name, std::string mime_type) {
  std::string prefix = name::upload_prefix(owner);
  auto open = co_await records_.records(prefix, end_of(prefix), limits::kUploadsOpenMax);
  if (!open) co_return std::unexpected(open.error());
  if (open->items.size() >= limits::kUploadsOpenMax) co_return fail(Code::rate_limited, "Too many uploads are open.");
  std::uint64_t pending = 0;
  for (const Record& record : open->items) {
    auto other = co_await owned(owner, id_from(record.name));
    if (other) pending += other->size;
  }
  auto room = co_await files_.check_room(owner, size, pending);
  if (!room) co_return std::unexpected(room.error());

  // Nobody can guess the name; that it is somebody's is checked as well.
  std::string id = fmt::format("{:016x}{:016x}", random_.number(), random_.number());
  Upload upload{std::move(id), owner, size, clean_file_name(name), clean_mime_type(mime_type), clock_.now()};
  std::vector<RecordChange> changes;
  changes.push_back(RecordChange{name::upload(upload.id), wire::store(upload), IfAbsent{}});
  changes.push_back(RecordChange{name::upload_of(upload), kMark});
  auto written = co_await records_.write(std::move(changes), Durable::now);
  if (!written) co_return std::unexpected(written.error());
  co_return upload;
}

Task<Result<Upload>> Uploads::owned(AccountId owner, std::string id) {
  if (!good_upload_name(id)) co_return fail(Code::not_found);
  auto bytes = co_await records_.record(name::upload(id));
  if (!bytes) co_return std::unexpected(bytes.error());
  auto upload = wire::load_upload(*bytes);
  if (!upload) co_return std::unexpected(upload.error());
  if (upload->owner != owner) co_return fail(Code::not_found);
  co_return upload;
}

Task<Result<UploadState>> Uploads::state(AccountId owner, std::string id) {
  auto upload = co_await owned(owner, id);
  if (!upload) co_return std::unexpected(upload.error());
  auto offset = co_await blobs_.size_of(std::move(id));
  if (!offset && offset.error().code != Code::not_found) co_return std::unexpected(offset.error());
  Time expires = upload->created + files_.limits().unused;
  std::uint64_t here = upload->file.empty() ? offset.value_or(0) : upload->size;
  UploadState state{std::move(*upload), here, expires};
  co_return state;
}

Task<Result<std::unique_ptr<BlobWriter>>> Uploads::resume(AccountId owner, std::string id, std::uint64_t offset) {
  auto upload = co_await owned(owner, id);
  if (!upload) co_return std::unexpected(upload.error());
  if (!upload->file.empty()) co_return fail(Code::conflict, "The upload is complete.", "offset");
  if (offset > upload->size) co_return fail(Code::conflict, "The upload is not so long.", "offset");
  auto writer = co_await blobs_.resume(std::move(id), upload->size - offset);
  if (!writer) co_return std::unexpected(writer.error());
  if ((*writer)->size() != offset) co_return fail(Code::conflict, "The upload goes on elsewhere.", "offset");
  co_return capped(std::move(*writer), upload->size);
}

Task<Result<File>> Uploads::complete(AccountId owner, std::string id, std::unique_ptr<BlobWriter> writer,
                                     Metadata metadata) {
  auto upload = co_await owned(owner, std::move(id));
  if (!upload) co_return std::unexpected(upload.error());
  if (writer->size() != upload->size) co_return fail(Code::conflict, "The upload is not complete.", "offset");
  auto stored = co_await writer->finish();
  if (!stored) co_return std::unexpected(stored.error());
  writer.reset();
  NewFile about{upload->name, upload->mime_type, metadata, {}};
  auto file = co_await files_.add(owner, std::move(*stored), std::move(about));
  // Who did not hear the answer asks again. If this fails, the sweep ends the upload.
  Result<void> ended;
  if (file) {
    upload->file = file->id;
    std::vector<RecordChange> changes;
    changes.push_back(RecordChange{name::upload_of(*upload), std::nullopt});
    changes.push_back(RecordChange{name::upload(upload->id), wire::store(*upload)});
    ended = co_await records_.write(std::move(changes), Durable::now);
  } else {
    ended = co_await files_.end_upload(std::move(*upload));
  }
  if (!ended) log::warn("uploads.end_failed", {{"detail", ended.error().detail}});
  co_return file;
}

Task<Result<void>> Uploads::abandon(AccountId owner, std::string id) {
  auto upload = co_await owned(owner, std::move(id));
  if (!upload) co_return std::unexpected(upload.error());
  co_return co_await files_.end_upload(std::move(*upload));
}

}  // namespace homing::chat
