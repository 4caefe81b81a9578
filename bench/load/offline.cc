// People who are away: what it costs to keep a message for them, and to hand it over when they come.
#include <fmt/format.h>

#include "machine.h"
#include "modes.h"
#include "report.h"

namespace homing::load {
namespace {

class Offline : public Script {
 public:
  explicit Offline(const Options& options)
      : options_(options),
        accounts_(read_accounts(options.accounts, options.people * 2, options.skip)),
        fleet_(options.target, accounts_, options.text_bytes) {
    fleet_.set_script(this);
  }

  // Every sender has one message in flight to a person who is away.
  void store() {
    fleet_.connect(0, options_.people);
    std::int64_t server = -cpu_ns(options_.server), own = -own_cpu_ns(), begin = now_ns();
    while (said_ < std::min(options_.people, options_.messages)) say(fleet_.devices()[said_]);
    while (answered_ < options_.messages) fleet_.poll(now_ns() + 100'000'000);
    print("store", answered_, server + cpu_ns(options_.server), own + own_cpu_ns(), now_ns() - begin, &latency_);
    fleet_.disconnect(0, options_.people, Fleet::Leave::orderly);
  }

  // The others log in and fetch; over when all has come and the last acknowledgement is sent.
  void drain() {
    std::int64_t server = -cpu_ns(options_.server), own = -own_cpu_ns(), begin = now_ns();
    fleet_.connect(options_.people, options_.people * 2);
    std::int64_t patience = now_ns() + 60'000'000'000;
    while (fetched_ < answered_ && now_ns() < patience) fleet_.poll(now_ns() + 100'000'000);
    fleet_.flush();
    print("drain", fetched_, server + cpu_ns(options_.server), own + own_cpu_ns(), now_ns() - begin, nullptr);
  }

  bool complete() const { return fetched_ == answered_ && fleet_.errors() == 0; }

 private:
  void say(Device& device) {
    ++said_;
    fleet_.send_text(device, accounts_[device.index + options_.people].id, now_ns());
  }
  void sent(Device& device, const Flight& flight, const Heard&) override {
    ++answered_;
    latency_.add(now_ns() - flight.due_ns);
    if (said_ < options_.messages) say(device);
  }
  void delivered(Device&, const Heard&) override { ++fetched_; }

  void print(std::string_view mode, std::uint64_t count, std::int64_t server, std::int64_t own, std::int64_t wall,
             const Histogram* latency) const {
    double each = static_cast<double>(std::max<std::uint64_t>(count, 1));
    Report report(mode);
    report.number("people", static_cast<double>(options_.people));
    report.number("messages", static_cast<double>(count));
    report.number("per_s", each * 1e9 / static_cast<double>(wall));
    report.number("server_us_per_message", static_cast<double>(server) / 1e3 / each);
    report.number("generator_us_per_message", static_cast<double>(own) / 1e3 / each);
    if (latency) report.latency("to_sent", *latency);
    report.number("errors", static_cast<double>(fleet_.errors()));
    report.print();
    fmt::print(stderr, "{}: {} messages, {:.0f}/s, server {:.1f} us, generator {:.1f} us each\n", mode, count,
               each * 1e9 / static_cast<double>(wall), static_cast<double>(server) / 1e3 / each,
               static_cast<double>(own) / 1e3 / each);
  }

  const Options& options_;
  std::vector<Account> accounts_;
  Fleet fleet_;
  Histogram latency_;
  std::uint64_t said_ = 0, answered_ = 0, fetched_ = 0;
};

}  // namespace

int run_store(const Options& options) {
  Offline offline(options);
  offline.store();
  offline.drain();
  return offline.complete() ? 0 : 1;
}

}  // namespace homing::load
