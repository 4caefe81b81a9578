#include <optional>

#include "store/memory.h"
#include "suite.h"

namespace homing::test {
namespace {

class MemoryWorld final : public World {
 public:
  MemoryWorld(Clock& clock, MemoryFaults faults) : clock_(clock), faults_(std::move(faults)) {}

  void open() override { store_.emplace(disk_, clock_, faults_); }
  void close() override {
    store_->flush();
    store_.reset();
  }
  void crash() override { store_.reset(); }
  void flush() override { store_->flush(); }
  EventLog& log() override { return store_->log(); }
  Inbox& inbox() override { return store_->inbox(); }
  Directory& directory() override { return store_->directory(); }
  Records& shelf() override { return store_->shelf(); }

 private:
  Clock& clock_;
  MemoryFaults faults_;
  MemoryDisk disk_;
  std::optional<MemoryStore> store_;
};

}  // namespace

Adapter memory_adapter() {
  return {"memory", [](Clock& clock) { return std::make_unique<MemoryWorld>(clock, MemoryFaults{}); }};
}

// The same store when every call lets others run first.
Adapter interleaved_memory_adapter() {
  return {"memory_interleaved", [](Clock& clock) {
            MemoryFaults faults;
            faults.interleave = true;
            return std::make_unique<MemoryWorld>(clock, faults);
          }};
}

namespace {
INSTANTIATE_TEST_SUITE_P(Memory, LogSuite, testing::Values(memory_adapter(), interleaved_memory_adapter()),
                         adapter_name);
INSTANTIATE_TEST_SUITE_P(Memory, InboxSuite, testing::Values(memory_adapter(), interleaved_memory_adapter()),
                         adapter_name);
INSTANTIATE_TEST_SUITE_P(Memory, DirectorySuite, testing::Values(memory_adapter(), interleaved_memory_adapter()),
                         adapter_name);
INSTANTIATE_TEST_SUITE_P(Memory, RetentionSuite, testing::Values(memory_adapter(), interleaved_memory_adapter()),
                         adapter_name);
}  // namespace

}  // namespace homing::test
