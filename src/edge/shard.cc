// The loop, and how connections come and go.
#include "edge/shard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/check.h"
#include "base/log.h"

namespace homing::edge {
namespace {

constexpr int kBacklog = 4096;
constexpr int kUnsentBytesMax = 128 * 1024;    // of one socket, in the kernel
constexpr std::uint64_t kListenerTag = ~0ull;  // no connection has this slot and generation
constexpr std::uint64_t kWarnEvery = 10;       // pauses of accepting

Result<int> open_listener(const std::string& host, std::uint16_t port) {
  sockaddr_storage address{};
  socklen_t size = 0;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    size = sizeof v4;
  } else if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    size = sizeof v6;
  } else {
    return fail(Code::invalid_argument, "not a numeric address: " + host, "listen");
  }
  int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(Code::unavailable, std::string("socket: ") + std::strerror(errno));
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  // Accepted sockets inherit both. What a slow client has not been sent waits at its cursor, not in the kernel.
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytesMax, sizeof kUnsentBytesMax);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, kBacklog) != 0) {
    std::string why = std::strerror(errno);
    ::close(fd);
    return fail(Code::unavailable, "cannot listen on " + host + ":" + std::to_string(port) + ": " + why, "listen");
  }
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

}  // namespace

Shard::Shard(boost::asio::io_context& io, unsigned thread, chat::Sessions& sessions, chat::Accounts& accounts,
             Http& http, ShardOptions options)
    : io_(io),
      thread_(thread),
      sessions_(sessions),
      accounts_(accounts),
      http_(http),
      options_(std::move(options)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      events_(io),
      sweep_timer_(io),
      accept_timer_(io),
      grace_timer_(io),
      buffer_(std::make_unique_for_overwrite<char[]>(kTailBytes + kReadBytes)) {
  CHECK(epoll_ >= 0) << "no epoll set: " << std::strerror(errno);
  events_.assign(epoll_);
  if (options_.tls) tls_ = std::make_unique<TlsEngine>(options_.tls);
  sessions_.on_resumed([this](chat::Link& link) { later(static_cast<Connection&>(link)); });
}

Shard::~Shard() {
  for (std::uint32_t slot = 0; slot < blocks_.size() * kBlock; ++slot) {
    if (at(slot).state_ != State::free) drop(at(slot));
  }
  sessions_.on_resumed({});
  if (listener_ >= 0) ::close(listener_);
}

Result<std::uint16_t> Shard::listen() {
  auto fd = open_listener(options_.host, options_.port);
  if (!fd) return std::unexpected(fd.error());
  listener_ = *fd;
  watch_listener();
  return port_of(listener_);
}

void Shard::watch_listener() {
  if (listener_ < 0) return;
  epoll_event event{};
  event.events = EPOLLIN;  // level: what one batch leaves is told again
  event.data.u64 = kListenerTag;
  CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event) == 0) << "the listener cannot be watched";
}

// --- the loop ---

void Shard::run() {
  wait();
  start_sweep();
  while (running_) {
    if (dirty_.empty() && waiting_.empty()) {
      gather();
      io_.run_one();
    }
    io_.poll();
    batch_.clear();
    batch_.swap(waiting_);
    for (ConnectionId id : batch_) {
      Connection* connection = find(id);
      if (connection == nullptr) continue;
      connection->waiting_ = false;
      read(*connection);
    }
    flush();
    if (draining_ && metrics_.connections == 0) end_drain();
  }
}

// Sockets become readable meanwhile, and one look at them and one wake-up serve them all.
void Shard::gather() {
  if (pace_.busy()) std::this_thread::sleep_until(pace_.next());
}

void Shard::wait() {
  events_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    take_events();
    wait();
  });
}

void Shard::take_events() {
  std::array<epoll_event, kEventsMax> events;
  int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
  pace_.begin(static_cast<std::size_t>(std::max(count, 0)), Pace::Clock::now());
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 == kListenerTag) {
      accept();
      continue;
    }
    Connection* connection =
        find({static_cast<std::uint32_t>(event.data.u64), static_cast<std::uint32_t>(event.data.u64 >> 32)});
    if (connection == nullptr) continue;
    if ((event.events & EPOLLOUT) != 0 && connection->blocked_) {
      connection->blocked_ = false;
      mark(*connection);
    }
    if ((event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
      connection->readable_ = true;
      if ((event.events & ~(EPOLLIN | EPOLLOUT)) != 0) connection->ended_ = true;
      read(*connection);
    }
  }
}

void Shard::flush() {
  batch_.clear();
  batch_.swap(dirty_);
  for (ConnectionId id : batch_) {
    Connection* connection = find(id);
    if (connection == nullptr) continue;
    connection->dirty_ = false;
    write(*connection);
  }
}

void Shard::stop() {
  boost::asio::post(io_, [this] { running_ = false; });
}

void Shard::drain(std::chrono::milliseconds after_min, std::chrono::milliseconds after_max,
                  std::chrono::milliseconds grace) {
  boost::asio::post(io_, [this, after_min, after_max, grace] {
    draining_ = true;
    accept_timer_.cancel();
    if (listener_ >= 0) ::close(listener_);
    listener_ = -1;
    sessions_.drain(after_min, after_max);
    for (std::uint32_t slot = 0; slot < blocks_.size() * kBlock; ++slot) {
      Connection& connection = at(slot);
      // Requests under way are answered; what is idle or half sent ends now.
      if (connection.state_ == State::http && !connection.exchange_->answering && connection.output_ == nullptr) {
        drop(connection);
      }
    }
    grace_timer_.expires_after(grace);
    grace_timer_.async_wait([this](boost::system::error_code error) {
      if (!error) say_farewell();
    });
  });
}

// The grace is over for who is still busy here: told why, then cut.
void Shard::say_farewell() {
  log::info("edge.drain_cut", {{"thread", thread_}, {"connections", metrics_.connections}});
  for (std::uint32_t slot = 0; slot < blocks_.size() * kBlock; ++slot) {
    close(at(slot), static_cast<std::uint16_t>(chat::CloseCode::going_away), "the server is shutting down");
  }
  grace_timer_.expires_after(options_.farewell);
  grace_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) end_drain();
  });
}

void Shard::end_drain() {
  grace_timer_.cancel();
  running_ = false;
}

// --- time limits: one look at the table per sweep, no timer of a connection's own ---

void Shard::start_sweep() {
  sweep_timer_.expires_after(options_.sweep);
  sweep_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    sweep();
    start_sweep();
  });
}

std::uint32_t Shard::ticks(std::chrono::milliseconds time) const {
  return static_cast<std::uint32_t>((time + options_.sweep - std::chrono::milliseconds(1)) / options_.sweep);
}

void Shard::sweep() {
  ++tick_;
  for (auto& block : blocks_) {
    for (std::size_t i = 0; i < kBlock; ++i) {
      if (block[i].state_ != State::free) check_time(block[i]);
    }
  }
}

void Shard::check_time(Connection& connection) {
  if (connection.output_ != nullptr && tick_ - connection.output_->moved_at > ticks(options_.stall)) {
    ++metrics_.cut_stalled;
    drop(connection);
    return;
  }
  switch (connection.state_) {
    case State::http:
      if (connection.output_ == nullptr && tick_ > connection.exchange_->deadline) {
        ++(connection.exchange_->body != nullptr ? metrics_.cut_stalled : metrics_.cut_handshake);
        drop(connection);
      }
      break;
    case State::open: check_silence(connection); break;
    case State::closing:
      if (connection.output_ != nullptr && connection.output_->serves()) break;  // as long as it moves
      [[fallthrough]];
    case State::shut:
      if (tick_ - connection.heard_ > ticks(options_.linger)) drop(connection);
      break;
    case State::free: break;
  }
}

// A client that says nothing by itself may be alive: it is asked once, and its pong counts as heard.
void Shard::check_silence(Connection& connection) {
  std::uint32_t silent = tick_ - connection.heard_;
  if (silent > ticks(2 * options_.ping)) {
    ++metrics_.cut_silent;
    close(connection, static_cast<std::uint16_t>(chat::CloseCode::timed_out), "nothing was heard for too long");
  } else if (silent == ticks(options_.ping) + 1) {  // passed in one sweep only
    append_frame(plain(connection), Opcode::ping, {});
    write(connection);  // now: one buffer serves all who are asked in this sweep
  }
}

// --- coming and going ---

void Shard::accept() {
  for (std::size_t i = 0; i < kAcceptMax; ++i) {
    int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      add(fd);
      continue;
    }
    if (errno == ECONNABORTED || errno == EINTR) continue;
    if (errno != EAGAIN) pause_accepting();
    return;
  }
}

void Shard::pause_accepting() {
  if (metrics_.accept_pauses++ % kWarnEvery == 0) log::warn("edge.accept_paused", {{"why", std::strerror(errno)}});
  epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
  accept_timer_.expires_after(options_.accept_pause);
  accept_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) watch_listener();
  });
}

Connection& Shard::add(int fd) {
  if (free_.empty()) {
    auto first = static_cast<std::uint32_t>(blocks_.size() * kBlock);
    blocks_.push_back(std::make_unique<Connection[]>(kBlock));
    for (std::uint32_t slot = first + kBlock; slot-- > first;) {
      at(slot).shard_ = this;
      at(slot).slot_ = slot;
      free_.push_back(slot);
    }
  }
  Connection& connection = at(free_.back());
  free_.pop_back();
  connection.fd_ = fd;
  ++connection.generation_;
  connection.state_ = State::http;
  connection.heard_ = tick_;
  connection.exchange_ = std::make_unique<Exchange>();
  connection.exchange_->deadline = tick_ + ticks(options_.handshake);
  if (tls_) connection.ssl_ = tls_->accept();
  ++metrics_.accepted;
  ++metrics_.connections;

  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = std::uint64_t{connection.generation_} << 32 | connection.slot_;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) {
    log::warn("edge.watch_failed", {{"why", std::strerror(errno)}});
    drop(connection);
  }
  return connection;
}

Connection* Shard::find(ConnectionId id) {
  if (id.slot >= blocks_.size() * kBlock) return nullptr;
  Connection& connection = at(id.slot);
  return connection.state_ != State::free && connection.generation_ == id.generation ? &connection : nullptr;
}

void Shard::end_session(Connection& connection) {
  if (connection.session_.value == 0) return;
  chat::SessionId session = connection.session_;
  connection.session_ = {};
  sessions_.close(session);
}

void Shard::drop(Connection& connection) {
  end_session(connection);
  ::close(connection.fd_);  // leaves the epoll set by itself
  connection.fd_ = -1;
  connection.state_ = State::free;
  connection.output_.reset();
  connection.input_.reset();
  connection.exchange_.reset();
  connection.ssl_.reset();
  connection.dirty_ = connection.waiting_ = connection.readable_ = false;
  connection.ended_ = connection.blocked_ = connection.full_ = false;
  free_.push_back(connection.slot_);
  --metrics_.connections;
}

}  // namespace homing::edge
