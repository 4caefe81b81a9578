// homing_load MODE --accounts FILE ...: scripted devices against a running server (bench/README.md).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "modes.h"

int main(int argc, char** argv) {
  using namespace homing::load;
  CLI::App app("Scripted devices that talk, acknowledge and read, against a running server");
  app.require_subcommand(1);
  Options o;
  int (*run)(const Options&) = nullptr;
  auto mode = [&](const char* name, const char* what, int (*function)(const Options&)) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->add_option("--host", o.target.host, "IPv4 address of the server")->capture_default_str();
    sub->add_option("--port", o.target.port)->capture_default_str();
    sub->add_flag("--tls", o.target.tls, "by TLS, without looking at the certificate");
    sub->add_option("--accounts", o.accounts, "what `homing account import` printed")->capture_default_str();
    sub->add_option("--skip", o.skip, "accounts of the file to pass over");
    sub->add_option("--people", o.people)->capture_default_str();
    sub->add_option("--text-bytes", o.text_bytes)->capture_default_str();
    sub->add_option("--server-pid", o.server, "whose CPU and memory to report");
    sub->callback([&run, function] { run = function; });
    return sub;
  };
  auto timed = [&](CLI::App* sub) {
    sub->add_option("--seconds", o.seconds, "that count")->capture_default_str();
    sub->add_option("--warmup", o.warmup, "seconds before them")->capture_default_str();
    return sub;
  };
  for (CLI::App* sub : {timed(mode("pairs", "open loop at a fixed rate", run_pairs)),
                        timed(mode("ladder", "rising rates, until the delay to delivery is too long", run_ladder))}) {
    sub->add_option("--rate", o.rate, "messages per second, of all; the first one of a ladder")->capture_default_str();
    sub->add_flag("--read", o.read, "mark every message as read, too");
    if (sub->get_name() != "ladder") continue;
    sub->add_option("--p99-ms", o.p99_ms)->capture_default_str();
    sub->add_option("--step", o.step, "factor between rates")->capture_default_str();
  }
  CLI::App* closed = timed(mode("closed", "a fixed number of messages in flight", run_closed));
  closed->add_option("--window", o.window, "in flight per pair")->capture_default_str();
  closed->add_flag("--read", o.read, "mark every message as read, too");
  mode("store", "messages for people who are away, who then fetch them; uses twice as many accounts", run_store)
      ->add_option("--messages", o.messages)
      ->capture_default_str();
  timed(mode("group", "one group of all people, online", run_group))
      ->add_option("--senders", o.senders)
      ->capture_default_str();
  CLI::App* idle = mode("idle", "connections at rest: memory, log-ins, resumes", run_idle);
  idle->add_option("--per-process", o.per_process)->capture_default_str();
  idle->add_option("--settle", o.settle, "seconds of rest before memory is read")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return run(o);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
