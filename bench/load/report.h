// One run's figures: a JSON object on standard output, a line for people on standard error. One thread.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "histogram.h"

namespace homing::load {

class Report {
 public:
  explicit Report(std::string_view mode) { text("mode", mode); }

  void text(std::string_view name, std::string_view value) { raw(name, fmt::format("\"{}\"", value)); }
  void number(std::string_view name, double value) { raw(name, fmt::format("{:.6g}", value)); }
  void latency(std::string_view name, const Histogram& h) {
    raw(name, fmt::format("{{\"count\":{},\"p50_ms\":{:.4g},\"p99_ms\":{:.4g},\"p999_ms\":{:.4g}}}", h.count(),
                          h.ms(0.5), h.ms(0.99), h.ms(0.999)));
  }
  void raw(std::string_view name, std::string_view json) {
    json_ += fmt::format("{}\"{}\":{}", json_.empty() ? "" : ",", name, json);
  }
  void print() const {
    fmt::print("{{{}}}\n", json_);
    std::fflush(stdout);
  }

 private:
  std::string json_;
};

}  // namespace homing::load
