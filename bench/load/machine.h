// What the kernel says of the server process and of the machine. Reads /proc; any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace homing::load {

std::int64_t now_ns();           // CLOCK_MONOTONIC
std::int64_t own_cpu_ns();       // of this process, user and system
// Of another process, all threads, those that ended too; 0 if pid is 0 or gone.
std::int64_t cpu_ns(pid_t pid);

struct Memory {
  std::int64_t resident_kib = 0;       // smaps_rollup: Rss
  std::int64_t private_dirty_kib = 0;  // smaps_rollup: Private_Dirty
  std::int64_t slab_kib = 0;           // meminfo, the whole machine: Slab
  std::int64_t unreclaimable_kib = 0;  // SUnreclaim
  std::int64_t tcp_pages = 0;          // net/sockstat: TCP mem
};
Memory memory(pid_t pid);

}  // namespace homing::load
