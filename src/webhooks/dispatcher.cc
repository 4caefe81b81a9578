#include "webhooks/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"
#include "base/log.h"
#include "webhooks/signature.h"

namespace homing::webhooks {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPauseWithoutTarget = std::chrono::minutes(1);
constexpr milliseconds kPauseAfterTrouble = std::chrono::seconds(1);
constexpr milliseconds kPauseWhenFull = std::chrono::seconds(1);
constexpr milliseconds kPauseLongest = kPauseMax + kPauseMax / 4;
constexpr std::size_t kRefusalBytesMax = 200;

HttpRequest request_for(const Subscription& subscription, const std::string& body) {
  HttpRequest request;
  request.method = Method::post;
  request.url = subscription.target.url;
  request.headers = {"Content-Type: application/json",
                     "X-Hub-Signature-256: " + signature_256(subscription.app_secret, body),
                     "X-Hub-Signature: " + signature_1(subscription.app_secret, body)};
  request.body = body;
  request.limit = kPostLimit;
  request.errand = Errand::delivery;
  return request;
}

}  // namespace

bool refuses(int status) { return status >= 400 && status <= 499 && status != 408 && status != 425 && status != 429; }

milliseconds pause_after(std::uint32_t attempts, Random& random) {
  milliseconds pause = kPauseFirst;
  for (std::uint32_t i = 1; i < attempts && pause < kPauseMax; ++i) pause *= 2;
  pause = std::min(pause, kPauseMax);
  auto more = random.below(static_cast<std::uint64_t>(pause.count() / 4 + 1));
  return pause + milliseconds(static_cast<std::int64_t>(more));
}

Dispatcher::Dispatcher(boost::asio::any_io_executor executor, Queue& queue, Subscriptions& subscriptions, Ask ask,
                       Clock& clock, Random& random, std::size_t under_way_per_bot)
    : executor_(std::move(executor)),
      queue_(queue),
      subscriptions_(subscriptions),
      ask_(std::move(ask)),
      clock_(clock),
      random_(random),
      under_way_per_bot_(under_way_per_bot) {}

Dispatcher::Lane* Dispatcher::find(LaneId id) {
  auto bot = bots_.find(id.bot);
  if (bot == bots_.end()) return nullptr;
  auto lane = bot->second.lanes.find(id.conversation);
  return lane == bot->second.lanes.end() ? nullptr : &lane->second;
}

// Makes the lane, or changes when it is due.
void Dispatcher::put(LaneId id, Time due) {
  Bot& bot = bots_[id.bot];
  auto [place, made] = bot.lanes.try_emplace(id.conversation);
  Lane& lane = place->second;
  if (lane.under_way) return;
  if (!made) bot.due.erase({lane.due, id.conversation});
  lane.due = due;
  bot.due.emplace(due, id.conversation);
}

Task<Result<void>> Dispatcher::find_lanes() {
  LaneId after;
  for (;;) {
    auto next = co_await queue_.next_lane(after);
    if (!next) co_return std::unexpected(next.error());
    if (!*next) break;
    LaneId id = **next;
    after = id;
    auto first = co_await queue_.first(id);
    if (!first) co_return std::unexpected(first.error());
    auto tries = co_await queue_.tries(id);
    if (!tries) co_return std::unexpected(tries.error());
    if (!*first) continue;
    bool tried = *tries && (*tries)->order == (*first)->order;
    Time now = clock_.now();
    put(id, tried ? std::min((*tries)->due, now + kPauseLongest) : now);
    Lane& lane = *find(id);
    lane.searched = true;
    lane.grown = true;
    lane.added = (*first)->added;
    if (lane.under_way) continue;
    lane.from = 0;
    lane.attempts = tried ? (*tries)->attempts : 0;
    lane.refusals = tried ? (*tries)->refusals : 0;
  }
  co_return Result<void>{};
}

void Dispatcher::added(LaneId id) {
  if (Lane* lane = find(id)) {
    lane->grown = true;
    return;
  }
  Time now = clock_.now();
  put(id, now);
  find(id)->added = now;
}

// Each lane is looked at, and goes.
void Dispatcher::cleared(AccountId id) {
  auto bot = bots_.find(id);
  if (bot == bots_.end()) return;
  for (auto& [conversation, lane] : bot->second.lanes) put(LaneId{id, conversation}, clock_.now());
}

void Dispatcher::tick() {
  Time now = clock_.now();
  // Once around, beginning after the bot that began last.
  auto begin = bots_.upper_bound(turn_);
  if (begin == bots_.end()) begin = bots_.begin();
  if (begin != bots_.end()) turn_ = begin->first;
  for (std::size_t left = bots_.size(); left > 0; --left) {
    Bot& bot = begin->second;
    while (under_way_ < kUnderWayMax && bot.under_way < under_way_per_bot_ && !bot.due.empty() &&
           bot.due.begin()->first <= now) {
      start(LaneId{begin->first, bot.due.begin()->second});
    }
    if (++begin == bots_.end()) begin = bots_.begin();
  }
}

void Dispatcher::start(LaneId id) {
  Bot& bot = bots_.at(id.bot);
  Lane& lane = bot.lanes.at(id.conversation);
  bot.due.erase({lane.due, id.conversation});
  lane.under_way = true;
  ++bot.under_way;
  ++under_way_;
  boost::asio::co_spawn(executor_, work(id), boost::asio::detached);
}

Task<void> Dispatcher::work(LaneId id) {
  co_await boost::asio::post(boost::asio::use_awaitable);  // never inside tick()
  auto next = co_await tell_first(id);
  if (!next) {
    log::warn("webhook.queue_trouble", {{"bot", id.bot.value}, {"detail", next.error().detail}});
    next = clock_.now() + kPauseAfterTrouble;
  }
  Bot& bot = bots_.at(id.bot);
  Lane& lane = bot.lanes.at(id.conversation);
  lane.under_way = false;
  --bot.under_way;
  --under_way_;
  if (*next || lane.grown) {
    put(id, next->value_or(clock_.now()));
  } else {
    bot.lanes.erase(id.conversation);
    if (bot.lanes.empty()) bots_.erase(id.bot);
  }
  tick();
}

Task<Result<Dispatcher::Next>> Dispatcher::tell_first(LaneId id) {
  Lane& before = *find(id);  // stays while it is under way
  if (std::exchange(before.searched, false)) before.from = 0;
  before.grown = false;
  auto first = co_await queue_.first(id, before.from);
  if (!first) co_return std::unexpected(first.error());
  if (!*first) co_return std::nullopt;
  Lane& lane = *find(id);
  lane.added = (*first)->added;
  std::uint64_t order = (*first)->order;
  if (lane.told == order) co_return co_await finish(id, order);
  co_return co_await post(id, std::move(**first));
}

Task<Result<Dispatcher::Next>> Dispatcher::post(LaneId id, Waiting waiting) {
  auto subscription = co_await subscriptions_.get(id.bot);
  if (!subscription && subscription.error().code == Code::not_found) co_return clock_.now() + kPauseWithoutTarget;
  if (!subscription) co_return std::unexpected(subscription.error());
  HttpRequest request = request_for(*subscription, waiting.mail.body);
  auto answer = co_await ask_(std::move(request));
  // Nobody was asked, so it is no attempt.
  if (!answer && answer.error().code == Code::rate_limited) co_return clock_.now() + kPauseWhenFull;
  if (!answer) {
    std::string why = answer.error().detail;
    co_return co_await failed(id, std::move(waiting), Failure::trouble, std::move(why));
  }
  if (answer->status < 200 || answer->status > 299) {
    std::string why = fmt::format("The webhook answered {}.", answer->status);
    Failure failure = refuses(answer->status) ? Failure::refused : Failure::trouble;
    co_return co_await failed(id, std::move(waiting), failure, std::move(why));
  }
  ++metrics_.sent;
  find(id)->told = waiting.order;
  co_return co_await finish(id, waiting.order);
}

Task<Result<Dispatcher::Next>> Dispatcher::finish(LaneId id, std::uint64_t order) {
  auto done = co_await queue_.done(id, order);
  if (!done) co_return std::unexpected(done.error());
  passed(id, order);
  co_return clock_.now();
}

void Dispatcher::passed(LaneId id, std::uint64_t order) {
  Lane& lane = *find(id);
  lane.from = order + 1;  // unless `searched`, which begins anew
  lane.attempts = 0;
  lane.refusals = 0;
  lane.told = 0;
}

Task<Result<Dispatcher::Next>> Dispatcher::failed(LaneId id, Waiting waiting, Failure failure, std::string refusal) {
  ++metrics_.failed;
  Lane& lane = *find(id);
  Time now = clock_.now();
  std::uint64_t order = waiting.order;
  if (refusal.size() > kRefusalBytesMax) refusal.resize(kRefusalBytesMax);
  milliseconds pause = pause_after(++lane.attempts, random_);
  if (failure == Failure::refused && ++lane.refusals < kRefusalsMax) {
    pause = std::max(pause, kPauseRefused[lane.refusals - 1]);
  }
  Tries tries{order, lane.attempts, now + pause, std::move(refusal), lane.refusals};
  if (tries.attempts == 1) {
    log::warn("webhook.failed",
              {{"bot", id.bot.value}, {"conversation", id.conversation.value}, {"detail", tries.refusal}});
  }
  if (now - waiting.added < kGivenUpAfter && lane.refusals < kRefusalsMax) {
    Time due = tries.due;
    auto kept = co_await queue_.set_tries(id, std::move(tries));
    if (!kept) log::warn("webhook.queue_trouble", {{"bot", id.bot.value}, {"detail", kept.error().detail}});
    co_return due;
  }
  log::warn("webhook.given_up",
            {{"bot", id.bot.value}, {"conversation", id.conversation.value}, {"detail", tries.refusal}});
  auto buried = co_await queue_.bury(id, std::move(waiting), std::move(tries));
  if (!buried) co_return std::unexpected(buried.error());
  ++metrics_.died;
  passed(id, order);
  co_return now;
}

DispatchMetrics Dispatcher::metrics() const {
  DispatchMetrics read = metrics_;
  Time now = clock_.now();
  for (const auto& [id, bot] : bots_) {
    read.lanes += bot.lanes.size();
    for (const auto& [conversation, lane] : bot.lanes) read.oldest = std::max(read.oldest, now - lane.added);
  }
  return read;
}

}  // namespace homing::webhooks
