#include "webhooks/forwarder.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"

namespace homing::webhooks {
namespace {

constexpr std::size_t kMailBytes = 256 * 1024;
constexpr std::size_t kEventsAtOnce = kMailsAtOnce / 2;  // an event becomes two bodies at most
constexpr std::size_t kSubscriptionsAtOnce = 64;
constexpr std::chrono::milliseconds kPauseAfterTrouble{1000};
constexpr const char* kDeviceName = "Webhook";

bool passes(const Error& error) {
  switch (error.code) {
    case Code::unavailable:
    case Code::read_only:
    case Code::conflict:
    case Code::rate_limited:
    case Code::shutting_down: return true;
    default: return false;
  }
}

const char* word(std::optional<Status> status) {
  if (!status) return "message";
  switch (*status) {
    case Status::sent: return "sent";
    case Status::delivered: return "delivered";
    case Status::read: return "read";
  }
  return "";
}

bool by(const Envelope& envelope, AccountId account) { return envelope.sealed->header.author == account; }

// Who the event is told about; nobody in a group, for a status.
AccountId person_of(const Conversation& conversation, const Envelope& envelope, AccountId bot) {
  if (!by(envelope, bot)) return envelope.sealed->header.author;
  if (conversation.kind != ConversationKind::direct) return AccountId{};
  for (const Membership& membership : conversation.members) {
    if (membership.account != bot) return membership.account;
  }
  return AccountId{};
}

// The first event for which one of these two marks has not been told yet.
std::optional<Seq> first_untold(const LaneMarks& told, Seq delivered, Seq read) {
  std::optional<Seq> last;
  if (told.delivered < delivered) last = told.delivered;
  if (told.read < read) last = std::min(last.value_or(told.read), told.read);
  if (!last) return std::nullopt;
  return Seq{last->value + 1};
}

}  // namespace

Forwarder::Forwarder(boost::asio::any_io_executor executor, World world, Queue& queue, Subscriptions& subscriptions,
                     Dispatcher& dispatcher, Translator translate)
    : executor_(std::move(executor)),
      world_(world),
      queue_(queue),
      subscriptions_(subscriptions),
      dispatcher_(dispatcher),
      translate_(std::move(translate)) {}

Forwarder::~Forwarder() {
  for (const auto& [session, bot] : sessions_) world_.hub.leave(bot, session);
}

void Forwarder::join(unsigned thread) {
  thread_ = thread;
  auto rung = [this](std::vector<chat::SessionId> sessions) {
    boost::asio::post(executor_, [this, sessions = std::move(sessions)] {
      for (chat::SessionId session : sessions) {
        if (auto found = sessions_.find(session); found != sessions_.end()) ring(found->second);
      }
    });
  };
  world_.hub.add_thread(
      thread, std::move(rung), [](std::vector<chat::SessionId>, chat::CloseCode, std::string) {},
      [](std::vector<chat::SessionId>, chat::Hub::Whisper) {});
}

void Forwarder::changed(AccountId bot) {
  bots_[bot].stale = true;
  ring(bot);
}

Task<Result<void>> Forwarder::all() {
  AccountId after;
  for (bool more = true; more;) {
    auto page = co_await subscriptions_.list(after, kSubscriptionsAtOnce);
    if (!page) co_return std::unexpected(page.error());
    for (const Subscription& subscription : page->items) changed(subscription.bot);
    more = page->more == More::yes;
    if (more) after = page->items.back().bot;
  }
  co_return Result<void>{};
}

void Forwarder::look() {
  for (auto& [id, bot] : bots_) {
    bot.stale = true;  // the account or the device may have ended
    ring(id);
  }
}

void Forwarder::ring(AccountId id) {
  Bot& bot = bots_.at(id);
  bot.rung = true;
  if (std::exchange(bot.running, true)) return;
  boost::asio::co_spawn(executor_, run(id), boost::asio::detached);
}

Task<void> Forwarder::run(AccountId id) {
  co_await boost::asio::post(boost::asio::use_awaitable);  // never inside ring()
  for (;;) {
    bots_.at(id).rung = false;
    auto step = co_await this->step(id);
    Bot& bot = bots_.at(id);
    if (!step) {
      log::warn("webhook.forward_failed", {{"bot", id.value}, {"detail", step.error().detail}});
      bot.stale = true;
      co_await world_.clock.sleep(kPauseAfterTrouble);
    } else if (*step == Step::gone && !bot.rung) {
      bots_.erase(id);
      co_return;
    } else if (*step == Step::rest && !bot.rung) {
      bot.running = false;
      co_return;
    }
  }
}

Task<Result<Forwarder::Step>> Forwarder::step(AccountId id) {
  if (bots_.at(id).stale) {
    auto found = co_await refresh(id);
    if (!found || *found == Step::gone) co_return found;
  }
  Subscription subscription = bots_.at(id).subscription;
  Caller caller{id, subscription.device};
  auto mail = co_await world_.chat.mail(caller, bots_.at(id).at, kMailBytes);
  if (!mail) co_return std::unexpected(mail.error());
  if (mail->next == bots_.at(id).at) co_return Step::rest;
  for (wire::ServerFrame& frame : mail->frames) {
    Result<void> done;
    if (auto* delivery = std::get_if<wire::Delivery>(&frame.body)) {
      done = co_await event(subscription, std::move(delivery->envelope));
    } else if (auto* moved = std::get_if<wire::Receipts>(&frame.body)) {
      done = co_await receipts(subscription, *moved);
    }
    if (!done) co_return std::unexpected(done.error());
  }
  // Everything is in the queue, on disk.
  auto saying = bots_.at(id).greeted ? chat::Chat::Saying::first : chat::Chat::Saying::again;
  auto acknowledged = co_await world_.chat.acknowledge(caller, mail->next, saying);
  if (!acknowledged) co_return std::unexpected(acknowledged.error());
  Bot& bot = bots_.at(id);
  bot.at = mail->next;
  bot.greeted = true;
  co_return Step::more;
}

Task<Result<Forwarder::Step>> Forwarder::refresh(AccountId id) {
  bots_.at(id).stale = false;
  auto subscription = co_await subscriptions_.get(id);
  if (!subscription && subscription.error().code != Code::not_found) co_return std::unexpected(subscription.error());
  auto account = co_await world_.directory.account(id);
  if (!account && account.error().code != Code::not_found) co_return std::unexpected(account.error());
  bool ended = !account || (*account)->life == Life::ended;
  if (subscription && ended) {
    auto removed = co_await subscriptions_.remove(id);
    if (!removed) co_return std::unexpected(removed.error());
  }
  if (!subscription || ended) {
    leave(id);
    auto cleared = co_await queue_.clear(id);
    if (!cleared) co_return std::unexpected(cleared.error());
    dispatcher_.cleared(id);
    bots_.at(id).stale = true;  // should it be set again meanwhile
    co_return Step::gone;
  }
  auto ready = co_await with_device(std::move(*subscription));
  if (!ready) co_return std::unexpected(ready.error());
  auto at = co_await world_.inbox.cursor(id, ready->device);
  if (!at) co_return std::unexpected(at.error());
  attend(id, std::move(*ready), *at);
  co_return Step::more;
}

// With a device that exists and was not revoked.
Task<Result<Subscription>> Forwarder::with_device(Subscription subscription) {
  auto known = co_await world_.directory.device(subscription.device);
  if (known && (*known)->life == Life::active) co_return subscription;
  if (known) {
    auto renewed = co_await subscriptions_.renew_device(std::move(subscription));
    if (!renewed) co_return std::unexpected(renewed.error());
    subscription = std::move(*renewed);
  } else if (known.error().code != Code::not_found) {
    co_return std::unexpected(known.error());
  }
  Device device;
  device.id = subscription.device;
  device.account = subscription.bot;
  world_.chat.random().fill(device.secret_hash);  // there is no token that fits
  device.name = kDeviceName;
  device.created = world_.clock.now();
  auto put = co_await world_.directory.put(std::move(device));
  if (!put) co_return std::unexpected(put.error());
  co_return subscription;
}

void Forwarder::attend(AccountId id, Subscription subscription, Cursor at) {
  Bot& bot = bots_.at(id);
  bool other = bot.subscription.device != subscription.device;
  bot.subscription = std::move(subscription);
  if (!other) return;
  leave(id);
  bot.at = at;
  bot.greeted = false;
  bot.session = chat::SessionId::make(thread_, ++next_);
  sessions_.emplace(bot.session, id);
  world_.hub.enter(id, bot.subscription.device, bot.session);
}

void Forwarder::leave(AccountId id) {
  Bot& bot = bots_.at(id);
  if (sessions_.erase(bot.session) > 0) world_.hub.leave(id, bot.session);
  bot.session = {};
}

Task<Result<LaneMarks>> Forwarder::add(LaneId lane, std::optional<LaneMarks> was, LaneMarks is,
                                       std::vector<Mail> mails) {
  std::size_t count = mails.size();
  auto added = co_await queue_.add(lane, was, is, std::move(mails));
  if (!added) co_return added;
  metrics_.queued += count;
  if (count > 0) {
    dispatcher_.added(lane);
    dispatcher_.tick();
  }
  co_return added;
}

// Whether this happened before there was a webhook, and is old news: the bot's own, or another device has it already.
Task<Result<bool>> Forwarder::from_before(Subscription subscription, Envelope envelope) {
  if (envelope.commit > subscription.since) co_return false;
  if (by(envelope, subscription.bot)) co_return true;
  auto marks = co_await world_.directory.marks(envelope.conversation);
  if (!marks) co_return std::unexpected(marks.error());
  auto own = std::ranges::find(*marks, subscription.bot, &MemberReceipt::account);
  co_return own != marks->end() && own->receipt.delivered >= envelope.seq;
}

Task<Result<void>> Forwarder::event(Subscription subscription, Envelope envelope) {
  LaneId lane{subscription.bot, envelope.conversation};
  auto was = co_await queue_.marks(lane);
  if (!was) co_return std::unexpected(was.error());
  if (*was && envelope.seq <= (*was)->arrived) co_return Result<void>{};

  Seq before{envelope.seq.value - 1};
  LaneMarks is = was->value_or(LaneMarks{1, before, before, before});
  is.arrived = envelope.seq;
  bool own = by(envelope, subscription.bot);
  std::vector<Mail> mails;
  auto old = co_await from_before(subscription, envelope);
  if (!old) co_return std::unexpected(old.error());
  if (*old && own) {
    is.delivered = std::max(is.delivered, envelope.seq);
    is.read = std::max(is.read, envelope.seq);
  } else if (!*old) {
    std::optional<Status> status;
    if (own) status = Status::sent;
    auto translated = co_await translate(subscription, std::move(envelope), status, &mails);
    if (!translated) co_return translated;
  }
  // Seeing again what becomes nothing does no harm; only what its statuses depend on must be kept.
  if (mails.empty() && (!own || !*was)) co_return Result<void>{};
  auto added = co_await add(lane, *was, is, std::move(mails));
  if (!added) co_return std::unexpected(added.error());
  co_return Result<void>{};
}

Task<Result<void>> Forwarder::receipts(Subscription subscription, wire::Receipts receipts) {
  LaneId lane{subscription.bot, receipts.conversation};
  auto known = co_await queue_.marks(lane);
  if (!known) co_return std::unexpected(known.error());
  if (!*known) co_return Result<void>{};
  LaneMarks was = **known;
  // What was not told as sent comes later in the inbox, and its receipts behind it.
  Seq delivered = std::min(receipts.delivered_to, was.arrived);
  Seq read = std::min(receipts.read_to, was.arrived);
  for (;;) {
    auto untold = first_untold(was, delivered, read);
    if (!untold) co_return Result<void>{};
    Seq to = std::max(delivered, read);
    auto page = co_await world_.log.read(receipts.conversation, *untold, Seq{to.value + 1}, kEventsAtOnce);
    if (!page) co_return std::unexpected(page.error());
    Seq through = page->more == More::yes && !page->items.empty() ? page->items.back().seq : to;
    std::vector<Mail> mails;
    for (const Envelope& envelope : page->items) {
      if (!by(envelope, subscription.bot)) continue;
      if (was.delivered < envelope.seq && envelope.seq <= delivered) {
        auto translated = co_await translate(subscription, envelope, Status::delivered, &mails);
        if (!translated) co_return translated;
      }
      if (was.read < envelope.seq && envelope.seq <= read) {
        auto translated = co_await translate(subscription, envelope, Status::read, &mails);
        if (!translated) co_return translated;
      }
    }
    LaneMarks is = was;
    is.delivered = std::max(was.delivered, std::min(through, delivered));
    is.read = std::max(was.read, std::min(through, read));
    auto added = co_await add(lane, was, is, std::move(mails));
    if (!added) co_return std::unexpected(added.error());
    was = *added;
  }
}

Task<Result<void>> Forwarder::translate(Subscription subscription, Envelope envelope, std::optional<Status> status,
                                        std::vector<Mail>* mails) {
  Happening happening;
  auto conversation = co_await world_.directory.conversation(envelope.conversation);
  if (!conversation) co_return std::unexpected(conversation.error());
  auto bot = co_await world_.directory.account(subscription.bot);
  if (!bot) co_return std::unexpected(bot.error());
  if (AccountId person = person_of(**conversation, envelope, subscription.bot)) {
    auto account = co_await world_.directory.account(person);
    if (!account) co_return std::unexpected(account.error());
    happening.person = std::move(*account);
  }
  EventRef ref{envelope.conversation, envelope.seq, envelope.commit};
  happening.subscription = std::move(subscription);
  happening.bot = std::move(*bot);
  happening.conversation = std::move(*conversation);
  happening.time = status && status != Status::sent ? world_.clock.now() : envelope.time;
  happening.envelope = std::move(envelope);
  happening.status = status;

  auto body = co_await translate_(std::move(happening));
  if (!body && passes(body.error())) co_return std::unexpected(body.error());
  if (body && !*body) co_return Result<void>{};
  if (!body || (*body)->size() > kBodyBytesMax) {
    ++metrics_.left_out;
    log::warn("webhook.left_out", {{"conversation", ref.conversation.value},
                                   {"seq", ref.seq.value},
                                   {"detail", body ? "the body is too large" : body.error().detail}});
    co_return Result<void>{};
  }
  mails->push_back(Mail{word(status), std::move(**body)});
  co_return Result<void>{};
}

}  // namespace homing::webhooks
