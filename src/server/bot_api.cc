#include "server/bot_api.h"

#include <utility>

namespace homing::server {
namespace {

constexpr std::chrono::milliseconds kFetchLimit = std::chrono::seconds(20);
constexpr int kFetchRedirectsMax = 3;
// A bot with slow links waits for itself and not for the others, and all together leave room for webhooks.
constexpr chat::TurnLimits kLinkTurns{4, 64, 64, std::chrono::seconds(20)};

std::optional<business::Progress::Step> step_of(std::optional<webhooks::Status> status) {
  if (!status) return std::nullopt;
  switch (*status) {
    case webhooks::Status::sent: return business::Progress::Step::sent;
    case webhooks::Status::delivered: return business::Progress::Step::delivered;
    case webhooks::Status::read: return business::Progress::Step::read;
  }
  return std::nullopt;
}

business::Api api_of(const webhooks::Subscription& subscription) {
  return subscription.target.form == webhooks::Form::cloud ? business::Api::cloud : business::Api::on_premises;
}

}  // namespace

BotApi::BotApi(business::Bots& bots, chat::Chat& chat, chat::Files& files, Random& random, Clock& clock,
               business::Keys keys, business::BotFilesOptions options, std::function<webhooks::Webhooks&()> webhooks,
               webhooks::Outgoing& outgoing)
    : webhooks_(std::move(webhooks)),
      outgoing_(outgoing),
      public_url_(options.public_url),
      link_turns_(clock, kLinkTurns),
      files_(files, clock, keys, std::move(options),
             [this](std::string url, std::uint64_t bytes_max, business::FetchSink sink) {
               return fetch(std::move(url), bytes_max, std::move(sink));
             }),
      calls_(chat, bots, business::Wamids(keys.ids), random, clock, ports()),
      cloud_(calls_, files_),
      on_premises_(calls_, files_, clock) {}

void BotApi::join(edge::Http& http) {
  cloud_.join(http);
  on_premises_.join(http);
}

business::Ports BotApi::ports() {
  business::Ports ports;
  ports.media = [this](business::Known known, business::WantedMedia wanted) {
    return media(std::move(known), std::move(wanted));
  };
  business::Ports::Webhooks hooks;
  hooks.set = [this](business::Bot bot, business::Api api, std::string url, std::string verify_token,
                     std::string app_secret) {
    return set_webhook(std::move(bot), api, std::move(url), std::move(verify_token), std::move(app_secret));
  };
  hooks.tell = [this](AccountId bot, std::function<std::string(business::Api)> body) {
    return tell(bot, std::move(body));
  };
  hooks.url = [this](AccountId bot) { return webhook_url(bot); };
  hooks.remove = [this](AccountId bot) { return webhooks_().subscriptions().remove(bot); };
  ports.webhooks = std::move(hooks);
  ports.public_url = public_url_;
  return ports;
}

Task<Result<void>> BotApi::set_webhook(business::Bot bot, business::Api api, std::string url, std::string verify_token,
                                       std::string app_secret) {
  webhooks::Target target;
  target.url = std::move(url);
  target.verify_token = std::move(verify_token);
  target.fields.emplace_back("messages");
  target.form = api == business::Api::cloud ? webhooks::Form::cloud : webhooks::Form::on_premises;
  auto set = co_await webhooks_().subscriptions().set(bot.account, std::move(target), std::move(app_secret));
  if (!set) co_return std::unexpected(set.error());
  co_return Result<void>{};
}

Task<Result<std::string>> BotApi::webhook_url(AccountId bot) {
  auto subscription = co_await webhooks_().subscriptions().get(bot);
  if (!subscription) co_return std::unexpected(subscription.error());
  co_return std::move(subscription->target.url);
}

Task<Result<void>> BotApi::tell(AccountId bot, std::function<std::string(business::Api)> body) {
  auto subscription = co_await webhooks_().subscriptions().get(bot);
  if (!subscription) co_return std::unexpected(subscription.error());
  webhooks::Mail mail{"failed", body(api_of(*subscription))};
  co_return co_await webhooks_().tell(bot, std::move(mail));
}

Task<business::Answer<business::MediaFacts>> BotApi::media(business::Known known, business::WantedMedia wanted) {
  chat::Turn turn;
  if (wanted.id.empty()) {
    auto taken = co_await link_turns_.take(known.bot.account);
    if (!taken) {
      co_return business::refuse(131053, wanted.parameter + "[link] could not be fetched: too many links under way");
    }
    turn = std::move(*taken);
  }
  co_return co_await files_.wanted(std::move(known), std::move(wanted));
}

Task<Result<business::Fetched>> BotApi::fetch(std::string url, std::uint64_t bytes_max, business::FetchSink sink) {
  webhooks::HttpRequest request;
  request.url = std::move(url);
  request.limit = kFetchLimit;
  request.redirects_max = kFetchRedirectsMax;
  auto answer = co_await outgoing_.stream(std::move(request), bytes_max, std::move(sink));
  if (!answer) co_return std::unexpected(answer.error());
  business::Fetched fetched{answer->status, std::move(answer->content_type), std::move(answer->url)};
  co_return fetched;
}

Task<Result<std::optional<std::string>>> BotApi::translate(webhooks::Happening happening) {
  business::Calls::Told told;
  told.bot = happening.subscription.bot;
  told.api = api_of(happening.subscription);
  told.conversation = std::move(happening.conversation);
  told.person = std::move(happening.person);
  told.envelope = std::move(happening.envelope);
  told.step = step_of(happening.status);
  told.time = happening.time;
  auto body = co_await calls_.body(std::move(told));
  if (!body) co_return std::unexpected(body.error());
  if (body->empty()) co_return std::nullopt;
  co_return std::move(*body);
}

}  // namespace homing::server
