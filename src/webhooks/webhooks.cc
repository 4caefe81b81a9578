#include "webhooks/webhooks.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/log.h"

namespace homing::webhooks {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTickEvery{500};
constexpr milliseconds kLookEvery = std::chrono::minutes(1);
constexpr milliseconds kPauseAfterTrouble = std::chrono::seconds(1);

}  // namespace

Webhooks::Webhooks(boost::asio::any_io_executor executor, Forwarder::World world, Records& records, Random& random,
                   Ask ask, Translator translate, std::size_t under_way_per_bot)
    : executor_(executor),
      clock_(world.clock),
      queue_(records, world.clock),
      subscriptions_(records, world.inbox, random, ask),
      dispatcher_(executor, queue_, subscriptions_, ask, world.clock, random, under_way_per_bot),
      forwarder_(executor, world, queue_, subscriptions_, dispatcher_, std::move(translate)) {
  subscriptions_.on_changed(
      [this](AccountId bot) { boost::asio::post(executor_, [this, bot] { forwarder_.changed(bot); }); });
}

Task<void> Webhooks::run() {
  co_await find_lanes();
  for (;;) {
    auto all = co_await forwarder_.all();
    if (all) break;
    log::warn("webhook.start_failed", {{"detail", all.error().detail}});
    co_await clock_.sleep(kPauseAfterTrouble);
  }
  for (milliseconds since_look{0};; since_look += kTickEvery) {
    if (since_look >= kLookEvery) {
      forwarder_.look();
      since_look = milliseconds(0);
    }
    dispatcher_.tick();
    co_await clock_.sleep(kTickEvery);
  }
}

Task<Result<void>> Webhooks::tell(AccountId bot, Mail mail) {
  constexpr int kAttempts = 5;  // when several threads tell the same bot something
  const LaneId lane{bot, kNoConversation};
  for (int attempt = 1;; ++attempt) {
    auto was = co_await queue_.marks(lane);
    if (!was) co_return std::unexpected(was.error());
    LaneMarks is = was->value_or(LaneMarks{});
    std::vector<Mail> mails{mail};
    auto added = co_await queue_.add(lane, *was, is, std::move(mails));
    if (added) break;
    if (added.error().code != Code::conflict || attempt == kAttempts) co_return std::unexpected(added.error());
  }
  boost::asio::post(executor_, [this, lane] {
    dispatcher_.added(lane);
    dispatcher_.tick();
  });
  co_return Result<void>{};
}

Task<Result<void>> Webhooks::tidy() {
  auto dropped = co_await queue_.tidy();
  if (!dropped) co_return std::unexpected(dropped.error());
  dropped_ += *dropped;
  if (*dropped > 0) log::warn("webhook.dead_dropped", {{"letters", *dropped}});
  co_return Result<void>{};
}

void Webhooks::look_again() {
  boost::asio::post(executor_, [this] { boost::asio::co_spawn(executor_, find_lanes(), boost::asio::detached); });
}

Task<void> Webhooks::find_lanes() {
  for (;;) {
    auto found = co_await dispatcher_.find_lanes();
    if (found) break;
    log::warn("webhook.start_failed", {{"detail", found.error().detail}});
    co_await clock_.sleep(kPauseAfterTrouble);
  }
  dispatcher_.tick();
}

}  // namespace homing::webhooks
