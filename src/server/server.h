// Everything that exists while Homing serves, and the order in which it ends.
//
//   main thread = I/O thread 0: its shard of clients, and what exists once: Delivery, tidying up, admin, metrics, signals
//   I/O thread 1 ... n-1:       a shard of clients each
//   the store's own threads, two for blobs, one that looks at files, and one of the code hook
//
// Stopping: no new clients, those here are told to come back, their connections end (closed after drain_seconds),
// the I/O threads end, the code hook and the store end their threads, the io_contexts go with the coroutines that still
// wait in them, then the rest in the reverse order of its making. One object per process, owned by serve().
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "chat/accounts.h"
#include "chat/chat.h"
#include "chat/delivery.h"
#include "chat/devices.h"
#include "chat/files.h"
#include "chat/hub.h"
#include "chat/last_seen.h"
#include "chat/presence.h"
#include "chat/pushes.h"
#include "chat/sessions.h"
#include "chat/uploads.h"
#include "edge/http.h"
#include "edge/rest/rest.h"
#include "edge/shard.h"
#include "media/media_inspector.h"
#include "push/push_gateway.h"
#include "server/admin.h"
#include "server/admin_http.h"
#include "server/admin_socket.h"
#include "server/bot_api.h"
#include "server/code_hook.h"
#include "server/config.h"
#include "server/live_limits.h"
#include "server/metrics_listener.h"
#include "server/storage.h"
#include "webhooks/desk.h"
#include "webhooks/outgoing.h"
#include "webhooks/webhooks.h"

namespace homing::server {

class Server {
 public:
  Server(Config config, std::span<const edge::EmbeddedFile> files);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens the data folder, posts what a crash left unposted, listens. Nobody is served before run().
  Result<void> start();
  // Serves until SIGTERM or SIGINT; a second signal ends the process at once.
  void run();

 private:
  // In this order: the shard's sockets go first, then the io_context with what waits in it, then the sessions.
  struct IoThread {
    std::unique_ptr<chat::Sessions> sessions;
    boost::asio::io_context io{1};
    std::unique_ptr<edge::Shard> shard;
    std::thread thread;  // not of thread 0
  };

  Result<std::optional<chat::CodeSender>> code_sender();
  void make_thread(unsigned number);
  Result<void> make_bot_api();
  Result<void> make_pushes();
  void make_rest();
  void make_webhooks();
  Result<void> catch_up();
  Task<Result<void>> caught_up();
  Result<void> listen(std::shared_ptr<const edge::TlsContext> tls);
  Result<void> ready() const;
  void end_sessions(AccountId account, DeviceId device);
  void write_last_seen();
  Task<void> tidy_hourly();
  Task<Result<void>> sweep_tickets();
  Task<Result<void>> sweep_files();
  Task<Result<void>> sweep_bots();
  Task<void> await_signal();
  Task<std::string> metrics();
  Task<std::string> overview();
  Result<void> listen_for_admin();
  // On every thread, from now on.
  void apply_limits(const Config& config);

  const Config config_;
  const std::span<const edge::EmbeddedFile> embedded_;
  SystemClock clock_;
  SystemRandom random_;
  std::atomic<bool> draining_{false};
  Time started_;
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<MediaInspector> inspector_;
  std::unique_ptr<CodeHook> hook_;
  std::optional<webhooks::Outgoing> outgoing_;
  chat::Hub hub_;
  std::optional<chat::Accounts> accounts_;
  std::optional<chat::LastSeen> seen_;
  std::optional<chat::Presence> presence_;
  std::optional<chat::Devices> devices_;
  std::unique_ptr<PushGateway> push_gateway_;  // none: no contact is configured
  std::optional<chat::Pushes> pushes_;
  std::optional<chat::Files> files_;
  std::optional<chat::Uploads> uploads_;
  std::optional<chat::Chat> chat_;
  std::optional<chat::Delivery> delivery_;
  std::optional<edge::Http> http_;
  std::optional<rest::Rest> rest_;
  std::optional<business::Bots> bots_;
  std::optional<BotApi> bot_api_;
  std::optional<webhooks::Webhooks> webhooks_;  // after the threads: it works on the first one's executor
  std::optional<webhooks::Desk> desk_;
  std::optional<LiveLimits> live_limits_;
  std::optional<Admin> admin_;
  std::optional<AdminSocket> admin_socket_;
  std::optional<MetricsListener> metrics_listener_;
  std::optional<AdminHttp> admin_http_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::optional<boost::asio::signal_set> signals_;
};

}  // namespace homing::server
