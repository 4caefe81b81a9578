#include "server/metrics_page.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace homing::server {

void MetricsPage::counter(std::string_view name, std::string_view help, double value) { row(name, "counter", help, value); }

void MetricsPage::gauge(std::string_view name, std::string_view help, double value) { row(name, "gauge", help, value); }

void MetricsPage::row(std::string_view name, std::string_view kind, std::string_view help, double value) {
  fmt::format_to(std::back_inserter(text_), "# HELP homing_{0} {2}\n# TYPE homing_{0} {1}\nhoming_{0} {3}\n", name, kind,
                 help, value);
}

void add_process(MetricsPage& page) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  page.counter("process_cpu_seconds_total", "CPU time used, user and system.", seconds(usage.ru_utime) + seconds(usage.ru_stime));

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

}  // namespace homing::server
