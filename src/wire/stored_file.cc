// Files and uploads as they lie on disk.
#include "stored.pb.h"
#include "wire/stored.h"

namespace homing::wire {
namespace {

constexpr std::uint32_t kKindMax = static_cast<std::uint32_t>(FileKind::document);

}  // namespace

std::string store(const File& file) {
  stored::File record;
  record.set_id(file.id);
  record.set_owner(file.owner.value);
  record.set_name(file.name);
  record.set_kind(static_cast<std::uint32_t>(file.kind));
  record.set_mime_type(file.mime_type);
  record.set_size(file.size);
  record.set_blob(file.blob.hex);
  record.set_created_ms(file.created.ms);
  record.set_used_ms(file.used.ms);
  record.set_expires_ms(file.expires.ms);
  record.set_deleted_ms(file.deleted.ms);
  record.set_width(file.width);
  record.set_height(file.height);
  record.set_thumbnail(file.thumbnail);
  record.set_stays_ms(file.stays.ms);
  record.set_animated(file.motion == Motion::animated);
  return record.SerializeAsString();
}

Result<File> load_file(std::string_view bytes) {
  stored::File record;
  bool parsed = record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  auto blob = BlobId::parse(record.blob());
  if (!parsed || !blob || record.id().empty() || record.kind() > kKindMax) {
    return fail(Code::corrupt, "A stored file cannot be read.");
  }
  return File{record.id(),
              AccountId{record.owner()},
              record.name(),
              static_cast<FileKind>(record.kind()),
              record.mime_type(),
              record.size(),
              std::move(*blob),
              Time{record.created_ms()},
              Time{record.used_ms()},
              Time{record.expires_ms()},
              Time{record.deleted_ms()},
              record.width(),
              record.height(),
              record.thumbnail(),
              Time{record.stays_ms()},
              record.animated() ? Motion::animated : Motion::still};
}

std::string store(const Upload& upload) {
  stored::Upload record;
  record.set_id(upload.id);
  record.set_owner(upload.owner.value);
  record.set_size(upload.size);
  record.set_name(upload.name);
  record.set_mime_type(upload.mime_type);
  record.set_created_ms(upload.created.ms);
  record.set_file(upload.file);
  record.set_blob(upload.blob.hex);
  record.set_strip_metadata(upload.metadata == Metadata::strip);
  return record.SerializeAsString();
}

Result<Upload> load_upload(std::string_view bytes) {
  stored::Upload record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || record.id().empty()) {
    return fail(Code::corrupt, "A stored upload cannot be read.");
  }
  Metadata metadata = record.strip_metadata() ? Metadata::strip : Metadata::keep;
  return Upload{record.id(),   AccountId{record.owner()}, record.size(),
                record.name(), record.mime_type(),        Time{record.created_ms()},
                record.file(), BlobId{record.blob()},     metadata};
}

}  // namespace homing::wire
