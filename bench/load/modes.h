// What the generator can do; each mode prints one report. main.cc reads the flags.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

#include "fleet.h"

namespace homing::load {

struct Options {
  Target target;
  std::string accounts = "accounts.jsonl";
  std::size_t skip = 0;           // accounts of the file that other runs use
  std::size_t people = 1000;
  double rate = 8000;             // messages per second of all people together
  double seconds = 20;
  double warmup = 3;
  std::size_t window = 16;        // closed: messages in flight per pair
  std::size_t text_bytes = 100;
  bool read = false;              // also say that each message was read
  pid_t server = 0;               // whose CPU and memory to report
  double p99_ms = 100;            // ladder: what counts as held
  double step = 1.15;             // ladder: factor from one rate to the next
  std::size_t messages = 100'000; // store: how many to leave for people who are away
  std::size_t senders = 16;       // group: members with a message in flight
  std::size_t per_process = 18'000;
  double settle = 3;              // idle: pause before memory is read
};

// 1:1 messages in both directions between people 2i and 2i+1, each acknowledged by its receiver.
int run_pairs(const Options& options);    // open loop at a fixed rate
int run_closed(const Options& options);   // as fast as `window` messages in flight per pair allow
int run_ladder(const Options& options);   // open loop, rising until the delay is too long
// Half of the people leave messages for the other half, who then come and fetch them.
int run_store(const Options& options);
// One group of all people.
int run_group(const Options& options);
// Connections that have talked once and then rest: memory, log-ins; then all are cut and come back.
int run_idle(const Options& options);

}  // namespace homing::load
