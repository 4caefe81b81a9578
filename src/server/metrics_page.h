// Numbers as Prometheus text (its exposition format 0.0.4). Each folder keeps a plain struct of counters per thread;
// server/ adds them up when somebody asks. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "store/rocks/metrics.h"

namespace homing::server {

class MetricsPage {
 public:
  void counter(std::string_view name, std::string_view help, double value);
  void gauge(std::string_view name, std::string_view help, double value);
  void histogram(std::string_view name, std::string_view help, const rocks::Durations::Counts& counts);
  std::string take() && { return std::move(text_); }

 private:
  void row(std::string_view name, std::string_view kind, std::string_view help, double value);
  std::string text_;
};

// A whole page as {"homing_sessions": 3, ...}.
std::string as_json(std::string_view page);

// What the kernel knows of this process: memory, CPU, open descriptors.
void add_process(MetricsPage& page);
// What the store counts.
void add_store(MetricsPage& page, const rocks::Metrics& metrics);

}  // namespace homing::server
