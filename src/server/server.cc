#include "server/server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <boost/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "server/metrics_page.h"
#include "server/push.h"
#include "server/server_key.h"

namespace homing::server {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kTidyEvery = std::chrono::hours(1);
constexpr std::size_t kTicketsAtOnce = 100;
// Clients come back after a random time between these two, so that a restart is not met by all at once.
constexpr milliseconds kComeBackMin = seconds(1);
constexpr milliseconds kComeBackMax = seconds(5);

Task<Result<void>> log_code(std::string phone, std::string code) {
  log::warn("registration.dev_code", {{"phone", phone}, {"code", code}});
  co_return Result<void>{};
}

Result<Secret> read_secret(const std::string& path) {
  if (path.empty()) return Secret();
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (!file || text.empty()) return fail(Code::invalid_argument, path + ": there is no secret in this file.");
  return Secret(std::move(text));
}

struct ThreadMetrics {
  chat::SessionMetrics sessions;
  edge::Metrics edge;
};

Task<ThreadMetrics> read_thread(const chat::Sessions* sessions, const edge::Shard* shard) {
  ThreadMetrics read{sessions->metrics(), shard->metrics()};
  co_return read;
}

void add_edge(MetricsPage& page, const edge::Metrics& m) {
  page.gauge("connections", "Open connections of any kind.", static_cast<double>(m.connections));
  page.counter("accepted_total", "Connections accepted.", static_cast<double>(m.accepted));
  page.counter("accept_pauses_total", "Times that no file descriptors were left.",
               static_cast<double>(m.accept_pauses));
  page.counter("http_requests_total", "HTTP requests.", static_cast<double>(m.http_requests));
  page.counter("upgrades_total", "WebSocket connections.", static_cast<double>(m.upgrades));
  page.counter("upgrades_refused_total", "WebSocket upgrades refused.", static_cast<double>(m.upgrades_refused));
  page.counter("tls_handshakes_total", "TLS handshakes.", static_cast<double>(m.tls_handshakes));
  page.counter("bytes_in_total", "Bytes received.", static_cast<double>(m.bytes_in));
  page.counter("bytes_out_total", "Bytes sent.", static_cast<double>(m.bytes_out));
  page.counter("sends_total", "System calls that sent them.", static_cast<double>(m.sends));
  page.counter("violations_total", "Connections closed for what they sent.", static_cast<double>(m.violations));
  page.counter("cut_handshake_total", "Connections cut: handshake or request too slow.",
               static_cast<double>(m.cut_handshake));
  page.counter("cut_silent_total", "Connections cut: nothing was heard.", static_cast<double>(m.cut_silent));
  page.counter("cut_stalled_total", "Connections cut: took no byte of what waited.",
               static_cast<double>(m.cut_stalled));
}

void add_sessions(MetricsPage& page, const chat::SessionMetrics& m) {
  page.counter("sessions_opened_total", "Sessions opened.", static_cast<double>(m.opened));
  page.counter("sessions_closed_total", "Sessions closed.", static_cast<double>(m.closed));
  page.counter("frames_in_total", "Frames from clients.", static_cast<double>(m.frames_in));
  page.counter("frames_delivered_total", "Frames of events and receipts to clients.", static_cast<double>(m.delivered));
  page.counter("frames_refused_total", "Answers that were errors.", static_cast<double>(m.refused));
}

void add_webhooks(MetricsPage& page, const webhooks::Metrics& m) {
  page.counter("webhook_queued_total", "Bodies put into the webhooks' queue.", static_cast<double>(m.forward.queued));
  page.counter("webhook_left_out_total", "Events that could not become a body.",
               static_cast<double>(m.forward.left_out));
  page.counter("webhook_sent_total", "Bodies that a webhook took.", static_cast<double>(m.dispatch.sent));
  page.counter("webhook_failed_total", "Attempts that failed.", static_cast<double>(m.dispatch.failed));
  page.counter("webhook_dead_total", "Bodies that became dead letters.", static_cast<double>(m.dispatch.died));
  page.counter("webhook_dead_dropped_total", "Dead letters that were too old or too many.",
               static_cast<double>(m.dropped));
  page.gauge("webhook_chats_waiting", "Chats in which a body waits.", static_cast<double>(m.dispatch.lanes));
  page.gauge("webhook_oldest_seconds", "Age of the oldest body that is first in its chat.",
             static_cast<double>(m.dispatch.oldest.count()) / 1000);
}

void add_pushes(MetricsPage& page, const chat::PushMetrics& m) {
  auto count = [](const std::atomic<std::uint64_t>& value) { return static_cast<double>(value.load()); };
  page.counter("push_taken_total", "Pushes that a push service took.", count(m.taken));
  page.counter("push_gone_total", "Push addresses that were no more.", count(m.gone));
  page.counter("push_failed_total", "Attempts to push that failed.", count(m.failed));
}

void add_files(MetricsPage& page, const chat::FilesMetrics& m, BlobTotals totals) {
  auto count = [](const std::atomic<std::uint64_t>& value) { return static_cast<double>(value.load()); };
  page.gauge("blobs", "Contents of files, each kept once.", static_cast<double>(totals.blobs));
  page.gauge("blob_bytes", "Bytes of files on disk, uploads under way included.", static_cast<double>(totals.bytes));
  page.counter("files_added_total", "Files uploaded.", count(m.added));
  page.counter("files_refused_total", "Complete uploads refused: their type, size, damage, or no room.",
               count(m.refused));
  page.counter("files_swept_total", "Files that nothing needed any more.", count(m.swept_files));
  page.counter("files_swept_bytes_total", "Bytes freed with them.", count(m.swept_bytes));
  page.counter("files_sweeps_total", "Sweeps that came to their end.", count(m.sweeps));
}

}  // namespace

Server::Server(Config config, std::span<const edge::EmbeddedFile> files)
    : config_(std::move(config)), embedded_(files) {}

Server::~Server() {
  // After a failed start: what holds sockets goes while their io_context lives.
  signals_.reset();
  if (admin_socket_) admin_socket_->close();
  if (metrics_listener_) metrics_listener_->close();
  if (admin_http_) admin_http_->close();
  if (hook_) hook_->stop();
  if (outgoing_) outgoing_->stop();
  if (bots_) bots_->stop();
  if (inspector_) inspector_->stop();
  if (storage_) storage_->close();
}

Result<void> Server::start() {
  started_ = clock_.now();
  auto sender = code_sender();
  if (!sender) return std::unexpected(sender.error());
  std::shared_ptr<const edge::TlsContext> tls;
  if (!config_.tls_cert.empty()) {
    auto loaded = edge::TlsContext::load(config_.tls_cert, config_.tls_key, clock_, random_);
    if (!loaded) return std::unexpected(loaded.error());
    tls = std::move(*loaded);
  }
  auto storage = Storage::open(config_.data, config_.blob_bytes_max());
  if (!storage) return std::unexpected(storage.error());
  storage_ = std::move(*storage);

  auto guard = webhooks::AddressGuard::parse(config_.webhooks_allow);
  if (!guard) return std::unexpected(guard.error());
  outgoing_.emplace(std::move(*guard), "Homing/" HOMING_VERSION);

  auto inspector = MediaInspector::open();
  if (!inspector) return std::unexpected(inspector.error());
  inspector_ = std::move(*inspector);

  files_.emplace(storage_->shelf(), storage_->blobs(), *inspector_, storage_->directory(), storage_->log(), clock_,
                 random_, config_.file_limits());
  uploads_.emplace(*files_, storage_->shelf(), storage_->blobs(), clock_, random_);
  accounts_.emplace(storage_->log(), storage_->directory(), storage_->inbox(), clock_, random_, std::move(*sender));
  seen_.emplace(storage_->shelf(), clock_);
  presence_.emplace(storage_->directory(), hub_, *seen_);
  devices_.emplace(*accounts_, storage_->directory(), hub_, *seen_);
  chat_.emplace(storage_->log(), storage_->inbox(), storage_->directory(), hub_, clock_, random_, &*files_);
  if (auto made = make_pushes(); !made) return made;
  delivery_.emplace(storage_->log(), storage_->inbox(), storage_->directory(), hub_, clock_, &*files_,
                    pushes_ ? &*pushes_ : nullptr);
  edge::HttpOptions http;
  http.version = HOMING_VERSION;
  http_.emplace(*accounts_, clock_, [this] { return ready(); }, embedded_, std::move(http));
  if (auto made = make_bot_api(); !made) return made;
  make_rest();
  for (unsigned number = 0; number < config_.thread_count(); ++number) make_thread(number);
  make_webhooks();
  live_limits_.emplace(storage_->shelf(), config_, [this](const Config& config) { apply_limits(config); });
  admin_.emplace(
      *accounts_, *files_, *bots_, *desk_,
      [this](AccountId account, DeviceId device) { end_sessions(account, device); },
      Admin::Running{pushes_ ? &*pushes_ : nullptr, &*live_limits_});

  if (auto caught_up = catch_up(); !caught_up) return caught_up;
  return listen(std::move(tls));
}

Result<std::optional<chat::CodeSender>> Server::code_sender() {
  if (config_.dev_codes_in_log) {
    log::warn("registration.codes_in_log", {{"advice", "for development only"}});
    return chat::CodeSender(&log_code);
  }
  if (config_.code_hook_url.empty()) return std::nullopt;
  auto secret = read_secret(config_.code_hook_secret_file);
  if (!secret) return std::unexpected(secret.error());
  hook_ =
      std::make_unique<CodeHook>(config_.code_hook_url, std::move(*secret), seconds(config_.code_hook_timeout_seconds));
  return chat::CodeSender([hook = hook_.get()](std::string phone, std::string code) {
    return hook->send(std::move(phone), std::move(code));
  });
}

void Server::make_thread(unsigned number) {
  IoThread& made = *threads_.emplace_back(std::make_unique<IoThread>());
  chat::SessionLimits limits;
  limits.ping = seconds(config_.ping_seconds);
  limits.frames_per_second = config_.frames_per_second;
  limits.frames_burst = config_.frames_burst;
  chat::Sessions::Extras extras{&*devices_, &*presence_, pushes_ ? &*pushes_ : nullptr};
  made.sessions = std::make_unique<chat::Sessions>(number, made.io.get_executor(), *chat_, hub_, limits, extras);
  made.sessions->join();
}

Result<void> Server::make_pushes() {
  auto gateway = push_gateway(config_, *outgoing_, clock_, random_);
  if (!gateway) return std::unexpected(gateway.error());
  push_gateway_ = std::move(*gateway);
  if (push_gateway_ == nullptr) return {};
  pushes_.emplace(
      chat::Pushes::World{storage_->log(), storage_->inbox(), storage_->directory(), storage_->shelf(), clock_},
      *push_gateway_);
  return {};
}

Result<void> Server::make_bot_api() {
  auto key = server_key(config_.data, random_);
  if (!key) return std::unexpected(key.error());
  business::Keys keys = business::derive_keys(*key);
  bots_.emplace(storage_->shelf(), storage_->directory(), *accounts_, clock_, random_, keys);
  auto webhooks = [this]() -> webhooks::Webhooks& { return *webhooks_; };
  business::BotFilesOptions options{config_.public_url, std::chrono::days(config_.media_bots_unused_days)};
  bot_api_.emplace(*bots_, *chat_, *files_, random_, clock_, keys, std::move(options), webhooks, *outgoing_);
  bot_api_->join(*http_);
  return {};
}

// After the bots' API: what is not of our form goes on to it.
void Server::make_rest() {
  rest::RestOptions options;
  options.version = HOMING_VERSION;
  options.limits = config_.api_limits();
  options.other_messages = bot_api_->other_messages();
  rest_.emplace(*accounts_, *chat_, *files_, *uploads_, clock_, [this] { return ready(); }, std::move(options));
  rest_->join(*http_);
}

// After the I/O threads: it counts as one thread more.
void Server::make_webhooks() {
  webhooks::Forwarder::World world{*chat_, hub_, storage_->log(), storage_->inbox(), storage_->directory(), clock_};
  webhooks::Ask ask = [this](webhooks::HttpRequest request) { return outgoing_->ask(std::move(request)); };
  webhooks::Translator translate = [this](webhooks::Happening happening) {
    return bot_api_->translate(std::move(happening));
  };
  webhooks_.emplace(threads_.front()->io.get_executor(), world, storage_->shelf(), random_, std::move(ask),
                    std::move(translate), static_cast<std::size_t>(config_.webhooks_concurrent));
  webhooks_->join(static_cast<unsigned>(threads_.size()));
  desk_.emplace(storage_->shelf(), storage_->inbox(), storage_->directory(), clock_, random_,
                [this] { webhooks_->look_again(); });
}

Result<void> Server::catch_up() {
  asio::io_context& io = threads_.front()->io;
  auto done = asio::co_spawn(io, caught_up(), asio::use_future);
  {
    auto work = asio::make_work_guard(io);
    while (done.wait_for(seconds(0)) != std::future_status::ready) io.run_one();
  }
  io.restart();  // it stopped when the guard went
  return done.get();
}

Task<Result<void>> Server::caught_up() {
  auto limits = co_await live_limits_->load();
  if (!limits) co_return limits;
  if (pushes_) {
    auto loaded = co_await pushes_->load();
    if (!loaded) co_return loaded;
  }
  co_return co_await delivery_->catch_up();
}

Result<void> Server::listen(std::shared_ptr<const edge::TlsContext> tls) {
  auto address = parse_listen(config_.listen);
  if (!address) return std::unexpected(address.error());
  auto proxies = edge::Proxies::parse(config_.trusted_proxies);
  if (!proxies) return std::unexpected(proxies.error());
  edge::ShardOptions options;
  options.host = address->host;
  options.port = address->port;
  options.allowed_origins = config_.allowed_origins;
  options.trusted_proxies = std::move(*proxies);
  options.tls = std::move(tls);
  options.ping = seconds(config_.ping_seconds);
  for (unsigned number = 0; number < threads_.size(); ++number) {
    IoThread& thread = *threads_[number];
    thread.shard = std::make_unique<edge::Shard>(thread.io, number, *thread.sessions, *accounts_, *http_, options);
    auto port = thread.shard->listen();
    if (!port) return std::unexpected(port.error());
    options.port = *port;  // the first may have taken any free one
  }

  auto executor = threads_.front()->io.get_executor();
  admin_socket_.emplace(executor, admin_socket_path(config_.data), *admin_);
  if (auto listening = admin_socket_->listen(); !listening) return listening;
  if (!config_.metrics_listen.empty()) {
    auto metrics_address = parse_listen(config_.metrics_listen);
    if (!metrics_address) return std::unexpected(metrics_address.error());
    MetricsListener::Sources sources{[this] { return metrics(); }, [this] { return ready() ? Ready::yes : Ready::no; }};
    metrics_listener_.emplace(executor, std::move(sources));
    if (auto listening = metrics_listener_->listen(*metrics_address); !listening) return listening;
  }
  if (auto listening = listen_for_admin(); !listening) return listening;
  const char* scheme = options.tls ? "https" : "http";
  std::string host = address->host.find(':') == std::string::npos ? address->host : "[" + address->host + "]";
  log::info("server.ready", {{"address", fmt::format("{}://{}:{}", scheme, host, options.port)},
                             {"data", config_.data},
                             {"threads", threads_.size()},
                             {"version", HOMING_VERSION}});
  return {};
}

Result<void> Server::listen_for_admin() {
  if (config_.admin_listen.empty()) return {};
  auto address = parse_listen(config_.admin_listen);
  if (!address) return std::unexpected(address.error());
  auto token = admin_token(config_.data, random_);
  if (!token) return std::unexpected(token.error());
  AdminHttp::Sources sources{[this] { return overview(); }};
  admin_http_.emplace(threads_.front()->io.get_executor(), *admin_, *token, clock_, std::move(sources));
  auto port = admin_http_->listen(*address);
  if (!port) return std::unexpected(port.error());
  log::info("admin.ready", {{"host", address->host}, {"port", *port}});
  return {};
}

void Server::apply_limits(const Config& config) {
  rest_->set_limits(config.api_limits());
  double rate = config.frames_per_second, burst = config.frames_burst;
  for (auto& thread : threads_) {
    asio::post(thread->io, [sessions = thread->sessions.get(), rate, burst] { sessions->set_rate(rate, burst); });
  }
}

Task<std::string> Server::overview() {
  auto ready = this->ready();
  std::string trouble = ready ? std::string() : ready.error().detail;
  std::error_code unknown;
  auto space = std::filesystem::space(config_.data, unknown);
  std::string page = co_await metrics();
  boost::json::object disk{{"free_bytes", unknown ? 0 : space.available},
                           {"total_bytes", unknown ? 0 : space.capacity}};
  boost::json::object out{{"version", HOMING_VERSION},  {"started_ms", started_.ms}, {"now_ms", clock_.now().ms},
                          {"ready", ready.has_value()}, {"trouble", trouble},        {"threads", threads_.size()}};
  out["disk"] = std::move(disk);
  std::string json = boost::json::serialize(out);
  json.pop_back();
  co_return json + ",\"metrics\":" + as_json(page) + "}";
}

void Server::run() {
  asio::io_context& io = threads_.front()->io;
  signals_.emplace(io, SIGTERM, SIGINT);
  asio::co_spawn(io, delivery_->run(), asio::detached);
  asio::co_spawn(io, webhooks_->run(), asio::detached);
  asio::co_spawn(io, tidy_hourly(), asio::detached);
  asio::co_spawn(io, seen_->run(), asio::detached);
  if (pushes_) asio::co_spawn(io, pushes_->run(), asio::detached);
  asio::co_spawn(io, await_signal(), asio::detached);
  for (auto& thread : threads_) {
    if (thread != threads_.front()) thread->thread = std::thread([shard = thread->shard.get()] { shard->run(); });
  }
  threads_.front()->shard->run();
  for (auto& thread : threads_) {
    if (thread->thread.joinable()) thread->thread.join();
  }
  signals_.reset();
  admin_socket_->close();
  if (metrics_listener_) metrics_listener_->close();
  if (admin_http_) admin_http_->close();
  if (hook_) hook_->stop();
  if (outgoing_) outgoing_->stop();
  bots_->stop();
  if (inspector_) inspector_->stop();
  write_last_seen();
  storage_->close();
  log::info("server.stopped");
}

Result<void> Server::ready() const {
  if (draining_) return fail(Code::shutting_down);
  if (std::string trouble = storage_->trouble(); !trouble.empty()) return fail(Code::read_only, std::move(trouble));
  return {};
}

void Server::end_sessions(AccountId account, DeviceId device) {
  auto sessions = device ? hub_.sessions_of(account, device) : hub_.sessions_of(account);
  hub_.end(sessions, chat::CloseCode::unauthenticated, "this device was revoked");
}

// What the last half minute left in memory.
void Server::write_last_seen() {
  asio::io_context io(1);
  asio::co_spawn(io, seen_->flush(), asio::detached);
  io.run_for(seconds(5));
}

Task<void> Server::tidy_hourly() {
  for (;;) {
    auto oldest = co_await storage_->log().retain(config_.retention(), clock_.now());
    if (!oldest) log::warn("retention.failed", {{"detail", oldest.error().detail}});
    auto swept = co_await sweep_tickets();
    if (!swept) log::warn("tickets.sweep_failed", {{"detail", swept.error().detail}});
    auto swept_bots = co_await sweep_bots();
    if (!swept_bots) log::warn("bots.sweep_failed", {{"detail", swept_bots.error().detail}});
    if (webhooks_) {
      auto tidied = co_await webhooks_->tidy();
      if (!tidied) log::warn("webhook.tidy_failed", {{"detail", tidied.error().detail}});
    }
    auto swept_files = co_await sweep_files();
    if (!swept_files) log::warn("files.sweep_failed", {{"detail", swept_files.error().detail}});
    co_await clock_.sleep(kTidyEvery);
  }
}

Task<Result<void>> Server::sweep_tickets() {
  std::string after;
  do {
    auto next = co_await accounts_->sweep_tickets(std::move(after), kTicketsAtOnce);
    if (!next) co_return std::unexpected(next.error());
    after = std::move(*next);
  } while (!after.empty());
  co_return Result<void>{};
}

Task<Result<void>> Server::sweep_bots() {
  std::string after;
  do {
    auto next = co_await bots_->sweep(std::move(after), kTicketsAtOnce);
    if (!next) co_return std::unexpected(next.error());
    after = std::move(*next);
  } while (!after.empty());
  co_return Result<void>{};
}

Task<Result<void>> Server::sweep_files() {
  std::string place;
  do {
    auto step = co_await files_->sweep(std::move(place), chat::Sweep::real);
    if (!step) co_return std::unexpected(step.error());
    place = std::move(step->next);
  } while (!place.empty());
  co_return Result<void>{};
}

Task<void> Server::await_signal() {
  auto [failed, number] = co_await signals_->async_wait(asio::as_tuple(asio::use_awaitable));
  if (failed) co_return;
  signals_->clear();  // from here on the signals do what they always do: the second one ends the process
  log::info("server.draining", {{"signal", number}, {"sessions", hub_.size()}});
  draining_ = true;
  for (auto& thread : threads_) thread->shard->drain(kComeBackMin, kComeBackMax, seconds(config_.drain_seconds));
}

Task<std::string> Server::metrics() {
  chat::SessionMetrics sessions;
  edge::Metrics edge;
  for (auto& thread : threads_) {
    auto read = co_await asio::co_spawn(thread->io, read_thread(thread->sessions.get(), thread->shard.get()),
                                        asio::use_awaitable);
    edge += read.edge;
    sessions.opened += read.sessions.opened;
    sessions.closed += read.sessions.closed;
    sessions.frames_in += read.sessions.frames_in;
    sessions.delivered += read.sessions.delivered;
    sessions.refused += read.sessions.refused;
  }
  MetricsPage page;
  add_process(page);
  add_edge(page, edge);
  page.gauge("sessions", "Devices attached.", static_cast<double>(hub_.size()));
  add_sessions(page, sessions);
  page.counter("events_total", "Events that were delivered to inboxes.",
               static_cast<double>(delivery_->metrics().events));
  page.counter("notices_total", "Notices in inboxes that came of them.",
               static_cast<double>(delivery_->metrics().notices));
  add_store(page, storage_->metrics());
  add_webhooks(page, webhooks_->metrics());
  if (pushes_) add_pushes(page, pushes_->metrics());
  add_files(page, files_->metrics(), storage_->blobs().totals());
  page.gauge("ready", "1 while the server takes work.", ready() ? 1 : 0);
  co_return std::move(page).take();
}

}  // namespace homing::server
