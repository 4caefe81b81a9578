#include "rocks_test_disk.h"

#include <unistd.h>

#include <cstdlib>

#include "base/check.h"
#include "store/rocks/rocks_store.h"

namespace homing::test {
namespace {

class RunningRocks final : public RunningStore {
 public:
  explicit RunningRocks(std::unique_ptr<RocksStore> store) : store_(std::move(store)) {}
  EventLog& log() override { return *store_; }
  Inbox& inbox() override { return *store_; }
  Directory& directory() override { return *store_; }
  void flush() override { CHECK(store_->flush()) << "the store cannot write"; }
  void stop() override { store_->stop(); }

 private:
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

std::unique_ptr<RunningStore> RocksTestDisk::start(Clock& clock) {
  auto store = RocksStore::open(path_, clock);
  CHECK(store) << "the store does not open: " << store.error().detail;
  return std::make_unique<RunningRocks>(std::move(*store));
}

}  // namespace homing::test
