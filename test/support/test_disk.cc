#include "test_disk.h"

namespace homing::test {
namespace {

class RunningMemory final : public RunningStore {
 public:
  RunningMemory(MemoryTestDisk& disk, Clock& clock) : store_(disk.disk, clock, disk.faults) {
    if (disk.wrap_log) wrapped_ = disk.wrap_log(store_);
  }
  EventLog& log() override { return wrapped_ ? *wrapped_ : static_cast<EventLog&>(store_); }
  Inbox& inbox() override { return store_; }
  Directory& directory() override { return store_; }
  Records& shelf() override { return store_; }
  void flush() override { store_.flush(); }

 private:
  MemoryStore store_;
  std::unique_ptr<EventLog> wrapped_;
};

}  // namespace

std::unique_ptr<RunningStore> MemoryTestDisk::start(Clock& clock) {
  return std::make_unique<RunningMemory>(*this, clock);
}

}  // namespace homing::test
