// A disk and the store that runs on it, whichever adapter it is. The suite opens, closes and crashes it.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "base/clock.h"
#include "store/directory.h"
#include "store/event_log.h"
#include "store/inbox.h"
#include "store/records.h"

namespace homing::test {

// Time that moves only when the test says so.
class ManualClock final : public Clock {
 public:
  Time now() const override { return now_; }
  Task<void> sleep(std::chrono::milliseconds duration) override {
    now_ = now_ + duration;
    co_return;
  }
  void pass(std::chrono::milliseconds duration) { now_ = now_ + duration; }

 private:
  Time now_{1'700'000'000'000};
};

class World {
 public:
  virtual ~World() = default;
  virtual void open() = 0;
  // In good order: everything is on disk afterwards.
  virtual void close() = 0;
  // What was not made durable is gone.
  virtual void crash() = 0;
  // The derived state is on disk when this returns.
  virtual void flush() = 0;

  virtual EventLog& log() = 0;
  virtual Inbox& inbox() = 0;
  virtual Directory& directory() = 0;
  virtual Records& shelf() = 0;
};

struct Adapter {
  std::string name;
  std::function<std::unique_ptr<World>(Clock&)> make;
  friend std::ostream& operator<<(std::ostream& out, const Adapter& adapter) { return out << adapter.name; }
};

Adapter memory_adapter();
Adapter rocks_adapter();
Adapter killed_rocks_adapter();

}  // namespace homing::test
