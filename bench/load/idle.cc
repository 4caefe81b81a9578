// Connections at rest, in as many processes as their descriptors ask for. The parent measures, the children hold sockets:
// they do one stage at a time when told to through a pipe.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "machine.h"
#include "modes.h"
#include "report.h"

namespace homing::load {
namespace {

// visit: everybody talks once, but few are connected at a time. What the store remembers of messages is then known apart
// from what connections hold.
enum class Stage : char { visit = 'v', connect = 'c', talk = 't', cut = 'x', quit = 'q' };

constexpr std::size_t kVisitors = 200;

class Talk : public Script {
 public:
  void ticked(Device&, const Flight&) override { ++ticks; }
  std::size_t ticks = 0;
};

// Devices [from, to) say one thing each; over when all have their second tick.
void talk_once(Fleet& fleet, Talk& script, const std::vector<Account>& accounts, std::size_t from, std::size_t to) {
  auto& devices = fleet.devices();
  script.ticks = 0;
  std::size_t said = 0, count = to - from;
  std::int64_t patience = now_ns() + 60'000'000'000;
  while (script.ticks < count && now_ns() < patience) {
    for (; said < count && said < script.ticks + 256; ++said) {
      fleet.send_text(devices[from + said], accounts[(from + said) ^ 1].id, now_ns());
    }
    fleet.poll(now_ns() + 100'000'000);
  }
  if (script.ticks < count) throw std::runtime_error("not every device got its second tick");
}

void visit(Fleet& fleet, Talk& script, const std::vector<Account>& accounts) {
  for (std::size_t from = 0; from < accounts.size(); from += kVisitors) {
    std::size_t to = std::min(from + kVisitors, accounts.size());
    fleet.connect(from, to);
    talk_once(fleet, script, accounts, from, to);
    fleet.disconnect(from, to, Fleet::Leave::abrupt);
  }
}

[[noreturn]] void child(const Options& options, std::size_t skip, std::size_t count, unsigned worker, int orders,
                        int results) {
  int status = 1;
  try {
    auto accounts = read_accounts(options.accounts, count, options.skip + skip);
    Target target = options.target;
    target.worker = worker;
    Fleet fleet(target, accounts, options.text_bytes);
    Talk script;
    fleet.set_script(&script);
    char stage = 0;
    char done = '+';
    if (::write(results, &done, 1) != 1) _exit(1);
    while (::read(orders, &stage, 1) == 1 && static_cast<Stage>(stage) != Stage::quit) {
      switch (static_cast<Stage>(stage)) {
        case Stage::connect: fleet.connect(0, count); break;
        case Stage::visit: visit(fleet, script, accounts); break;
        case Stage::talk: talk_once(fleet, script, accounts, 0, count); break;
        case Stage::cut: fleet.disconnect(0, count, Fleet::Leave::abrupt); break;
        case Stage::quit: break;
      }
      if (::write(results, &done, 1) != 1) break;
    }
    fleet.disconnect(0, count, Fleet::Leave::abrupt);
    status = 0;
  } catch (const std::exception& error) { fmt::print(stderr, "worker {}: {}\n", worker, error.what()); }
  _exit(status);
}

class Workers {
 public:
  explicit Workers(const Options& options) {
    std::size_t people = options.people & ~std::size_t{1};
    std::size_t per = options.per_process & ~std::size_t{1};
    for (std::size_t skip = 0; skip < people; skip += per) start(options, skip, std::min(per, people - skip));
    for (Worker& worker : workers_) wait(worker);  // accounts are read
  }
  ~Workers() {
    for (Worker& worker : workers_) {
      char quit = static_cast<char>(Stage::quit);
      (void)!::write(worker.orders, &quit, 1);
    }
    for (Worker& worker : workers_) ::waitpid(worker.pid, nullptr, 0);
  }
  // Returns when all workers have done it, with the time it took.
  double run(Stage stage) {
    std::int64_t begin = now_ns();
    char order = static_cast<char>(stage);
    for (Worker& worker : workers_) {
      if (::write(worker.orders, &order, 1) != 1) throw std::runtime_error("a worker is gone");
    }
    for (Worker& worker : workers_) wait(worker);
    return static_cast<double>(now_ns() - begin) / 1e9;
  }
  std::size_t count() const { return workers_.size(); }

 private:
  struct Worker {
    pid_t pid;
    int orders;
    int results;
  };
  void start(const Options& options, std::size_t skip, std::size_t count) {
    int orders[2], results[2];
    if (::pipe2(orders, O_CLOEXEC) != 0 || ::pipe2(results, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
    auto number = static_cast<unsigned>(workers_.size());
    pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("fork failed");
    if (pid == 0) {
      ::close(orders[1]);
      ::close(results[0]);
      for (Worker& other : workers_) {
        ::close(other.orders);
        ::close(other.results);
      }
      child(options, skip, count, number, orders[0], results[1]);
    }
    ::close(orders[0]);
    ::close(results[1]);
    workers_.push_back({pid, orders[1], results[0]});
  }
  static void wait(const Worker& worker) {
    char done = 0;
    if (::read(worker.results, &done, 1) != 1) throw std::runtime_error("a worker failed");
  }
  std::vector<Worker> workers_;
};

void settle(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

struct Measured {
  double seconds = 0;
  double server_us = 0;  // per connection
};
Measured measure(Workers& workers, Stage stage, const Options& options) {
  std::int64_t server = -cpu_ns(options.server);
  double seconds = workers.run(stage);
  return {seconds, static_cast<double>(server + cpu_ns(options.server)) / 1e3 / static_cast<double>(options.people)};
}

}  // namespace

int run_idle(const Options& options) {
  signal(SIGPIPE, SIG_IGN);
  Workers workers(options);
  auto n = static_cast<double>(options.people);
  workers.run(Stage::visit);  // every account and conversation is known, and a first message stored
  settle(options.settle);
  Memory visited = memory(options.server);
  workers.run(Stage::visit);
  settle(options.settle);
  Memory before = memory(options.server);
  Measured login = measure(workers, Stage::connect, options);
  settle(options.settle);
  Memory connected = memory(options.server);
  workers.run(Stage::talk);
  settle(options.settle);
  Memory talked = memory(options.server);
  workers.run(Stage::cut);
  settle(options.settle);
  Memory gone = memory(options.server);
  Measured resume = measure(workers, Stage::connect, options);
  settle(options.settle);
  Memory resumed = memory(options.server);

  auto per = [&](std::int64_t from, std::int64_t to) { return static_cast<double>(to - from) / n; };
  Report report("idle");
  report.number("people", n);
  report.number("processes", static_cast<double>(workers.count()));
  report.number("resident_before_mib", static_cast<double>(before.resident_kib) / 1024);
  report.number("resident_talked_mib", static_cast<double>(talked.resident_kib) / 1024);
  report.number("kib_per_message_kept_by_the_store", per(visited.private_dirty_kib, before.private_dirty_kib));
  report.number("kib_per_connection_dirty_connected", per(before.private_dirty_kib, connected.private_dirty_kib));
  report.number("kib_per_connection_dirty_talked", per(before.private_dirty_kib, talked.private_dirty_kib));
  report.number("kib_per_connection_resident_talked", per(before.resident_kib, talked.resident_kib));
  report.number("kib_left_when_gone", per(before.private_dirty_kib, gone.private_dirty_kib));
  report.number("kib_per_connection_between_gone_and_resumed", per(gone.private_dirty_kib, resumed.private_dirty_kib));
  report.number("kernel_kib_per_pair_slab", per(before.slab_kib, talked.slab_kib));
  report.number("kernel_kib_per_pair_unreclaimable", per(before.unreclaimable_kib, talked.unreclaimable_kib));
  report.number("tcp_pages", static_cast<double>(talked.tcp_pages - before.tcp_pages));
  report.number("logins_per_s", n / login.seconds);
  report.number("server_us_per_login", login.server_us);
  report.number("resumes_per_s", n / resume.seconds);
  report.number("server_us_per_resume", resume.server_us);
  report.print();
  fmt::print(
      stderr,
      "idle: {} connections, {:.2f} KiB dirty each ({:.2f} before they talked; the same talk without them {:.2f}), slab {:.1f} KiB per pair of ends; log-in "
      "{:.0f}/s {:.0f} us, resume {:.0f}/s {:.0f} us\n",
      options.people, per(before.private_dirty_kib, talked.private_dirty_kib),
      per(before.private_dirty_kib, connected.private_dirty_kib),
      per(visited.private_dirty_kib, before.private_dirty_kib), per(before.slab_kib, talked.slab_kib),
      n / login.seconds, login.server_us, n / resume.seconds, resume.server_us);
  return 0;
}

}  // namespace homing::load
