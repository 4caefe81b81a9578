// RocksDB on a disk that can fail.
#pragma once

#include <filesystem>
#include <memory>

#include "faulty_disk.h"
#include "store/rocks/rocks_store.h"
#include "world.h"

namespace homing::test {

enum class Crash { kill, power_cut };  // whether what was written without a sync survives

class RocksWorld final : public World {
 public:
  RocksWorld(Clock& clock, Crash crash);
  ~RocksWorld() override;

  void open() override;
  Result<void> try_open();
  void close() override { store_.reset(); }
  void crash() override;
  void flush() override;
  EventLog& log() override { return store_->log(); }
  Inbox& inbox() override { return store_->inbox(); }
  Directory& directory() override { return store_->directory(); }
  Records& shelf() override { return store_->shelf(); }

  FaultyDisk& disk() { return disk_; }
  RocksStore& store() { return *store_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  Clock& clock_;
  Crash crash_;
  std::filesystem::path folder_;
  FaultyDisk disk_;
  std::unique_ptr<RocksStore> store_;
};

}  // namespace homing::test
