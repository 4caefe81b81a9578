// RocksDB in a folder of its own that goes with the test. A crash copies the folder as it is, and the next start runs on the
// copy: what was in memory only is lost, as with kill -9. One thread here; the store has its own.
#pragma once

#include <filesystem>
#include <string>

#include "test_disk.h"

namespace homing::test {

class RocksTestDisk final : public TestDisk {
 public:
  RocksTestDisk();
  ~RocksTestDisk() override;
  std::unique_ptr<RunningStore> start(Clock& clock) override;

  std::filesystem::path folder() const { return path_ / std::to_string(life_); }
  void crash();

 private:
  std::filesystem::path path_;
  unsigned life_ = 0;
};

}  // namespace homing::test
