// One group with everybody online: the cost of a delivery when one message has many receivers.
#include <fmt/format.h>

#include "machine.h"
#include "modes.h"
#include "report.h"

namespace homing::load {
namespace {

class Group : public Script {
 public:
  explicit Group(const Options& options)
      : options_(options),
        accounts_(read_accounts(options.accounts, options.people, options.skip)),
        fleet_(options.target, accounts_, options.text_bytes) {
    fleet_.set_script(this);
    fleet_.connect(0, accounts_.size());
    found();
  }

  // Each of the first `senders` members says the next thing when everybody has the last one.
  bool run() {
    running_ = true;
    for (std::size_t i = 0; i < options_.senders; ++i) say(fleet_.devices()[i]);
    spin(options_.warmup);
    std::uint64_t before = deliveries_, ticks = ticks_;
    latency_.clear();
    std::int64_t server = -cpu_ns(options_.server), own = -own_cpu_ns(), begin = now_ns();
    spin(options_.seconds);
    double count = static_cast<double>(std::max<std::uint64_t>(1, deliveries_ - before));
    print(count, static_cast<double>(ticks_ - ticks), static_cast<double>(server + cpu_ns(options_.server)),
          static_cast<double>(own + own_cpu_ns()), static_cast<double>(now_ns() - begin));
    running_ = false;
    spin(2);
    return fleet_.errors() == 0 && deliveries_ == said_ * (accounts_.size() - 1);
  }

 private:
  void found() {
    std::vector<std::uint64_t> others;
    for (std::size_t i = 1; i < accounts_.size(); ++i) others.push_back(accounts_[i].id);
    fleet_.create_group(fleet_.devices()[0], others);
    std::int64_t patience = now_ns() + 30'000'000'000;
    while (knows_ < accounts_.size() && now_ns() < patience) fleet_.poll(now_ns() + 100'000'000);
  }
  void spin(double seconds) {
    std::int64_t until = now_ns() + static_cast<std::int64_t>(seconds * 1e9);
    while (now_ns() < until) fleet_.poll(until);
  }
  void say(Device& device) {
    ++said_;
    fleet_.send_text(device, 0, now_ns());
  }
  void sent(Device&, const Flight&, const Heard&) override {
    if (!founded_) ++knows_;  // the answer to the creation
    founded_ = true;
  }
  void delivered(Device&, const Heard& heard) override {
    std::int64_t due = Fleet::due_of(heard.text);
    if (due == 0) {
      ++knows_;
      return;
    }
    ++deliveries_;
    latency_.add(now_ns() - due);
  }
  void ticked(Device& device, const Flight&) override {
    ++ticks_;
    if (running_) say(device);
  }
  void print(double count, double messages, double server, double own, double wall) const {
    Report report("group");
    report.number("people", static_cast<double>(accounts_.size()));
    report.number("senders", static_cast<double>(options_.senders));
    report.number("deliveries_per_s", count * 1e9 / wall);
    report.number("messages_per_s", messages * 1e9 / wall);
    report.number("server_us_per_delivery", server / 1e3 / count);
    report.number("generator_us_per_delivery", own / 1e3 / count);
    report.latency("to_delivered", latency_);
    report.number("errors", static_cast<double>(fleet_.errors()));
    report.print();
    fmt::print(
        stderr,
        "group of {}: {:.0f} deliveries/s ({:.0f} messages/s ticked), server {:.1f} us, generator {:.1f} us each\n",
        accounts_.size(), count * 1e9 / wall, messages * 1e9 / wall, server / 1e3 / count, own / 1e3 / count);
  }

  const Options& options_;
  std::vector<Account> accounts_;
  Fleet fleet_;
  Histogram latency_;
  std::size_t knows_ = 0;
  std::uint64_t said_ = 0, deliveries_ = 0, ticks_ = 0;
  bool founded_ = false;
  bool running_ = false;
};

}  // namespace

int run_group(const Options& options) {
  Group group(options);
  return group.run() ? 0 : 1;
}

}  // namespace homing::load
