// RocksDB in a folder of its own that goes with the test. One thread here; the store has its own.
#pragma once

#include <filesystem>

#include "test_disk.h"

namespace homing::test {

class RocksTestDisk final : public TestDisk {
 public:
  RocksTestDisk();
  ~RocksTestDisk() override;
  std::unique_ptr<RunningStore> start(Clock& clock) override;

 private:
  std::filesystem::path path_;
};

}  // namespace homing::test
