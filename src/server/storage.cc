#include "server/storage.h"

#include <utility>

#include "blob/file/file_blobs.h"
#include "store/rocks/rocks_store.h"

namespace homing::server {

std::filesystem::path store_path(const std::filesystem::path& data) { return data / "store"; }
std::filesystem::path blobs_path(const std::filesystem::path& data) { return data / "blobs"; }

Result<std::unique_ptr<Storage>> Storage::open(const std::filesystem::path& data, std::uint64_t blob_bytes_max) {
  std::error_code failed;
  bool made = std::filesystem::create_directories(data, failed);
  if (failed) return fail(Code::unavailable, data.string() + ": " + failed.message());
  // Messages and hashed tokens: nobody else's business.
  if (made) std::filesystem::permissions(data, std::filesystem::perms::owner_all, failed);

  std::unique_ptr<Storage> storage(new Storage);
  auto store = RocksStore::open(store_path(data), storage->clock_);
  if (!store && store.error().code == Code::conflict) {
    return fail(Code::conflict, "Another process has the data folder " + data.string() + " open.");
  }
  if (!store) return std::unexpected(store.error());
  storage->store_ = std::move(*store);
  // After the store, whose lock says that this process alone has the folder.
  FileBlobOptions options;
  options.bytes_max = blob_bytes_max;
  auto blobs = FileBlobs::open(blobs_path(data), std::move(options));
  if (!blobs) return std::unexpected(blobs.error());
  storage->blobs_ = std::move(*blobs);
  return storage;
}

Storage::Storage() = default;
Storage::~Storage() {
  if (store_) close();
}

EventLog& Storage::log() { return store_->log(); }
Inbox& Storage::inbox() { return store_->inbox(); }
Directory& Storage::directory() { return store_->directory(); }
Records& Storage::shelf() { return store_->shelf(); }
BlobStore& Storage::blobs() { return *blobs_; }
std::string Storage::trouble() const { return store_->trouble(); }

rocks::Metrics Storage::metrics() const { return store_->metrics(); }

void Storage::close() {
  if (std::exchange(closed_, true)) return;
  if (blobs_) blobs_->stop();
  store_->stop();
}

}  // namespace homing::server
