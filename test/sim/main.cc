// sim --seeds 300 --from 1        runs many seeds; the first that breaks the contract ends it
// sim --seed 17 --trace           runs one and says what happens
// sim --break no-dedupe ...       breaks a law on purpose: the run must fail
#include <CLI/CLI.hpp>

#include <cstdio>

#include "base/log.h"
#include "world.h"

using namespace homing;

namespace {

struct Wish {
  std::uint64_t seeds = 300;
  std::uint64_t from = 1;
  std::optional<std::uint64_t> only;
  std::string broken;
  bool trace = false;
};

std::string reproduce(const Wish& wish, std::uint64_t seed) {
  std::string command = "sim --seed " + std::to_string(seed) + " --trace";
  if (!wish.broken.empty()) command += " --break " + wish.broken;
  return command;
}

int run(const Wish& wish, sim::Law law) {
  sim::Counts counts;
  std::uint64_t first = wish.only.value_or(wish.from);
  std::uint64_t count = wish.only ? 1 : wish.seeds;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    sim::World world(seed, law, wish.trace ? sim::Trace::yes : sim::Trace::no);
    std::string finding = world.run();
    counts.add(world.counts());
    if (finding.empty()) continue;
    std::printf("seed %llu breaks the contract, sentence %s\n  again: %s\n", static_cast<unsigned long long>(seed),
                finding.c_str(), reproduce(wish, seed).c_str());
    return 1;
  }
  std::printf(
      "%llu seeds kept the contract: %llu messages, %llu crashes, %llu cuts, %llu lost hints, %llu refused appends, "
      "%llu lost answers\n",
      static_cast<unsigned long long>(count), static_cast<unsigned long long>(counts.messages),
      static_cast<unsigned long long>(counts.crashes), static_cast<unsigned long long>(counts.cuts),
      static_cast<unsigned long long>(counts.hints_lost), static_cast<unsigned long long>(counts.refused_appends),
      static_cast<unsigned long long>(counts.lost_answers));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Wish wish;
  CLI::App app{"Homing's core on one thread under a seed"};
  app.add_option("--seeds", wish.seeds, "how many seeds to run");
  app.add_option("--from", wish.from, "the first of them");
  app.add_option("--seed", wish.only, "run this one only");
  app.add_option("--break", wish.broken, "answer-before-commit, no-dedupe or order-by-reader");
  app.add_flag("--trace", wish.trace, "say what happens");
  CLI11_PARSE(app, argc, argv);
  auto law = wish.broken.empty() ? std::optional(sim::Law::kept) : sim::law_named(wish.broken);
  if (!law) {
    std::fprintf(stderr, "there is no law %s\n", wish.broken.c_str());
    return 2;
  }
  return run(wish, *law);
}
