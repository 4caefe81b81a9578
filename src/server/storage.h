// The data folder, opened: the one place that names the store's adapter. Owned by server/ or by an offline command;
// what it hands out may be used from any I/O thread.
#pragma once

#include <filesystem>
#include <memory>

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
  RocksStore& rocks() { return *store_; }

 private:
  std::unique_ptr<RocksStore> store_;
};

}  // namespace homing::server
