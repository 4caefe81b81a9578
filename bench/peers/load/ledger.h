// Which messages were acknowledged, and which arrived, how often and in which order. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "message.h"

namespace homing::peers {

class Ledger {
 public:
  // The number of a message that is about to be sent to `to`.
  std::uint64_t issue(std::uint32_t to) {
    entries_.push_back({to});
    return entries_.size() - 1;
  }
  void acked(std::uint64_t number) {
    if (number < entries_.size() && !entries_[number].acked) {
      entries_[number].acked = true;
      ++acked_;
    }
  }
  // False if this person has it already, or it is not theirs.
  bool arrived(std::uint32_t who, const Message& message) {
    if (message.number == 0 || message.number >= entries_.size() || entries_[message.number].to != who) return false;
    Entry& entry = entries_[message.number];
    if (entry.arrived > 0) {
      if (!message.archived) ++duplicates_;
      return false;
    }
    entry.arrived = 1;
    entry.from_archive = message.archived;
    ++arrived_;
    return true;
  }
  // A sender numbers upwards: a smaller number after a larger one from the same sender is out of order.
  void ordered(std::uint32_t who, const Message& message) {
    auto& newest = newest_[(std::uint64_t{who} << 32 | message.from) % newest_.size()];
    if (newest.who == who && newest.from == message.from && message.number < newest.number) ++disordered_;
    newest = {who, message.from,
              std::max(message.number, newest.who == who && newest.from == message.from ? newest.number : 0)};
  }

  std::uint64_t issued() const { return entries_.size() - 1; }
  std::uint64_t acked() const { return acked_; }
  std::uint64_t arrived() const { return arrived_; }
  std::uint64_t duplicates() const { return duplicates_; }
  std::uint64_t disordered() const { return disordered_; }
  std::uint64_t lost() const {
    return count([](const Entry& e) { return e.acked && e.arrived == 0; });
  }
  std::uint64_t archive_only() const {
    return count([](const Entry& e) { return e.acked && e.from_archive; });
  }

 private:
  struct Entry {
    std::uint32_t to = 0;
    bool acked = false;
    bool from_archive = false;
    std::uint8_t arrived = 0;
  };
  struct Newest {
    std::uint32_t who = 0, from = 0;
    std::uint64_t number = 0;
  };
  template <typename Test>
  std::uint64_t count(Test test) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 1; i < entries_.size(); ++i) sum += test(entries_[i]) ? 1 : 0;
    return sum;
  }

  std::vector<Entry> entries_{Entry{}};  // by number, from 1
  std::vector<Newest> newest_ = std::vector<Newest>(1 << 16);
  std::uint64_t acked_ = 0, arrived_ = 0, duplicates_ = 0, disordered_ = 0;
};

}  // namespace homing::peers
