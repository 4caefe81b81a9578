// W5: kill -9 under load, and what is left of what was acknowledged.
#include <fmt/format.h>
#include <signal.h>

#include <iostream>
#include <random>

#include "../../load/machine.h"
#include "ledger.h"
#include "meter.h"
#include "workloads.h"

namespace homing::peers {
namespace {

using load::now_ns;

// People 0 to n/2 talk in pairs; n/2 to 3n/4 leave messages for 3n/4 to n, who are away.
class Crash : public Workload {
 public:
  Crash(const Options& options, Protocol& protocol)
      : options_(options),
        protocol_(protocol),
        quarter_(options.people / 4 & ~std::size_t{1}),
        crowd_(options.target, quarter_ * 4, protocol) {
    crowd_.set_workload(this);
    crowd_.connect(3 * quarter_, 4 * quarter_, options.parallel, options.patience);
    crowd_.spin(0.5);
    crowd_.disconnect(3 * quarter_, 4 * quarter_, Crowd::Leave::orderly);
    crowd_.connect(0, 3 * quarter_, options.parallel, options.patience);
  }

  void load() {
    auto between = static_cast<std::int64_t>(1e9 / options_.rate);
    std::uniform_int_distribution<std::size_t> anybody(0, 2 * quarter_ - 1);
    std::int64_t begin = now_ns(), end = begin + static_cast<std::int64_t>(options_.seconds * 1e9), due = begin;
    for (std::size_t i = 0; i < quarter_; ++i) leave(2 * quarter_ + i);
    for (std::int64_t now = begin; now < end; now = now_ns()) {
      for (; due <= now; due += between) {
        std::size_t who = anybody(random_);
        say(who, who ^ 1, due);
      }
      crowd_.poll(std::min(due, end));
    }
  }

  void kill_server() {
    dead_ = true;
    auto tree = tree_of(options_.server);
    for (pid_t pid : tree) ::kill(pid, SIGKILL);
    // What was on its way to us counts: it was acknowledged before the end.
    std::int64_t until = now_ns() + 500'000'000;
    while (crowd_.ready() > 0 && now_ns() < until) crowd_.poll(now_ns() + 50'000'000);
    crowd_.disconnect(0, crowd_.size(), Crowd::Leave::abrupt);
    acked_before_ = ledger_.acked();
    fmt::print("{{\"mode\":\"killed\"}}\n");
    std::fflush(stdout);
  }

  void recover() {
    dead_ = false;
    protocol_.set_receipts(false);
    std::int64_t begin = now_ns();
    crowd_.connect(0, 2 * quarter_, options_.parallel, options_.patience);
    crowd_.connect(3 * quarter_, 4 * quarter_, options_.parallel, options_.patience);
    settle(10);
    if (ledger_.lost() > 0 && protocol_.fetch_archive(crowd_.line(0))) {
      for (std::size_t i = 1; i < 4 * quarter_; ++i) {
        if (crowd_.line(i).stage == Stage::ready) protocol_.fetch_archive(crowd_.line(i));
      }
      settle(20);
    }
    report(static_cast<double>(now_ns() - begin) / 1e9);
  }

 private:
  // Until nothing more is missing, or nothing came for three seconds.
  void settle(double at_most_s) {
    std::int64_t end = now_ns() + static_cast<std::int64_t>(at_most_s * 1e9);
    newest_arrival_ = now_ns();
    while (now_ns() < end && now_ns() - newest_arrival_ < 3'000'000'000) crowd_.poll(now_ns() + 100'000'000);
  }
  void say(std::size_t who, std::size_t to, std::int64_t due) {
    std::uint64_t number = ledger_.issue(static_cast<std::uint32_t>(to));
    crowd_.send(who, to, {static_cast<std::uint32_t>(who), number, due});
  }
  void leave(std::size_t who) {
    if (++left_ <= options_.messages) say(who, who + quarter_, now_ns());
  }
  void acked(Line& line, std::uint64_t number) override {
    ledger_.acked(number);
    if (!dead_ && line.index >= 2 * quarter_ && line.index < 3 * quarter_) leave(line.index);
  }
  void delivered(Line& line, const Message& message) override {
    if (message.archived) ++archived_;
    if (ledger_.arrived(line.index, message) || message.archived) newest_arrival_ = now_ns();
  }
  void lost(Line& line, const std::string& why) override {
    if (!dead_) Workload::lost(line, why);
  }

  void report(double seconds) const {
    load::Report report("crash");
    report.number("messages", static_cast<double>(ledger_.issued()));
    report.number("acked", static_cast<double>(acked_before_));
    report.number("lost", static_cast<double>(ledger_.lost()));
    report.number("duplicated", static_cast<double>(ledger_.duplicates()));
    report.number("archive_answers", static_cast<double>(archived_));
    report.number("from_archive", static_cast<double>(ledger_.archive_only()));
    report.number("recovered_s", seconds);
    report.print();
    fmt::print(stderr, "crash: {} acknowledged, {} lost, {} twice, {} only in the archive\n", acked_before_,
               ledger_.lost(), ledger_.duplicates(), ledger_.archive_only());
  }

  const Options& options_;
  Protocol& protocol_;
  std::size_t quarter_;
  Crowd crowd_;
  Ledger ledger_;
  std::mt19937_64 random_{1};
  std::uint64_t acked_before_ = 0;
  std::uint64_t archived_ = 0;
  std::size_t left_ = 0;
  std::int64_t newest_arrival_ = 0;
  bool dead_ = false;
};

}  // namespace

int run_crash(const Options& options, Protocol& protocol) {
  Crash crash(options, protocol);
  crash.load();
  crash.kill_server();
  std::string go;
  std::getline(std::cin, go);
  if (go.empty()) return 1;
  crash.recover();
  return 0;
}

}  // namespace homing::peers
