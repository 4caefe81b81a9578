// W2: conversations of two, open loop: one rate, or the ladder of rates.
#include <fmt/format.h>

#include <random>
#include <stdexcept>

#include "../../load/machine.h"
#include "meter.h"
#include "workloads.h"

namespace homing::peers {
namespace {

using load::Histogram;
using load::now_ns;

struct Window {
  Histogram acked;      // due to the server's answer
  Histogram delivered;  // due to the receiver's socket
  Histogram receipted;  // due to the receipt at the sender
  Metered metered;
  double rate() const { return static_cast<double>(receipted.count()) / metered.seconds; }
  double server_us() const { return metered.server_us(static_cast<double>(receipted.count())); }
};

class Pairs : public Workload {
 public:
  Pairs(const Options& options, Protocol& protocol)
      : options_(options), crowd_(options.target, options.people & ~std::size_t{1}, protocol) {
    crowd_.set_workload(this);
    crowd_.connect(0, crowd_.size(), options.parallel, options.patience);
    introduce();
  }

  // Sends at `rate`, evenly spaced, by people drawn at random. What is due in the last `seconds` counts.
  Window open_loop(double rate) {
    auto between = static_cast<std::int64_t>(1e9 / rate);
    std::int64_t begin = now_ns();
    begin_counting_ = begin + static_cast<std::int64_t>(options_.warmup * 1e9);
    end_counting_ = begin_counting_ + static_cast<std::int64_t>(options_.seconds * 1e9);
    window_ = Window{};
    std::uniform_int_distribution<std::size_t> anybody(0, crowd_.size() - 1);
    std::int64_t due = begin;
    std::unique_ptr<Meter> meter;
    for (std::int64_t now = begin; now < end_counting_; now = now_ns()) {
      if (meter == nullptr && now >= begin_counting_) meter = std::make_unique<Meter>(options_.server);
      for (; due <= now; due += between) say(anybody(random_), due);
      crowd_.poll(std::min(due, end_counting_));
    }
    if (meter == nullptr) throw std::runtime_error("the machine stood still for the whole window");
    window_.metered = meter->stop();
    finish(3);
    return window_;
  }

  std::uint64_t missing() const { return said_ - done_; }

 private:
  void acked(Line&, std::uint64_t number) override {
    if (counts(due_[number])) window_.acked.add(now_ns() - due_[number]);
  }
  void delivered(Line&, const Message& message) override {
    if (counts(message.due_ns)) window_.delivered.add(now_ns() - message.due_ns);
  }
  void receipted(Line&, std::uint64_t number) override {
    if (number >= due_.size() || due_[number] == 0) return;  // a second receipt
    ++done_;
    if (counts(due_[number])) window_.receipted.add(now_ns() - due_[number]);
    due_[number] = 0;
  }

  bool counts(std::int64_t due) const { return due >= begin_counting_ && due < end_counting_; }
  void say(std::size_t who, std::int64_t due) {
    due_.push_back(due);
    crowd_.send(who, who ^ 1, {static_cast<std::uint32_t>(who), ++said_, due});
  }
  // One message each way, so that every conversation exists.
  void introduce() {
    for (std::size_t side = 0; side < 2; ++side) {
      for (std::size_t i = side; i < crowd_.size(); i += 2) say(i, now_ns());
      finish(60);
    }
  }
  void finish(double seconds) {
    std::int64_t until = now_ns() + static_cast<std::int64_t>(seconds * 1e9);
    while (done_ < said_ && now_ns() < until) crowd_.poll(std::min(until, now_ns() + 50'000'000));
  }

  const Options& options_;
  Crowd crowd_;
  std::mt19937_64 random_{1};
  Window window_;
  std::vector<std::int64_t> due_{0};  // by number; 0: has its receipt
  std::int64_t begin_counting_ = 0, end_counting_ = 0;
  std::uint64_t said_ = 0, done_ = 0;
};

bool held(const Window& window, double rate, const Options& options) {
  return window.delivered.ms(.99) < options.p99_ms &&
         static_cast<double>(window.receipted.count()) >= 0.98 * rate * options.seconds;
}

void print(std::string_view mode, const Options& options, const Pairs& pairs, const Window& window, double asked) {
  load::Report report(mode);
  report.number("people", static_cast<double>(options.people));
  report.number("asked_per_s", asked);
  report.number("held_per_s", window.rate());
  report.raw("held", held(window, asked, options) ? "true" : "false");
  report.number("server_us_per_message", window.server_us());
  report.number("generator_us_per_message", window.metered.own_us(static_cast<double>(window.receipted.count())));
  window.metered.report(report);
  report.latency("to_acked", window.acked);
  report.latency("to_delivered", window.delivered);
  report.latency("to_receipted", window.receipted);
  report.number("missing", static_cast<double>(pairs.missing()));
  report.print();
  fmt::print(
      stderr,
      "{}: asked {:.0f}/s, {:.0f}/s came full circle, server {:.1f} us; p50/p99 ms: acked {:.2f}/{:.1f} delivered {:.2f}/{:.1f} "
      "receipted {:.2f}/{:.1f}; missing {}; foreign {:.2f} cores\n",
      mode, asked, window.rate(), window.server_us(), window.acked.ms(.5), window.acked.ms(.99),
      window.delivered.ms(.5), window.delivered.ms(.99), window.receipted.ms(.5), window.receipted.ms(.99),
      pairs.missing(), window.metered.foreign_cores);
}

}  // namespace

int run_pairs(const Options& options, Protocol& protocol) {
  Pairs pairs(options, protocol);
  Window window = pairs.open_loop(options.rate);
  print("pairs", options, pairs, window, options.rate);
  return 0;
}

int run_ladder(const Options& options, Protocol& protocol) {
  Pairs pairs(options, protocol);
  double rate = options.rate;
  for (std::size_t i = 0; i < options.steps_max; ++i, rate *= options.step) {
    Window window = pairs.open_loop(rate);
    print("ladder_step", options, pairs, window, rate);
    if (!held(window, rate, options)) break;
  }
  return 0;
}

}  // namespace homing::peers
