// A request's body on its way from the socket to the handler that asked for it piece by piece. The handler reads; the
// connection feeds, and stops reading its socket while the window is full.
//
//     socket ──► feed() ──► window (kBodyWindowBytes) ──► read() ──► handler
//       ▲                                                   │
//       └───────────── wanted(): there is room ◄────────────┘
//
// Lives in the coroutine that runs the handler; the connection holds a pointer and says break_off() before it goes.
// One thread: the shard's.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/task.h"

namespace homing::edge {

class Body {
 public:
  // `length` is what the client announced, if it did. `wanted` is called when the handler waits for bytes or has made
  // room for more.
  Body(std::optional<std::uint64_t> length, std::function<void()> wanted);
  // One that is all here: a handler does not see the difference.
  explicit Body(std::string whole);
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  // --- for the handler, one call at a time ---

  // What has come, waiting if nothing has; empty at the end. `unavailable` when the client is gone before the end,
  // `bad_frame` when what it sends is no body; what came before can be read first.
  Task<Result<std::string>> read();
  // All of it, for bodies that are small after all. `too_big` beyond `bytes_max`, as soon as that is known.
  Task<Result<std::string>> whole(std::size_t bytes_max);
  // Reads and forgets what is left, up to `bytes_max`. False if there is more: then the connection ends with the answer.
  Task<Result<bool>> drain(std::uint64_t bytes_max);

  // Content-Length; nothing for a chunked body.
  std::optional<std::uint64_t> length() const { return length_; }
  // Bytes given to the handler.
  std::uint64_t taken() const { return taken_; }

  // --- for the connection ---

  void feed(std::string bytes);
  void finish();
  // Nothing more comes. The connection is not called any more.
  void break_off(Error error);
  std::size_t buffered() const { return window_.size(); }
  // Whether the handler has read at all: the client may be told to continue.
  bool asked() const { return asked_; }

 private:
  Task<void> wait();
  void wake();

  std::optional<std::uint64_t> length_;
  std::function<void()> wanted_;
  std::string window_;
  std::uint64_t taken_ = 0;
  std::optional<Error> error_;
  bool finished_ = false;
  bool asked_ = false;
  boost::asio::steady_timer* waiting_ = nullptr;
};

}  // namespace homing::edge
