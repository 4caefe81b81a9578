// The data folder, opened: the one place that names the store's adapter. Owned by server/ or by an offline command;
// what it hands out may be used from any I/O thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "store/directory.h"
#include "store/event_log.h"
#include "store/inbox.h"

namespace homing {
class RocksStore;
}

namespace homing::server {

class Storage {
 public:
  // Makes the folder if need be. `conflict` when another process has it open.
  static Result<std::unique_ptr<Storage>> open(const std::filesystem::path& data);
  explicit Storage(std::unique_ptr<RocksStore> store);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  EventLog& log();
  Inbox& inbox();
  Directory& directory();
  // Why writes are refused (the disk is full or has failed); empty while they are not.
  std::string trouble() const;
  // Writes what was to be written behind and ends the store's threads: no call completes after this. While the
  // io_contexts of the callers live.
  void close();

 private:
  std::unique_ptr<RocksStore> store_;
};

}  // namespace homing::server
