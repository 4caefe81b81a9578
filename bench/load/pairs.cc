// Conversations of two: open loop, closed loop, and the ladder of rates.
#include <fmt/format.h>

#include <random>

#include "machine.h"
#include "modes.h"
#include "report.h"

namespace homing::load {
namespace {

struct Window {
  Histogram sent;       // due to first tick
  Histogram delivered;  // due to the receiver's socket
  Histogram ticked;     // due to second tick
  std::uint64_t due = 0;
  std::int64_t server_ns = 0;
  std::int64_t own_ns = 0;
  double seconds = 0;

  double rate() const { return seconds > 0 ? static_cast<double>(ticked.count()) / seconds : 0; }
  double server_us() const {
    return ticked.count() ? static_cast<double>(server_ns) / 1e3 / static_cast<double>(ticked.count()) : 0;
  }
  double own_us() const {
    return ticked.count() ? static_cast<double>(own_ns) / 1e3 / static_cast<double>(ticked.count()) : 0;
  }
};

class Pairs : public Script {
 public:
  explicit Pairs(const Options& options)
      : options_(options),
        accounts_(read_accounts(options.accounts, options.people & ~1u, options.skip)),
        fleet_(options.target, accounts_, options.text_bytes) {
    fleet_.set_script(this);
    if (options.read) fleet_.set_reading(Fleet::Reading::on);
    fleet_.connect(0, accounts_.size());
    introduce();
  }

  // Sends at `rate`, evenly spaced, by people drawn at random. What is due in the last `seconds` counts.
  Window open_loop(double rate, double warmup, double seconds) {
    auto between = static_cast<std::int64_t>(1e9 / rate);
    std::int64_t begin = now_ns();
    begin_counting_ = begin + static_cast<std::int64_t>(warmup * 1e9);
    end_counting_ = begin_counting_ + static_cast<std::int64_t>(seconds * 1e9);
    window_ = Window{};
    counting_ = false;
    std::uniform_int_distribution<std::size_t> anybody(0, accounts_.size() - 1);
    std::int64_t due = begin;
    for (std::int64_t now = begin; now < end_counting_; now = now_ns()) {
      if (!counting_ && now >= begin_counting_) start_counting();
      for (; due <= now; due += between) say(anybody(random_), due);
      fleet_.poll(std::min(due, end_counting_));
    }
    stop_counting();
    finish(5);
    return window_;
  }

  // Each pair keeps `window` messages between send and second tick, half of them from each side.
  Window closed_loop(std::size_t window, double warmup, double seconds) {
    std::int64_t begin = now_ns();
    begin_counting_ = begin + static_cast<std::int64_t>(warmup * 1e9);
    end_counting_ = begin_counting_ + static_cast<std::int64_t>(seconds * 1e9);
    window_ = Window{};
    counting_ = false;
    refill_ = true;
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
      std::size_t share = i % 2 == 0 ? (window + 1) / 2 : window / 2;
      for (std::size_t k = 0; k < share; ++k) say(i, now_ns());
    }
    for (std::int64_t now = begin; now < end_counting_; now = now_ns()) {
      if (!counting_ && now >= begin_counting_) start_counting();
      fleet_.poll(counting_ ? end_counting_ : begin_counting_);
    }
    refill_ = false;
    stop_counting();
    finish(5);
    return window_;
  }

  std::uint64_t errors() const { return fleet_.errors(); }
  std::size_t missing() const { return said_ - done_; }

 private:
  void sent(Device&, const Flight& flight, const Heard&) override {
    if (counts(flight.due_ns)) window_.sent.add(now_ns() - flight.due_ns);
  }
  void delivered(Device&, const Heard& heard) override {
    std::int64_t due = Fleet::due_of(heard.text);
    if (counts(due)) window_.delivered.add(now_ns() - due);
  }
  void ticked(Device& device, const Flight& flight) override {
    ++done_;
    // The closed loop counts what is completed while the processor is measured: there is always something under way.
    bool counted = refill_ ? counting_ : counts(flight.due_ns);
    if (counted) window_.ticked.add(now_ns() - flight.due_ns);
    if (refill_) say(device.index, now_ns());
  }

  bool counts(std::int64_t due) const { return due >= begin_counting_ && due < end_counting_; }
  void say(std::size_t who, std::int64_t due) {
    ++said_;
    if (counts(due)) ++window_.due;
    fleet_.send_text(fleet_.devices()[who], accounts_[who ^ 1].id, due);
  }
  // One message per pair, so that every conversation exists and is known to its first side; then one back.
  void introduce() {
    for (std::size_t side = 0; side < 2; ++side) {
      for (std::size_t i = side; i < accounts_.size(); i += 2) say(i, now_ns());
      finish(30);
    }
  }
  void finish(double seconds) {
    std::int64_t until = now_ns() + static_cast<std::int64_t>(seconds * 1e9);
    while (done_ < said_ && now_ns() < until) fleet_.poll(std::min(until, now_ns() + 50'000'000));
  }
  void start_counting() {
    counting_ = true;
    started_ns_ = now_ns();
    window_.server_ns = -cpu_ns(options_.server);
    window_.own_ns = -own_cpu_ns();
  }
  void stop_counting() {
    window_.server_ns += cpu_ns(options_.server);
    window_.own_ns += own_cpu_ns();
    window_.seconds = static_cast<double>(now_ns() - started_ns_) / 1e9;
    counting_ = false;
  }

  const Options& options_;
  std::vector<Account> accounts_;
  Fleet fleet_;
  std::mt19937_64 random_{1};
  Window window_;
  std::int64_t begin_counting_ = 0, end_counting_ = 0, started_ns_ = 0;
  std::uint64_t said_ = 0, done_ = 0;
  bool counting_ = false;
  bool refill_ = false;
};

void print(std::string_view mode, const Options& options, const Pairs& pairs, const Window& window, double asked) {
  Report report(mode);
  report.number("people", static_cast<double>(options.people));
  report.number("asked_per_s", asked);
  report.number("held_per_s", window.rate());
  report.number("server_us_per_message", window.server_us());
  report.number("generator_us_per_message", window.own_us());
  report.number("server_cores", static_cast<double>(window.server_ns) / 1e9 / window.seconds);
  report.number("generator_cores", static_cast<double>(window.own_ns) / 1e9 / window.seconds);
  report.latency("to_sent", window.sent);
  report.latency("to_delivered", window.delivered);
  report.latency("to_ticked", window.ticked);
  report.number("errors", static_cast<double>(pairs.errors()));
  report.number("missing", static_cast<double>(pairs.missing()));
  report.print();
  fmt::print(
      stderr,
      "{}: {:.0f}/s, server {:.1f} us, generator {:.1f} us per message; ms p50/p99/p99.9: "
      "sent {:.2f}/{:.1f}/{:.1f} delivered {:.2f}/{:.1f}/{:.1f} ticked {:.2f}/{:.1f}/{:.1f}; errors {} missing {}\n",
      mode, window.rate(), window.server_us(), window.own_us(), window.sent.ms(.5), window.sent.ms(.99),
      window.sent.ms(.999), window.delivered.ms(.5), window.delivered.ms(.99), window.delivered.ms(.999),
      window.ticked.ms(.5), window.ticked.ms(.99), window.ticked.ms(.999), pairs.errors(), pairs.missing());
}

bool held(const Window& window, double rate, double p99_ms) {
  return window.delivered.ms(.99) < p99_ms &&
         static_cast<double>(window.ticked.count()) >= 0.98 * rate * window.seconds;
}

}  // namespace

int run_pairs(const Options& options) {
  Pairs pairs(options);
  Window window = pairs.open_loop(options.rate, options.warmup, options.seconds);
  print("pairs", options, pairs, window, options.rate);
  return pairs.errors() == 0 && pairs.missing() == 0 ? 0 : 1;
}

int run_closed(const Options& options) {
  Pairs pairs(options);
  Window window = pairs.closed_loop(options.window, options.warmup, options.seconds);
  print("closed", options, pairs, window, 0);
  return pairs.errors() == 0 && pairs.missing() == 0 ? 0 : 1;
}

int run_ladder(const Options& options) {
  Pairs pairs(options);
  double best = 0;
  std::string steps;
  for (double rate = options.rate; rate < 1e6; rate *= options.step) {
    Window window = pairs.open_loop(rate, options.warmup, options.seconds);
    print("ladder_step", options, pairs, window, rate);
    steps += fmt::format("{}[{:.0f},{:.1f},{:.1f}]", steps.empty() ? "" : ",", rate, window.delivered.ms(.99),
                         window.server_us());
    if (!held(window, rate, options.p99_ms)) break;
    best = rate;
  }
  Report report("ladder");
  report.number("highest_held_per_s", best);
  report.number("p99_limit_ms", options.p99_ms);
  report.raw("steps_rate_p99_us", "[" + steps + "]");
  report.print();
  fmt::print(stderr, "ladder: {:.0f}/s held with p99 to delivery under {:.0f} ms\n", best, options.p99_ms);
  return 0;
}

}  // namespace homing::load
