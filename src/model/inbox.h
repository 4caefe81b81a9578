// An inbox is an account's ordered list of notices; a cursor is a place in it; a receipt is how far a reader is.
#pragma once

#include <compare>
#include <cstdint>
#include <variant>

#include "base/id.h"
#include "model/event.h"

namespace homing {

// A place in an inbox. Events stand at the commit that made them true; notices that marks moved stand between commits.
// So a place means the same before and after a crash: it is derived from the log alone, and the log never hands out a
// commit number twice (EventLog::advance at start).
//
//     63            24 23        0
//     |   commit      |  step    |      step 0: the event itself; 1, 2, ...: marks moved, after it
struct Cursor {
  std::uint64_t value = 0;

  static constexpr unsigned kStepBits = 24;
  static constexpr std::uint64_t kStepMax = (1ull << kStepBits) - 1;

  static constexpr Cursor at(Commit commit, std::uint64_t step = 0) { return Cursor{commit.value << kStepBits | step}; }
  constexpr Commit commit() const { return Commit{value >> kStepBits}; }
  constexpr std::uint64_t step() const { return value & kStepMax; }
  friend constexpr auto operator<=>(Cursor, Cursor) = default;
};

enum class Own { no, yes };  // whether the inbox's account is the event's author

struct EventArrived {
  EventRef event;
  Own own = Own::no;
  friend bool operator==(const EventArrived&, const EventArrived&) = default;
};
// Receipts of this conversation changed; read them from the Directory. Replaces an older unread one.
struct MarksMoved {
  ConversationId conversation;
  friend bool operator==(const MarksMoved&, const MarksMoved&) = default;
};
using News = std::variant<EventArrived, MarksMoved>;

struct Notice {
  Cursor at;
  News news;
  friend bool operator==(const Notice&, const Notice&) = default;
};

// High-water marks of one member in one conversation. Merging takes the larger of each.
struct Receipt {
  Seq delivered;
  Seq read;  // as the others may know it; never above delivered
  Seq seen;  // as only the member's own devices know it: moves also while read receipts are switched off

  friend bool operator==(const Receipt&, const Receipt&) = default;
};

Receipt merged(Receipt a, Receipt b);

struct MemberReceipt {
  AccountId account;
  Receipt receipt;
  friend bool operator==(const MemberReceipt&, const MemberReceipt&) = default;
};

}  // namespace homing
