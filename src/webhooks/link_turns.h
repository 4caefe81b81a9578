// Whose links may be fetched now: a bot with slow links waits for itself and not for the others. Owned by server/; any I/O
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/id.h"
#include "base/result.h"
#include "base/task.h"

namespace homing::webhooks {

inline constexpr std::size_t kLinksMax = 64;  // of all bots, at the same moment
inline constexpr std::size_t kLinksPerBotMax = 4;
inline constexpr std::size_t kLinksWaitingPerBotMax = 64;
inline constexpr std::chrono::milliseconds kLinkTurnWaitMax = std::chrono::seconds(20);

class LinkTurns {
 public:
  explicit LinkTurns(Clock& clock) : clock_(clock) {}

  // One fetch, until it is destroyed.
  class Turn {
   public:
    Turn(LinkTurns& turns, AccountId bot) : turns_(turns), bot_(bot) {}
    ~Turn() { turns_.leave(bot_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    LinkTurns& turns_;
    const AccountId bot_;
  };
  // Waits for a turn. `rate_limited` when too many of the bot wait already, or none comes in time.
  Task<Result<std::unique_ptr<Turn>>> take(AccountId bot);

 private:
  struct Counts {
    std::size_t under_way = 0;
    std::size_t waiting = 0;
  };
  struct Places {
    std::map<AccountId, Counts> bots;  // those that have any
    std::size_t under_way = 0;
  };
  struct Wait;
  bool enter(AccountId bot);
  void leave(AccountId bot);

  Clock& clock_;
  Guarded<Places> places_;
};

}  // namespace homing::webhooks
