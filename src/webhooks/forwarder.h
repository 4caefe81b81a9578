// Brings what a bot should hear of into its queue: a reader of the bot's inbox, as one more device of it. What came for
// the bot becomes a message's body; the bot's own messages become statuses: sent, then delivered, then read. Only when
// the bodies are in the queue on disk is the place in the inbox acknowledged, and senders see their second tick.
//
// How far each conversation was told lies beside its bodies (queue.h) and moves together with them, so every step can be
// repeated after a crash, and each body enters the queue once.
// Lives on one executor, that of Webhooks; every call is made there.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "chat/chat.h"
#include "chat/hub.h"
#include "store/directory.h"
#include "store/event_log.h"
#include "webhooks/dispatcher.h"
#include "webhooks/queue.h"
#include "webhooks/subscription.h"

namespace homing::webhooks {

enum class Status { sent, delivered, read };

// What a body is to be made of.
struct Happening {
  Subscription subscription;
  std::shared_ptr<const Account> bot;
  std::shared_ptr<const Conversation> conversation;
  std::shared_ptr<const Account> person;  // who wrote to the bot; for a status who got it, in a group nobody
  Envelope envelope;
  std::optional<Status> status;  // of the bot's own event; nothing: somebody else's event arrived
  Time time;  // of the status
};

// The body, exactly as it is to be sent; nothing when this is not told to webhooks. After `unavailable`,
// `read_only` or `conflict` it is asked again; any other error leaves the event out.
using Translator = std::function<Task<Result<std::optional<std::string>>>(Happening)>;

struct ForwardMetrics {
  std::uint64_t queued = 0;  // bodies put into the queue
  std::uint64_t left_out = 0;  // the translator failed, or the body was too large
};

class Forwarder {
 public:
  struct World {
    chat::Chat& chat;
    chat::Hub& hub;
    EventLog& log;
    Inbox& inbox;
    Directory& directory;
    Clock& clock;
  };
  Forwarder(boost::asio::any_io_executor executor, World world, Queue& queue, Subscriptions& subscriptions,
            Dispatcher& dispatcher, Translator translate);
  ~Forwarder();

  // Joins the hub as one more thread of it, after the I/O threads. Once.
  void join(unsigned thread);
  // Begins with, goes on with, or ends a bot, as its subscription says. After a start: all().
  void changed(AccountId bot);
  Task<Result<void>> all();
  // Looks at every inbox: a bell may be lost.
  void look();

  const ForwardMetrics& metrics() const { return metrics_; }

 private:
  struct Bot {
    Subscription subscription;
    chat::SessionId session;
    Cursor at;
    bool greeted = false;  // the first acknowledgement after a start is said again
    bool running = false;
    bool rung = false;
    bool stale = true;  // the subscription is to be read anew
  };
  enum class Step { rest, more, gone };

  void ring(AccountId bot);
  Task<void> run(AccountId bot);
  Task<Result<Step>> step(AccountId bot);
  // Reads the subscription anew and takes up its device.
  Task<Result<Step>> refresh(AccountId bot);
  Task<Result<Subscription>> with_device(Subscription subscription);
  void attend(AccountId bot, Subscription subscription, Cursor at);
  void leave(AccountId bot);

  Task<Result<void>> event(Subscription subscription, Envelope envelope);
  Task<Result<void>> receipts(Subscription subscription, wire::Receipts receipts);
  Task<Result<bool>> from_before(Subscription subscription, Envelope envelope);
  // Adds the body, if there is one, to these, which outlive the call.
  Task<Result<void>> translate(Subscription subscription, Envelope envelope, std::optional<Status> status,
                               std::vector<Mail>* mails);
  Task<Result<LaneMarks>> add(LaneId lane, std::optional<LaneMarks> was, LaneMarks is, std::vector<Mail> mails);

  boost::asio::any_io_executor executor_;
  World world_;
  Queue& queue_;
  Subscriptions& subscriptions_;
  Dispatcher& dispatcher_;
  Translator translate_;
  unsigned thread_ = 0;
  std::uint64_t next_ = 0;
  std::map<AccountId, Bot> bots_;
  std::map<chat::SessionId, AccountId> sessions_;
  ForwardMetrics metrics_;
};

}  // namespace homing::webhooks
