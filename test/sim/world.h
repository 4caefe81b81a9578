// One seed: people with devices, a server that is hit by everything that can happen to it, and the checker. Everything is
// decided by the seed, so that a failure can be looked at again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broken_log.h"
#include "checker.h"
#include "test_server.h"

namespace homing::sim {

struct Counts {
  std::uint64_t messages = 0;
  std::uint64_t crashes = 0;
  std::uint64_t cuts = 0;
  std::uint64_t hints_lost = 0;
  std::uint64_t refused_appends = 0;
  std::uint64_t lost_answers = 0;

  void add(const Counts& other);
};

enum class Trace { no, yes };

class World {
 public:
  World(std::uint64_t seed, Law broken, Trace trace);

  // Returns what the checker found; empty if the contract was kept.
  std::string run();
  const Counts& counts() const { return counts_; }

 private:
  // How often what happens; drawn once per seed, many of them zero, so that seeds differ in kind.
  struct Weather {
    unsigned crash, cut, stall, flush, full_disk;  // per 10,000 turns
    unsigned refuse, lose, drop_hint;  // per 100 calls
  };

  void people_arrive();
  void turn();
  void weather();
  void carry(test::TestDevice& device);
  void person_does_something();
  void says(Person& person, test::TestDevice& device);
  void changes_group(Person& person, test::TestDevice& device);
  void reads_something(Person& person, test::TestDevice& device);
  void faults_stop();
  bool comes_to_rest();
  void everybody_reads();
  void crash();
  void cut(test::TestDevice& device);
  void connect(test::TestDevice& device);
  Fate on_append();

  bool chance(unsigned of, unsigned in) { return random_.below(in) < of; }
  Person& any_person() { return people_[random_.below(people_.size())]; }
  test::TestDevice& any_device(Person& person) { return *person.devices[random_.below(person.devices.size())]; }
  void note(const std::string& what);

  std::uint64_t seed_;
  Law broken_;
  Trace trace_;
  SeededRandom random_;  // what happens
  SeededRandom server_random_;  // what the server draws
  SeededRandom device_random_;  // client ids
  Weather weather_{};
  bool faults_ = false;
  bool disk_full_ = false;
  std::uint64_t turns_ = 0;
  std::uint64_t texts_ = 0;
  Counts counts_;

  test::MemoryTestDisk disk_;
  test::VirtualClock clock_{Time{1'750'000'000'000}};
  std::vector<Person> people_;
  std::unique_ptr<Checker> checker_;
  std::vector<ConversationId> groups_;
  test::TestServer server_;
};

}  // namespace homing::sim
