#include "machine.h"

#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

namespace homing::load {
namespace {

std::int64_t read_clock(clockid_t clock) {
  timespec t{};
  if (clock_gettime(clock, &t) != 0) return 0;
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

// The number after "key:" in a file of such lines, or 0.
std::int64_t field(const std::string& path, const std::string& key) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key + ":")) return std::stoll(line.substr(key.size() + 1));
  }
  return 0;
}

std::int64_t tcp_pages() {
  std::ifstream in("/proc/net/sockstat");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("TCP:")) continue;
    auto at = line.find(" mem ");
    return at == std::string::npos ? 0 : std::stoll(line.substr(at + 5));
  }
  return 0;
}

}  // namespace

std::int64_t now_ns() { return read_clock(CLOCK_MONOTONIC); }
std::int64_t own_cpu_ns() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

std::int64_t cpu_ns(pid_t pid) {
  clockid_t clock{};
  if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0) return 0;
  return read_clock(clock);
}

Memory memory(pid_t pid) {
  Memory out;
  if (pid != 0) {
    std::string rollup = "/proc/" + std::to_string(pid) + "/smaps_rollup";
    out.resident_kib = field(rollup, "Rss");
    out.private_dirty_kib = field(rollup, "Private_Dirty");
  }
  out.slab_kib = field("/proc/meminfo", "Slab");
  out.unreclaimable_kib = field("/proc/meminfo", "SUnreclaim");
  out.tcp_pages = tcp_pages();
  return out;
}

}  // namespace homing::load
