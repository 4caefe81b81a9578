#include "webhooks/desk.h"

#include <utility>

namespace homing::webhooks {
namespace {

constexpr std::size_t kSubscriptionsAtOnce = 64;
constexpr std::size_t kDeadAtOnce = 32;

Task<Result<HttpAnswer>> ask_nobody(HttpRequest) { co_return fail(Code::unavailable); }

}  // namespace

Desk::Desk(Records& records, Inbox& inbox, Directory& directory, Clock& clock, Random& random,
           std::function<void()> look_again)
    : directory_(directory),
      queue_(records, clock),
      subscriptions_(records, inbox, random, &ask_nobody),
      look_again_(std::move(look_again)) {}

Task<Result<AccountId>> Desk::bot_of(std::optional<std::string> phone) {
  if (!phone) co_return AccountId{};
  auto account = co_await directory_.account_by_phone(std::move(*phone));
  if (!account && account.error().code == Code::not_found) {
    co_return fail(Code::not_found, "There is no account with this phone.", "phone");
  }
  co_return account;
}

Task<Result<std::vector<WebhookState>>> Desk::list(std::optional<std::string> phone) {
  auto bot = co_await bot_of(std::move(phone));
  if (!bot) co_return std::unexpected(bot.error());
  std::vector<Subscription> found;
  if (*bot) {
    auto one = co_await subscriptions_.get(*bot);
    if (!one && one.error().code == Code::not_found) co_return fail(Code::not_found, "It has no webhook.", "phone");
    if (!one) co_return std::unexpected(one.error());
    found.push_back(std::move(*one));
  }
  for (bool more = !*bot; more;) {
    AccountId after = found.empty() ? AccountId{} : found.back().bot;
    auto page = co_await subscriptions_.list(after, kSubscriptionsAtOnce);
    if (!page) co_return std::unexpected(page.error());
    more = page->more == More::yes;
    for (Subscription& subscription : page->items) found.push_back(std::move(subscription));
  }
  std::vector<WebhookState> states;
  for (Subscription& subscription : found) {
    auto state = co_await this->state(std::move(subscription));
    if (!state) co_return std::unexpected(state.error());
    states.push_back(std::move(*state));
  }
  co_return states;
}

Task<Result<WebhookState>> Desk::state(Subscription subscription) {
  WebhookState state;
  state.bot = subscription.bot;
  state.target = std::move(subscription.target);
  auto account = co_await directory_.account(state.bot);
  if (account) state.phone = (*account)->phone;
  LaneId lane{state.bot, ConversationId{}};
  for (;;) {
    auto next = co_await queue_.next_lane(lane);
    if (!next) co_return std::unexpected(next.error());
    if (!*next || (*next)->bot != state.bot) break;
    lane = **next;
    auto first = co_await queue_.first(lane);
    if (!first) co_return std::unexpected(first.error());
    auto tries = co_await queue_.tries(lane);
    if (!tries) co_return std::unexpected(tries.error());
    ++state.chats;
    if (*first) state.oldest = std::min(state.oldest.value_or((*first)->added), (*first)->added);
    if (*tries && (*tries)->attempts > state.attempts) {
      state.attempts = (*tries)->attempts;
      state.refusal = std::move((*tries)->refusal);
    }
  }
  LaneId after;
  std::uint64_t order = 0;
  for (bool more = true; more;) {
    auto page = co_await queue_.dead(state.bot, after, order, kDeadAtOnce);
    if (!page) co_return std::unexpected(page.error());
    state.dead += page->items.size();
    more = page->more == More::yes;
    if (more) {
      after = page->items.back().lane;
      order = page->items.back().order;
    }
  }
  co_return state;
}

Task<Result<std::vector<DeadLetter>>> Desk::dead(std::optional<std::string> phone, std::size_t limit) {
  auto bot = co_await bot_of(std::move(phone));
  if (!bot) co_return std::unexpected(bot.error());
  auto page = co_await queue_.dead(*bot, LaneId(), 0, limit);
  if (!page) co_return std::unexpected(page.error());
  co_return std::move(page->items);
}

Task<Result<std::size_t>> Desk::retry(std::optional<std::string> phone, Letters which) {
  auto bot = co_await bot_of(std::move(phone));
  if (!bot) co_return std::unexpected(bot.error());
  auto forgotten = co_await queue_.forget_tries(*bot);
  if (!forgotten) co_return std::unexpected(forgotten.error());
  Result<std::size_t> revived = 0;
  if (which == Letters::and_dead) revived = co_await queue_.revive(*bot);
  look_again_();
  co_return revived;
}

}  // namespace homing::webhooks
