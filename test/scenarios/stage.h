// The world that a .chat script plays in: a server on some store, people with devices, and a network that carries
// everything at once. After each call everything has come to rest. What goes wrong is thrown as a Mismatch.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "test_device.h"
#include "test_server.h"

namespace homing::scenario {

struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Actor {
  std::string name;                // "ana/laptop"
  std::string owner;               // "ana"
  std::unique_ptr<test::TestDevice> device;
  std::size_t heard = 0;           // arrivals that the script has named already
  bool wants_to_be_online = true;
  std::string closed;              // why the server ended its last connection
  v1::Privacy privacy;             // as it was set last
};

enum class Answer { heard, lost };

class Stage {
 public:
  Stage(test::TestDisk& disk, wire::Form form);

  void add_account(const std::string& name);
  void add_device(const std::string& name);
  Actor& actor(const std::string& name);                 // "ana" is her first device
  AccountId account(const std::string& name);
  bool is_account(const std::string& name) const { return accounts_.contains(name); }
  std::string name_of(AccountId account) const;
  // The phone number that this person registered with.
  std::string phone(const std::string& name) const { return phones_.at(name); }
  std::vector<std::string> accounts() const;
  Time now() const { return clock_.now(); }
  void name_group(const std::string& name, ConversationId id) { groups_[name] = id; }
  bool is_group(const std::string& name) const { return groups_.contains(name); }
  // A group by its name, or the conversation between the owner of this device and somebody.
  ConversationId conversation(const Actor& who, const std::string& chat);

  // Asks and, if online, waits for the answer. `refusal`: the code it must be refused with; empty: it must not be.
  std::uint64_t ask(Actor& who, v1::ClientFrame frame, const std::string& refusal, Answer answer = Answer::heard);
  std::uint64_t ask_raw(Actor& who, std::uint64_t number, std::string bytes, const std::string& refusal);
  const v1::ServerFrame& answer(Actor& who, std::uint64_t number);

  // The next event that this device was sent and that the script has not named yet.
  const v1::Envelope& next(Actor& who);
  void go_online(Actor& who, const std::string& refusal);
  void go_offline(Actor& who);
  void crash();
  void restart();  // orderly: what can be rebuilt is written first
  void write_behind();  // what can be rebuilt is on disk
  void drain();
  void pass(std::chrono::milliseconds time);
  void retain(Retention retention);
  void revoke(Actor& who);
  // A new device of whoever made this code; it is online then.
  void link_device(const std::string& name, const std::string& code, const std::string& refusal);
  void remove_account(const std::string& name);
  void settle();

 private:
  void check_answer(Actor& who, std::uint64_t number, const std::string& refusal);
  bool carry(Actor& who);
  void start();

  wire::Form form_;
  test::TestDisk& disk_;
  test::VirtualClock clock_{Time{1'750'000'000'000}};
  SeededRandom random_{1};
  std::map<std::string, std::unique_ptr<Actor>> actors_;
  std::map<std::string, AccountId> accounts_;
  std::map<std::string, std::string> phones_;
  std::map<std::string, ConversationId> groups_;
  test::TestServer server_;
};

}  // namespace homing::scenario
