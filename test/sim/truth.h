// What is true, computed from the log alone and not by the code under test: who said what, in which place, and who may
// see it. The checker compares everything that devices are told with this. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/memory.h"

namespace homing::sim {

struct Fact {
  AccountId author;
  DeviceId device;
  Commit commit;
  std::string text;    // of a posted message
  std::string bytes;   // homing.v1.Event
  std::vector<AccountId> hidden_from;
};

struct Interval {
  Seq since;
  Seq until;  // 0: is a member now
  Commit since_commit;
  bool covers(Seq seq) const { return since <= seq && (!until || seq <= until); }
};

struct Story {
  ConversationKind kind = ConversationKind::direct;
  std::vector<Fact> facts;  // Seq 1 is facts[0]
  std::map<AccountId, std::vector<Interval>> members;

  const Fact* at(Seq seq) const { return !seq || seq.value > facts.size() ? nullptr : &facts[seq.value - 1]; }
  bool may_see(AccountId account, Seq seq) const;
  // The interval that runs now, if any.
  const Interval* running(AccountId account) const;
  // Whose copy the ticks of this message wait for: those who are members now and were when it was said.
  std::vector<AccountId> audience(Seq seq) const;
};

class Truth {
 public:
  explicit Truth(const MemoryDisk& disk) : disk_(disk) {}

  // Reads on to the end of the log. Says what is wrong with it, or nothing.
  std::string read_on();

  // For the first message between two people: the log does not repeat whom it was for.
  void will_send(const std::string& text, AccountId author, AccountId to) { direct_[text] = {author, to}; }

  const std::map<ConversationId, Story>& stories() const { return stories_; }
  const Story* story(ConversationId id) const;
  // Where this text stands; it stands in one place only.
  std::optional<std::pair<ConversationId, Seq>> place_of(const std::string& text) const;

 private:
  std::string add(const Envelope& envelope);

  const MemoryDisk& disk_;
  Commit read_;
  std::map<ConversationId, Story> stories_;
  std::map<std::string, std::pair<ConversationId, Seq>> texts_;
  std::map<std::string, std::pair<AccountId, AccountId>> direct_;
};

}  // namespace homing::sim
