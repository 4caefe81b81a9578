#include "server/metrics_page.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace homing::server {

void MetricsPage::counter(std::string_view name, std::string_view help, double value) {
  row(name, "counter", help, value);
}

void MetricsPage::gauge(std::string_view name, std::string_view help, double value) { row(name, "gauge", help, value); }

void MetricsPage::row(std::string_view name, std::string_view kind, std::string_view help, double value) {
  fmt::format_to(std::back_inserter(text_), "# HELP homing_{0} {2}\n# TYPE homing_{0} {1}\nhoming_{0} {3}\n", name,
                 kind, help, value);
}

void MetricsPage::histogram(std::string_view name, std::string_view help, const rocks::Durations::Counts& counts) {
  auto out = std::back_inserter(text_);
  fmt::format_to(out, "# HELP homing_{0} {1}\n# TYPE homing_{0} histogram\n", name, help);
  for (std::size_t i = 0; i < counts.until.size(); ++i) {
    fmt::format_to(out, "homing_{}_bucket{{le=\"{}\"}} {}\n", name, rocks::Durations::kUntilSeconds[i],
                   counts.until[i]);
  }
  fmt::format_to(out, "homing_{0}_bucket{{le=\"+Inf\"}} {1}\nhoming_{0}_sum {2}\nhoming_{0}_count {1}\n", name,
                 counts.all, counts.seconds);
}

std::string as_json(std::string_view page) {
  std::string out = "{";
  while (!page.empty()) {
    std::size_t end = std::min(page.find('\n'), page.size());
    std::string_view line = page.substr(0, end);
    page.remove_prefix(std::min(end + 1, page.size()));
    std::size_t space = line.rfind(' ');
    if (line.empty() || line.front() == '#' || space == line.npos) continue;
    if (out.size() > 1) out += ',';
    out += '"';
    for (char c : line.substr(0, space)) {
      if (c == '"' || c == '\\') out += '\\';  // of a label
      out += c;
    }
    out.append("\":").append(line.substr(space + 1));
  }
  return out + "}";
}

void add_process(MetricsPage& page) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  page.counter("process_cpu_seconds_total", "CPU time used, user and system.",
               seconds(usage.ru_utime) + seconds(usage.ru_stime));

  std::ifstream statm("/proc/self/statm");
  long pages = 0;
  long resident = 0;
  statm >> pages >> resident;
  page.gauge("process_resident_bytes", "Memory that is resident.",
             static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)));

  std::error_code failed;
  auto descriptors = std::distance(std::filesystem::directory_iterator("/proc/self/fd", failed), {});
  page.gauge("process_open_descriptors", "Open file descriptors.", static_cast<double>(descriptors));
}

void add_store(MetricsPage& page, const rocks::Metrics& m) {
  auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    page.counter(name, help, static_cast<double>(value));
  };
  auto gauge = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    page.gauge(name, help, static_cast<double>(value));
  };
  counter("store_groups_total", "Groups of commits that were made durable, each with one sync.", m.syncs.all);
  counter("store_events_total", "Events committed.", m.events);
  page.histogram("store_sync_seconds", "How long writing and syncing a group took.", m.syncs);
  counter("store_recent_hits_total", "Events looked for and found in memory.", m.recent_hits);
  counter("store_recent_misses_total", "Events looked for and not found there.", m.recent_misses);
  counter("store_cold_reads_total", "Reads for which the store had to ask the disk.", m.cold_reads);
  gauge("store_index_waiting", "Entries of the index that are to be written behind.", m.index_waiting);
  gauge("store_hot_inboxes", "Inboxes in memory.", m.hot_inboxes);
  gauge("store_hot_marks", "Conversations whose marks are in memory.", m.hot_marks);
  gauge("store_bookmark_lag", "Commits that were not yet delivered to inboxes.", m.bookmark_lag);
  gauge("store_table_bytes", "Bytes of tables on disk, without the write-ahead log.", m.table_bytes);
  gauge("store_free_bytes", "Room on the disk.", m.free_bytes);
  gauge("store_reserve_bytes", "Room with less of which writes are refused.", m.reserve_bytes);
  gauge("store_refuses_writes", "1 while the disk is full or has failed.", m.refuses_writes ? 1 : 0);
}

}  // namespace homing::server
