// W1 and W6: connections at rest, then all of them cut at once, who come back.
#include <fmt/format.h>

#include "../../load/machine.h"
#include "meter.h"
#include "workloads.h"

namespace homing::peers {
namespace {

class Rest : public Workload {
 public:
  Rest(const Options& options, Protocol& protocol)
      : options_(options), crowd_(options.target, options.sizes.back(), protocol) {
    crowd_.set_workload(this);
  }

  void grow() {
    crowd_.spin(options_.settle);
    Memory empty = memory_of(options_.server);
    std::size_t have = 0;
    for (std::size_t size : options_.sizes) {
      Meter meter(options_.server);
      crowd_.connect(have, size, options_.parallel, options_.patience);
      Metered login = meter.stop();
      auto came = static_cast<double>(size - have);
      have = size;
      crowd_.spin(options_.settle);
      Memory now = memory_of(options_.server);
      load::Report report("idle");
      report.number("connections", static_cast<double>(size));
      report.number("kib_per_connection",
                    static_cast<double>(now.dirty_kib - empty.dirty_kib) / static_cast<double>(size));
      report.number("resident_kib_per_connection",
                    static_cast<double>(now.resident_kib - empty.resident_kib) / static_cast<double>(size));
      report.number("resident_mib", static_cast<double>(now.resident_kib) / 1024);
      report.number("logins_per_s", came / login.seconds);
      report.number("server_us_per_login", login.server_us(came));
      login.report(report);
      report.print();
      fmt::print(stderr, "idle: {} connections, {:.2f} KiB each; {:.0f} log-ins/s, {:.0f} us each\n", size,
                 static_cast<double>(now.dirty_kib - empty.dirty_kib) / static_cast<double>(size), came / login.seconds,
                 login.server_us(came));
    }
  }

  void storm() {
    std::size_t n = options_.sizes.back();
    Memory before = memory_of(options_.server);
    forget_peak(options_.server);
    std::size_t resumed = crowd_.resumed();
    crowd_.disconnect(0, n, Crowd::Leave::abrupt);
    Meter meter(options_.server);
    crowd_.connect(0, n, options_.storm_parallel, options_.patience);
    Metered back = meter.stop();
    auto count = static_cast<double>(n);
    auto peak = static_cast<double>(peak_kib(options_.server));
    load::Report report("storm");
    report.number("connections", count);
    report.number("resumes_per_s", count / back.seconds);
    report.number("server_us_per_resume", back.server_us(count));
    report.number("resident_before_mib", static_cast<double>(before.resident_kib) / 1024);
    report.number("resident_peak_mib", peak / 1024);
    report.number("memory_spike", before.resident_kib > 0 ? peak / static_cast<double>(before.resident_kib) : 0);
    report.number("short_handshakes", static_cast<double>(crowd_.resumed() - resumed));
    back.report(report);
    report.print();
    fmt::print(
        stderr,
        "storm: {} back, {:.0f}/s, server {:.0f} us each; memory {:.1f} MiB before, {:.1f} at the peak; {} short TLS handshakes\n",
        n, count / back.seconds, back.server_us(count), static_cast<double>(before.resident_kib) / 1024, peak / 1024,
        crowd_.resumed() - resumed);
  }

 private:
  const Options& options_;
  Crowd crowd_;
};

}  // namespace

int run_idle(const Options& options, Protocol& protocol) {
  Rest rest(options, protocol);
  rest.grow();
  rest.storm();
  return 0;
}

}  // namespace homing::peers
