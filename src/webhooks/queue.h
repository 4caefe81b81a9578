// What is to be told to webhooks, on disk until it was. A lane is one conversation of one bot: its bodies are told in
// order. Beside them lies how far the conversation was put into the queue, and both change in one write: so adding what
// was added already does nothing, also when the body has been told and is gone.
//
//   hook/lane/BOT/LANE         how far: the next order, and the Seqs that were told
//   hook/mail/BOT/LANE/ORDER   a body
//   hook/tries/BOT/LANE        attempts at the lane's first body; may be lost in a crash
//   hook-dead/BOT/LANE/ORDER   a body that nobody took in seven days, or that was refused; kept for a month
//
// Bodies stay in the store: nothing here grows with the backlog. Owned by Webhooks; any I/O thread.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "base/task.h"
#include "store/page.h"
#include "store/records.h"

namespace homing::webhooks {

inline constexpr std::size_t kBodyBytesMax = 960 * 1024;  // a record holds 1 MiB
inline constexpr std::size_t kMailsAtOnce = 64;
inline constexpr std::chrono::milliseconds kDeadKept = std::chrono::days(30);  // since they were added
inline constexpr std::size_t kDeadPerBotMax = 10'000;

struct LaneId {
  AccountId bot;
  ConversationId conversation;
  friend constexpr auto operator<=>(LaneId, LaneId) = default;
};
// The lane of what belongs to no conversation.
inline constexpr ConversationId kNoConversation{};

// How far a conversation was put into the queue.
struct LaneMarks {
  std::uint64_t next = 1;  // order of the next body
  Seq arrived;  // events up to here
  Seq delivered;  // "delivered" of own messages up to here
  Seq read;
  friend bool operator==(const LaneMarks&, const LaneMarks&) = default;
};

struct Mail {
  std::string kind;  // "message", "sent", "delivered", "read": for people who look at the queue
  std::string body;
};

struct Waiting {
  std::uint64_t order = 0;
  Mail mail;
  Time added;
};

struct Tries {
  std::uint64_t order = 0;  // of the body they were for
  std::uint32_t attempts = 0;
  Time due;
  std::string refusal;  // what came of the last one
  std::uint32_t refusals = 0;  // attempts that the receiver refused
  friend bool operator==(const Tries&, const Tries&) = default;
};

struct DeadLetter {
  LaneId lane;
  std::uint64_t order = 0;
  std::string kind;
  Time added;
  std::uint32_t attempts = 0;
  std::string refusal;
};

class Queue {
 public:
  Queue(Records& records, Clock& clock);

  // Nothing if this conversation was never put into the queue.
  Task<Result<std::optional<LaneMarks>>> marks(LaneId lane);
  // Adds these behind what waits and moves the marks from `was` to `is`, durably and at once; at most kMailsAtOnce. The
  // orders are given from `was.next` on. Returns the marks as they are now. `conflict` when they were not `was` any more.
  Task<Result<LaneMarks>> add(LaneId lane, std::optional<LaneMarks> was, LaneMarks is, std::vector<Mail> mails);

  // The first body of the lane from this order on, if any.
  Task<Result<std::optional<Waiting>>> first(LaneId lane, std::uint64_t from = 0);
  Task<Result<std::optional<Tries>>> tries(LaneId lane);
  Task<Result<void>> set_tries(LaneId lane, Tries tries);
  // It was told: durably gone.
  Task<Result<void>> done(LaneId lane, std::uint64_t order);
  // Nobody took it: moves it to the dead letters.
  Task<Result<void>> bury(LaneId lane, Waiting waiting, Tries tries);

  // The first lane after this one in which something waits. Begin with a lane of zeros.
  Task<Result<std::optional<LaneId>>> next_lane(LaneId after);
  // Of one bot, or of all with a bot of zero; after this letter (order 0: from the start).
  Task<Result<Page<DeadLetter>>> dead(AccountId bot, LaneId after, std::uint64_t after_order, std::size_t limit);
  // Drops dead letters that are older than kDeadKept and, of each bot, the oldest beyond so many. Returns how many.
  Task<Result<std::size_t>> tidy(std::size_t dead_per_bot_max = kDeadPerBotMax);
  // Puts dead letters back to where they were, fresh; of one bot or of all. Returns how many.
  Task<Result<std::size_t>> revive(AccountId bot);
  // Forgets the pauses: what waits is due now. Of one bot or of all.
  Task<Result<void>> forget_tries(AccountId bot);
  // Forgets everything of one bot. Can be repeated.
  Task<Result<void>> clear(AccountId bot);

 private:
  Task<Result<std::vector<Record>>> some(std::string from, std::string to, std::size_t limit);
  Task<Result<void>> erase_all(std::string prefix);

  Records& records_;
  Clock& clock_;
};

}  // namespace homing::webhooks
