// What can be measured; each prints one report or more. main.cc reads the flags and chooses the protocol.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

#include "crowd.h"

namespace homing::peers {

struct Options {
  Target target;
  pid_t server = 0;              // whose CPU and memory to report, with its children
  std::size_t people = 1000;
  double seconds = 10, warmup = 2;
  double rate = 1000;            // messages per second of all people together
  double step = 1.25;            // ladder: factor from one rate to the next
  double p99_ms = 100;           // ladder: what counts as held
  std::size_t steps_max = 12;
  std::size_t messages = 10'000; // store, crash: how many to leave for people who are away
  std::size_t senders = 16;      // group: members with a message under way
  std::vector<std::size_t> sizes{1000};  // idle: connections at each reading
  std::size_t parallel = 128;    // log-ins under way at a time
  std::size_t storm_parallel = 1000;
  double settle = 2;             // pause before memory is read
  double patience = 120;
};

// 1:1 messages in both directions between people 2i and 2i+1, open loop.
int run_pairs(const Options& options, Protocol& protocol);   // at one rate
int run_ladder(const Options& options, Protocol& protocol);  // rising, until the delay is too long
// Half of the people leave messages for the other half, who are away, then come and fetch them.
int run_store(const Options& options, Protocol& protocol);
// One group of all people, online.
int run_group(const Options& options, Protocol& protocol);
// Connections at rest; then all are cut at once and come back.
int run_idle(const Options& options, Protocol& protocol);
// kill -9 while half of the people talk and half leave messages for others who are away; what came of it after a restart.
// Kills the server itself, prints {"mode":"killed"} and goes on when a line comes on standard input.
int run_crash(const Options& options, Protocol& protocol);

}  // namespace homing::peers
