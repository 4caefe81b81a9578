// What survives a crash, and the store that runs on it: the world under a TestServer. One thread.
#pragma once

#include <functional>
#include <memory>

#include "store/memory.h"

namespace homing::test {

// A store that runs. Destroying it after crash() is what a killed process leaves behind.
class RunningStore {
 public:
  virtual ~RunningStore() = default;
  virtual EventLog& log() = 0;
  virtual Inbox& inbox() = 0;
  virtual Directory& directory() = 0;
  virtual Records& shelf() = 0;
  // What can be rebuilt is written as well, where that does not happen by itself.
  virtual void flush() = 0;
  // What the disk holds now is what the next start finds, whatever this store still writes until it is destroyed.
  virtual void crash() {}
  // Threads of its own end here, before the io_context that they answer to.
  virtual void stop() {}
};

class TestDisk {
 public:
  virtual ~TestDisk() = default;
  virtual std::unique_ptr<RunningStore> start(Clock& clock) = 0;
};

class MemoryTestDisk final : public TestDisk {
 public:
  std::unique_ptr<RunningStore> start(Clock& clock) override;

  MemoryDisk disk;
  MemoryFaults faults;
  // Stands between the server and the log, e.g. to break a law on purpose.
  std::function<std::unique_ptr<EventLog>(EventLog&)> wrap_log;
};

}  // namespace homing::test
