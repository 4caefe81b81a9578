#include "server/storage.h"

#include <utility>

#include "store/rocks/rocks_store.h"

namespace homing::server {

std::filesystem::path store_path(const std::filesystem::path& data) { return data / "store"; }

Result<std::unique_ptr<Storage>> Storage::open(const std::filesystem::path& data) {
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
  return storage;
}

Storage::Storage() = default;
Storage::~Storage() {
  if (store_) close();
}

EventLog& Storage::log() { return store_->log(); }
Inbox& Storage::inbox() { return store_->inbox(); }
Directory& Storage::directory() { return store_->directory(); }
std::string Storage::trouble() const { return store_->trouble(); }

rocks::Metrics Storage::metrics() const { return store_->metrics(); }

void Storage::close() {
  if (!std::exchange(closed_, true)) store_->stop();
}

}  // namespace homing::server
