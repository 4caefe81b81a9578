#include "webhooks/link_turns.h"

#include <algorithm>

namespace homing::webhooks {
namespace {

// Who waits looks so often. A fetch takes longer.
constexpr std::chrono::milliseconds kLookEvery{100};

std::unexpected<Error> too_many() { return fail(Code::rate_limited, "too many links under way"); }

}  // namespace

// A place in the queue, given back also when the coroutine ends in between.
struct LinkTurns::Wait {
  Wait(LinkTurns& t, AccountId b) : turns(t), bot(b) {
    turns.places_.with([&](Places& places) {
      auto [counts, made] = places.bots.try_emplace(bot);
      admitted = counts->second.waiting < kLinksWaitingPerBotMax;
      if (admitted) ++counts->second.waiting;
    });
  }
  ~Wait() {
    if (!admitted) return;
    turns.places_.with([&](Places& places) {
      auto counts = places.bots.find(bot);
      --counts->second.waiting;
      if (counts->second.waiting + counts->second.under_way == 0) places.bots.erase(counts);
    });
  }
  LinkTurns& turns;
  const AccountId bot;
  bool admitted = false;
};

bool LinkTurns::enter(AccountId bot) {
  return places_.with([&](Places& places) {
    if (places.under_way >= kLinksMax) return false;
    auto counts = places.bots.find(bot);
    if (counts != places.bots.end() && counts->second.under_way >= kLinksPerBotMax) return false;
    ++places.bots[bot].under_way;
    ++places.under_way;
    return true;
  });
}

void LinkTurns::leave(AccountId bot) {
  places_.with([&](Places& places) {
    auto counts = places.bots.find(bot);
    --counts->second.under_way;
    --places.under_way;
    if (counts->second.waiting + counts->second.under_way == 0) places.bots.erase(counts);
  });
}

Task<Result<std::unique_ptr<LinkTurns::Turn>>> LinkTurns::take(AccountId bot) {
  if (enter(bot)) co_return std::make_unique<Turn>(*this, bot);
  Wait wait(*this, bot);
  if (!wait.admitted) co_return too_many();
  Time end = clock_.now() + kLinkTurnWaitMax;
  while (clock_.now() < end) {
    co_await clock_.sleep(std::min(kLookEvery, end - clock_.now()));
    if (enter(bot)) co_return std::make_unique<Turn>(*this, bot);
  }
  co_return too_many();
}

}  // namespace homing::webhooks
