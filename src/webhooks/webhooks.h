// Everything about webhooks, put together:
//
//   a bot's inbox ──▶ Forwarder ──▶ Queue (on disk) ──▶ Dispatcher ──▶ Outgoing ──▶ the bot's URL
//                        └─ acknowledges what is in the queue: senders see ✓✓
//
// Owned by server/. Works on one executor; `subscriptions()` may be used from any I/O thread, and so may tell() and
// look_again().
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "store/records.h"
#include "webhooks/dispatcher.h"
#include "webhooks/forwarder.h"
#include "webhooks/queue.h"
#include "webhooks/subscription.h"

namespace homing::webhooks {

struct Metrics {
  DispatchMetrics dispatch;
  ForwardMetrics forward;
  std::uint64_t dropped = 0;  // dead letters that were too old or too many
};

class Webhooks {
 public:
  Webhooks(boost::asio::any_io_executor executor, Forwarder::World world, Records& records, Random& random, Ask ask,
           Translator translate, std::size_t under_way_per_bot);

  // Joins the hub, after the I/O threads. Once, before run().
  void join(unsigned thread) { forwarder_.join(thread); }
  // Runs until its io_context ends. Spawn it on the executor, after Delivery has caught up.
  Task<void> run();

  Subscriptions& subscriptions() { return subscriptions_; }
  // Puts a body into the queue that comes from no conversation; it has an order of its own. On disk when this returns. Any
  // I/O thread.
  Task<Result<void>> tell(AccountId bot, Mail mail);
  // What waits is tried at once.
  void look_again();
  // Drops dead letters that are too old or too many. Any I/O thread.
  Task<Result<void>> tidy();
  // On the executor.
  Metrics metrics() const { return Metrics{dispatcher_.metrics(), forwarder_.metrics(), dropped_}; }

 private:
  Task<void> find_lanes();

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  Queue queue_;
  Subscriptions subscriptions_;
  Dispatcher dispatcher_;
  Forwarder forwarder_;
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace homing::webhooks
