// The data folder, opened: the one place that names the adapters of the store and of the blobs. Owned by server/ or by an offline command;
// what it hands out may be used from any I/O thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "blob/blob_store.h"
#include "store/directory.h"
#include "store/event_log.h"
#include "store/inbox.h"
#include "store/records.h"
#include "store/rocks/metrics.h"

namespace homing {
class FileBlobs;
class RocksStore;
}  // namespace homing

namespace homing::server {

// Where the store lies: DATA/store.
std::filesystem::path store_path(const std::filesystem::path& data);
// Where files' bytes lie: DATA/blobs.
std::filesystem::path blobs_path(const std::filesystem::path& data);

inline constexpr std::uint64_t kBlobBytesUnlimited = std::numeric_limits<std::uint64_t>::max();

class Storage {
 public:
  // Makes the folder if need be. `conflict` when another process has it open.
  static Result<std::unique_ptr<Storage>> open(const std::filesystem::path& data,
                                               std::uint64_t blob_bytes_max = kBlobBytesUnlimited);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  EventLog& log();
  Inbox& inbox();
  Directory& directory();
  Records& shelf();
  BlobStore& blobs();
  // Why writes are refused (the disk is full or has failed); empty while they are not.
  std::string trouble() const;
  rocks::Metrics metrics() const;
  // Writes what was to be written behind and ends the threads of the store and of the blobs: no call completes after this. While the
  // io_contexts of the callers live. A second time does nothing.
  void close();

 private:
  Storage();

  SystemClock clock_;
  std::unique_ptr<RocksStore> store_;
  std::unique_ptr<FileBlobs> blobs_;
  bool closed_ = false;
};

}  // namespace homing::server
