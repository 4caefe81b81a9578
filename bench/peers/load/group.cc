// W4: one group with everybody online: the cost of a delivery when one message has many receivers.
#include <fmt/format.h>

#include <stdexcept>
#include <unordered_map>

#include "../../load/machine.h"
#include "meter.h"
#include "workloads.h"

namespace homing::peers {
namespace {

using load::now_ns;

class Group : public Workload {
 public:
  Group(const Options& options, Protocol& protocol)
      : options_(options), crowd_(options.target, options.people, protocol) {
    crowd_.set_workload(this);
    crowd_.connect(0, crowd_.size(), options.parallel, options.patience);
    crowd_.join(0);
    wait_for(1);
    for (std::size_t i = 1; i < crowd_.size(); ++i) {
      crowd_.join(i);
      if (i % 64 == 0) crowd_.poll(now_ns() + 10'000'000);
    }
    wait_for(crowd_.size());
  }

  // Each of the first `senders` says the next thing when everybody else has the last one.
  void run() {
    running_ = true;
    for (std::size_t i = 0; i < options_.senders; ++i) say(i);
    crowd_.spin(options_.warmup);
    std::uint64_t before = deliveries_;
    latency_.clear();
    Meter meter(options_.server);
    crowd_.spin(options_.seconds);
    Metered metered = meter.stop();
    running_ = false;
    print(static_cast<double>(deliveries_ - before), metered);
  }

 private:
  void wait_for(std::size_t count) {
    std::int64_t patience = now_ns() + static_cast<std::int64_t>(options_.patience * 1e9);
    while (joined_count_ < count && now_ns() < patience) crowd_.poll(now_ns() + 100'000'000);
    if (joined_count_ < count) {
      throw std::runtime_error("only " + std::to_string(joined_count_) + " of " + std::to_string(crowd_.size()) +
                               " people got into the group");
    }
  }
  void joined(Line& line) override {
    if (joined_.size() < crowd_.size()) joined_.resize(crowd_.size());
    if (!joined_[line.index]) ++joined_count_;
    joined_[line.index] = true;
  }
  void say(std::size_t who) {
    left_[++said_] = crowd_.size() - 1;
    crowd_.send_group(who, {static_cast<std::uint32_t>(who), said_, now_ns()});
  }
  void delivered(Line& line, const Message& message) override {
    ++deliveries_;
    latency_.add(now_ns() - message.due_ns);
    if (line.index == message.from) return;  // its own words, back
    auto at = left_.find(message.number);
    if (at == left_.end() || --at->second > 0) return;
    left_.erase(at);
    if (running_) say(message.from);
  }
  void print(double count, const Metered& metered) const {
    load::Report report("group");
    report.number("people", static_cast<double>(crowd_.size()));
    report.number("senders", static_cast<double>(options_.senders));
    report.number("deliveries_per_s", count / metered.seconds);
    report.number("server_us_per_delivery", metered.server_us(count));
    metered.report(report);
    report.latency("to_delivered", latency_);
    report.print();
    fmt::print(stderr, "group of {}: {:.0f} deliveries/s, server {:.2f} us, generator {:.2f} us each\n", crowd_.size(),
               count / metered.seconds, metered.server_us(count), metered.own_us(count));
  }

  const Options& options_;
  Crowd crowd_;
  load::Histogram latency_;
  std::vector<bool> joined_;
  std::unordered_map<std::uint64_t, std::size_t> left_;  // deliveries to come, by number
  std::size_t joined_count_ = 0;
  std::uint64_t said_ = 0, deliveries_ = 0;
  bool running_ = false;
};

}  // namespace

int run_group(const Options& options, Protocol& protocol) {
  Group group(options, protocol);
  group.run();
  return 0;
}

}  // namespace homing::peers
