// One I/O thread's sockets. Client connections live in an edge-triggered epoll set of their own that is nested, as one
// descriptor, in the thread's io_context; timers, posts and coroutines are Asio's. Every batch of events ends with one
// send per connection that has something to say.
//
//     epoll ──► accept | read ──► frames ──► Sessions::receive ──► ... ──► Link::send ──► output, dirty
//       ▲                                                                                     │
//       └──────────────── end of the batch: one send() per dirty connection ◄─────────────────┘
//
// Owned by server/, as is its io_context, which outlives it and does not run after it. All calls on its own thread, except those marked.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/pace.h"
#include "base/result.h"
#include "base/task.h"
#include "chat/accounts.h"
#include "chat/sessions.h"
#include "edge/connection.h"
#include "edge/http.h"
#include "edge/metrics.h"
#include "edge/proxies.h"
#include "edge/tls.h"

namespace homing::edge {

struct ShardOptions {
  std::string host = "127.0.0.1";  // a numeric address
  std::uint16_t port = 8080;  // 0: any free one
  std::vector<std::string> allowed_origins;
  Proxies trusted_proxies;
  std::shared_ptr<const TlsContext> tls;  // none: plain
  std::chrono::milliseconds ping{60'000};  // a WebSocket silent for so long is asked, for twice as long closed
  std::chrono::milliseconds handshake{
      10'000};  // from accept, or a request's first byte, to its last (of a streamed body: the head's)
  std::chrono::milliseconds answer{60'000};  // a request may be worked on for so long
  std::chrono::milliseconds http_idle{30'000};  // between two requests
  std::chrono::milliseconds stall{
      30'000};  // with output waiting and no byte taken, with a streamed body wanted and no byte come
  std::chrono::milliseconds linger{5'000};  // from our close to the peer's
  std::chrono::milliseconds farewell{1'000};  // from our close when a drain's grace is over to the end
  std::chrono::milliseconds accept_pause{100};  // when file descriptors have run out
  std::chrono::milliseconds sweep{1'000};  // how often time limits are looked at
};

class Shard {
 public:
  Shard(boost::asio::io_context& io, unsigned thread, chat::Sessions& sessions, chat::Accounts& accounts, Http& http,
        ShardOptions options);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // Opens the listener, beside those of the other shards (SO_REUSEPORT); returns its port. Connections are accepted
  // when run() runs. `unavailable` if the address cannot be had.
  Result<std::uint16_t> listen();
  // Runs the io_context until stop() or until a drain has ended.
  void run();

  // Any thread: run() returns soon; connections end with the object.
  void stop();
  // Any thread: takes no more connections, tells clients to come back after a random pause between the two times, and
  // ends run() when all are gone. Who is still here after `grace` is closed with 1001 and cut after `farewell`.
  void drain(std::chrono::milliseconds after_min, std::chrono::milliseconds after_max, std::chrono::milliseconds grace);

  const Metrics& metrics() const { return metrics_; }
  // Bytes in memory that wait for their sockets.
  std::size_t output_bytes() const;

 private:
  friend class Connection;
  using State = Connection::State;

  // The loop (shard.cc).
  void gather();
  void wait();
  void take_events();
  void flush();
  void start_sweep();
  void sweep();
  void check_time(Connection& connection);
  void check_silence(Connection& connection);
  std::uint32_t ticks(std::chrono::milliseconds time) const;

  // Connections coming and going (shard.cc).
  void accept();
  void pause_accepting();
  void watch_listener();
  Connection& add(int fd);
  Connection* find(ConnectionId id);
  ConnectionId id_of(const Connection& connection) const { return {connection.slot_, connection.generation_}; }
  Connection& at(std::uint32_t slot) { return blocks_[slot / kBlock][slot % kBlock]; }
  void drop(Connection& connection);
  void end_session(Connection& connection);
  void drained(Connection& connection);
  void say_farewell();
  void end_drain();

  // Bytes in (shard_read.cc).
  void read(Connection& connection);
  bool may_read(const Connection& connection) const;
  void take_bytes(Connection& connection, std::span<char> bytes);
  void take_frames(Connection& connection, std::span<char> bytes);
  bool take_message(Connection& connection, const Step& step);
  void keep(Connection& connection, std::span<char> bytes, std::size_t need);
  void later(Connection& connection);

  // HTTP and the upgrade (shard_http.cc).
  void take_http(Connection& connection, std::span<char> bytes);
  void plan(Connection& connection);
  void begin_answer(Connection& connection);
  void begin_handler(Connection& connection);
  void tell_continue(Connection& connection);
  void pass_body(Connection& connection);
  void want_body(ConnectionId id);
  Task<void> answer(ConnectionId id, const Handler* handler, Request request);
  Task<void> stream(ConnectionId id, const StreamHandler* handler, Request request);
  Task<void> admit(ConnectionId id, std::string token);
  void respond(Connection& connection, Response response);
  std::string peer_of(const Connection& connection) const;

  // Bytes out (shard_write.cc).
  Output& output(Connection& connection);
  std::string& plain(Connection& connection);
  void write(Connection& connection);
  bool encrypt(Connection& connection);
  bool encrypt_region(Connection& connection);
  long send_region(Connection& connection);
  void close(Connection& connection, std::uint16_t code, std::string_view reason);
  void begin_closing(Connection& connection);
  void mark(Connection& connection);

  static constexpr std::size_t kBlock = 256;  // connections that are allocated together
  static constexpr std::size_t kReadBytes = 64 * 1024;  // of one connection and batch
  static constexpr std::size_t kWriteBytes = 512 * 1024;  // to one connection and batch
  static constexpr std::size_t kRegionBytes = 64 * 1024;  // of a file, read and encrypted at a time
  static constexpr std::size_t kAcceptMax = 64;  // per batch
  static constexpr std::size_t kEventsMax = 256;  // per batch
  static constexpr std::chrono::microseconds kGather{1000};  // between two looks at the sockets in a busy time
  static constexpr std::chrono::microseconds kBusyGap{120};  // between two events of one
  static constexpr std::size_t kTailBytes = 192 * 1024;  // room before what is read, for what waited

  boost::asio::io_context& io_;
  unsigned thread_;
  chat::Sessions& sessions_;
  chat::Accounts& accounts_;
  Http& http_;
  ShardOptions options_;
  std::unique_ptr<TlsEngine> tls_;

  int epoll_ = -1;
  int listener_ = -1;
  boost::asio::posix::stream_descriptor events_;
  boost::asio::steady_timer sweep_timer_;
  boost::asio::steady_timer accept_timer_;
  boost::asio::steady_timer grace_timer_;

  std::vector<std::unique_ptr<Connection[]>> blocks_;
  std::vector<std::uint32_t> free_;
  std::vector<ConnectionId> dirty_;
  std::vector<ConnectionId> waiting_;
  std::vector<ConnectionId> batch_;  // scratch for the two lists above
  OutputPool pool_;
  std::unique_ptr<char[]> buffer_;  // kTailBytes, then kReadBytes
  std::unique_ptr<char[]> region_;  // TLS: kRegionBytes, once a file was sent
  std::string opened_;  // TLS: what was decrypted in this read
  Pace pace_{kGather, kBusyGap};
  std::uint32_t tick_ = 1;
  bool running_ = true;
  bool draining_ = false;
  Metrics metrics_;
};

}  // namespace homing::edge
