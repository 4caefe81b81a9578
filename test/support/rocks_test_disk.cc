#include "rocks_test_disk.h"

#include <unistd.h>

#include <cstdlib>

#include "base/check.h"
#include "store/rocks/rocks_store.h"

namespace homing::test {
namespace {

class RunningRocks final : public RunningStore {
 public:
  RunningRocks(RocksTestDisk& disk, std::unique_ptr<RocksStore> store) : disk_(disk), store_(std::move(store)) {}
  EventLog& log() override { return *store_; }
  Inbox& inbox() override { return *store_; }
  Directory& directory() override { return *store_; }
  Records& shelf() override { return *store_; }
  void flush() override { CHECK(store_->flush()) << "the store cannot write"; }
  void crash() override { disk_.crash(); }
  void stop() override { store_->stop(); }

 private:
  RocksTestDisk& disk_;
  std::unique_ptr<RocksStore> store_;
};

}  // namespace

RocksTestDisk::RocksTestDisk() {
  std::string pattern = (std::filesystem::temp_directory_path() / "homing-test-XXXXXX").string();
  CHECK(mkdtemp(pattern.data()) != nullptr) << "no folder for a test";
  path_ = pattern;
}

RocksTestDisk::~RocksTestDisk() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void RocksTestDisk::crash() {
  std::filesystem::path dead = folder();
  ++life_;
  std::filesystem::copy(dead, folder(), std::filesystem::copy_options::recursive);
}

std::unique_ptr<RunningStore> RocksTestDisk::start(Clock& clock) {
  auto store = RocksStore::open(folder(), clock);
  CHECK(store) << "the store does not open: " << store.error().detail;
  return std::make_unique<RunningRocks>(*this, std::move(*store));
}

}  // namespace homing::test
