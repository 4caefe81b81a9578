// W3: people who are away: what it costs to keep a message for them, and to hand it over when they come.
#include <fmt/format.h>

#include "../../load/machine.h"
#include "ledger.h"
#include "meter.h"
#include "workloads.h"

namespace homing::peers {
namespace {

using load::now_ns;

class Away : public Workload {
 public:
  Away(const Options& options, Protocol& protocol)
      : options_(options), half_(options.people / 2), crowd_(options.target, half_ * 2, protocol) {
    crowd_.set_workload(this);
    protocol.set_receipts(false);  // the senders have left when the messages are fetched
    crowd_.connect(half_, half_ * 2, options.parallel, options.patience);  // whoever keeps sessions must have met them
    crowd_.spin(0.5);
    crowd_.disconnect(half_, half_ * 2, Crowd::Leave::orderly);
    crowd_.connect(0, half_, options.parallel, options.patience);
    crowd_.spin(0.5);
  }

  // Every sender has one message under way to a person who is away.
  void store() {
    Meter meter(options_.server);
    std::int64_t end = now_ns() + static_cast<std::int64_t>(options_.seconds * 1e9);
    for (std::size_t i = 0; i < half_ && ledger_.issued() < options_.messages; ++i) say(i);
    while (ledger_.acked() < ledger_.issued() && now_ns() < end + 20'000'000'000) {
      open_ = now_ns() < end;
      crowd_.poll(now_ns() + 100'000'000);
    }
    print("store", ledger_.acked(), meter.stop());
    crowd_.disconnect(0, half_, Crowd::Leave::orderly);
  }

  // The others log in and fetch; over when all has come.
  void drain() {
    Meter meter(options_.server);
    crowd_.connect(half_, half_ * 2, options_.parallel, options_.patience);
    std::int64_t patience = now_ns() + 20'000'000'000;
    while (ledger_.arrived() < ledger_.acked() && now_ns() < patience) crowd_.poll(now_ns() + 100'000'000);
    crowd_.flush();
    print("drain", ledger_.arrived(), meter.stop());
  }

 private:
  void say(std::size_t who) {
    std::uint64_t number = ledger_.issue(static_cast<std::uint32_t>(who + half_));
    crowd_.send(who, who + half_, {static_cast<std::uint32_t>(who), number, now_ns()});
  }
  void acked(Line& line, std::uint64_t number) override {
    ledger_.acked(number);
    if (open_ && ledger_.issued() < options_.messages) say(line.index);
  }
  void delivered(Line& line, const Message& message) override {
    if (ledger_.arrived(line.index, message)) ledger_.ordered(line.index, message);
  }

  void print(std::string_view mode, std::uint64_t count, const Metered& metered) const {
    auto each = static_cast<double>(count);
    load::Report report(mode);
    report.number("people", static_cast<double>(half_));
    report.number("messages", each);
    report.number("per_s", each / metered.seconds);
    report.number("server_us_per_message", metered.server_us(each));
    report.number("lost", static_cast<double>(mode == "drain" ? ledger_.lost() : 0));
    report.number("duplicates", static_cast<double>(ledger_.duplicates()));
    report.number("disordered", static_cast<double>(ledger_.disordered()));
    metered.report(report);
    report.print();
    fmt::print(stderr, "{}: {} messages, {:.0f}/s, server {:.1f} us each; lost {} twice {} out of order {}\n", mode,
               count, each / metered.seconds, metered.server_us(each), mode == "drain" ? ledger_.lost() : 0,
               ledger_.duplicates(), ledger_.disordered());
  }

  const Options& options_;
  std::size_t half_;
  Crowd crowd_;
  Ledger ledger_;
  bool open_ = true;
};

}  // namespace

int run_store(const Options& options, Protocol& protocol) {
  Away away(options, protocol);
  away.store();
  away.drain();
  return 0;
}

}  // namespace homing::peers
