// What the kernel says of a server (all its processes), of this program and of everybody else, between two moments. One
// thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "../../load/report.h"

namespace homing::peers {

// A process and all that came from it.
std::vector<pid_t> tree_of(pid_t pid);

struct Memory {
  std::int64_t dirty_kib = 0;  // Private_Dirty of all of them
  std::int64_t resident_kib = 0;  // Rss
};
Memory memory_of(pid_t pid);
// The largest resident size since the last call of forget_peak, of the process in the tree that has most.
std::int64_t peak_kib(pid_t pid);
void forget_peak(pid_t pid);

struct Metered {
  double seconds = 0;
  double server_ns = 0;
  double own_ns = 0;
  double foreign_cores = 0;  // busy with neither, on all processors together
  double stolen_cores = 0;  // taken by the machine below this one

  // Server CPU per `count` things, in microseconds.
  double server_us(double count) const { return count > 0 ? server_ns / 1e3 / count : 0; }
  double own_us(double count) const { return count > 0 ? own_ns / 1e3 / count : 0; }
  void report(load::Report& report) const;
};

class Meter {
 public:
  explicit Meter(pid_t server);  // begins
  Metered stop() const;

 private:
  struct Moment {
    std::int64_t wall_ns, server_ns, own_ns, busy_ns, stolen_ns;
  };
  Moment now() const;
  pid_t server_;
  Moment begin_;
};

}  // namespace homing::peers
