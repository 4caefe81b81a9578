#include "meter.h"

#include <unistd.h>

#include <array>
#include <fstream>
#include <string>

#include "../../load/machine.h"

namespace homing::peers {
namespace {

std::string path_of(pid_t pid, const char* name) { return "/proc/" + std::to_string(pid) + "/" + name; }

std::int64_t field(pid_t pid, const char* file, const std::string& key) {
  std::ifstream in(path_of(pid, file));
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key + ":")) return std::stoll(line.substr(key.size() + 1));
  }
  return 0;
}

void add_tree(pid_t pid, std::vector<pid_t>& out) {
  out.push_back(pid);
  std::ifstream in("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  for (pid_t child = 0; in >> child;) add_tree(child, out);
}

}  // namespace

std::vector<pid_t> tree_of(pid_t pid) {
  std::vector<pid_t> out;
  if (pid > 0) add_tree(pid, out);
  return out;
}

Memory memory_of(pid_t pid) {
  Memory sum;
  for (pid_t each : tree_of(pid)) {
    sum.dirty_kib += field(each, "smaps_rollup", "Private_Dirty");
    sum.resident_kib += field(each, "smaps_rollup", "Rss");
  }
  return sum;
}

std::int64_t peak_kib(pid_t pid) {
  std::int64_t most = 0;
  for (pid_t each : tree_of(pid)) most = std::max(most, field(each, "status", "VmHWM"));
  return most;
}

void forget_peak(pid_t pid) {
  for (pid_t each : tree_of(pid)) std::ofstream(path_of(each, "clear_refs")) << "5";
}

void Metered::report(load::Report& report) const {
  report.number("server_cores", server_ns / 1e9 / seconds);
  report.number("generator_cores", own_ns / 1e9 / seconds);
  report.number("foreign_cores", foreign_cores);
  report.number("stolen_cores", stolen_cores);
}

Meter::Meter(pid_t server) : server_(server), begin_(now()) {}

Meter::Moment Meter::now() const {
  std::int64_t server = 0;
  for (pid_t each : tree_of(server_)) server += load::cpu_ns(each);
  std::ifstream in("/proc/stat");
  std::string cpu;
  std::array<std::int64_t, 8> ticks{};  // user nice system idle iowait irq softirq steal
  in >> cpu;
  for (auto& each : ticks) in >> each;
  std::int64_t tick_ns = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
  return {load::now_ns(), server, load::own_cpu_ns(), (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) * tick_ns,
          ticks[7] * tick_ns};
}

Metered Meter::stop() const {
  Moment end = now();
  auto wall = static_cast<double>(end.wall_ns - begin_.wall_ns);
  auto server = static_cast<double>(end.server_ns - begin_.server_ns),
       own = static_cast<double>(end.own_ns - begin_.own_ns);
  double foreign = static_cast<double>(end.busy_ns - begin_.busy_ns) - server - own;
  return {wall / 1e9, server, own, std::max(0.0, foreign / wall),
          static_cast<double>(end.stolen_ns - begin_.stolen_ns) / wall};
}

}  // namespace homing::peers
