// One accepted socket. First it speaks HTTP (an Exchange says how far), then, mostly, WebSocket: from then on it is
// this small object in the shard's table, and everything else exists only while there is something to do.
// Owned by the shard that accepted it; that thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "chat/link.h"
#include "chat/sessions.h"
#include "edge/body.h"
#include "edge/output.h"
#include "edge/request.h"
#include "edge/routes.h"
#include "edge/tls.h"
#include "edge/upgrade.h"
#include "edge/websocket.h"

namespace homing::edge {

class Shard;

// Names a connection across an await: the slot may have been taken by another one since.
struct ConnectionId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  friend bool operator==(ConnectionId, ConnectionId) = default;
};

// The HTTP part of a connection; freed at the upgrade.
struct Exchange {
  RequestReader reader;
  std::string input;                 // not taken by the reader yet
  std::unique_ptr<Request> request;  // once the head is there
  Match match;                       // who answers it
  Body* body = nullptr;              // while a handler reads it; in that handler's coroutine
  std::uint32_t deadline = 0;        // tick
  bool begun = false;                // the first byte of a request has come
  bool answering = false;            // a request is with its handler, or its token with Accounts
  bool told_continue = false;
  bool last = false;                 // the peer says nothing more (TLS): the answer ends the connection
  Upgrade upgrade;

  ~Exchange() {
    if (body == nullptr) return;
    Error gone{Code::unavailable, "The connection has ended.", {}, {}};
    body->break_off(std::move(gone));
  }
};

// Bytes that have come and wait for more, or for their turn.
struct Input {
  std::string tail;      // raw frames
  std::size_t need = 0;  // tail is worth looking at when it has this many bytes
  std::unique_ptr<Fragments> fragments;
};

class Connection final : public chat::Link {
 public:
  void send(const wire::ServerFrame& frame) override;
  std::size_t pending() const override;
  void close(chat::CloseCode code, std::string_view reason) override;

 private:
  friend class Shard;

  enum class State : std::uint8_t {
    free,
    http,     // until the upgrade, or to the end
    open,     // WebSocket with a session
    closing,  // something is still to be sent, then the socket's sending side is shut
    shut,     // waits for the peer to end
  };

  std::unique_ptr<Output> output_;
  std::unique_ptr<Input> input_;
  std::unique_ptr<Exchange> exchange_;
  std::unique_ptr<SSL, SslFree> ssl_;
  Shard* shard_ = nullptr;
  chat::SessionId session_;
  int fd_ = -1;
  std::uint32_t generation_ = 0;
  std::uint32_t slot_ = 0;
  std::uint32_t heard_ = 0;  // tick of the last sign of life; when closing: of the close
  wire::Form form_ = wire::Form::proto;
  State state_ = State::free;
  bool dirty_ : 1 = false;     // in the shard's list of what has output
  bool waiting_ : 1 = false;   // in the shard's list of what is to be read on
  bool readable_ : 1 = false;  // the socket may hold bytes that no event will tell us about again
  bool ended_ : 1 = false;     // the peer has ended: read until the end shows
  bool blocked_ : 1 = false;   // the socket has not taken everything; EPOLLOUT will say when
  mutable bool full_ : 1 = false;  // the session was told that it may not send on
};

static_assert(sizeof(Connection) <= 80, "an idle connection is this object and its session");

}  // namespace homing::edge
