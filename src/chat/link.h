// The socket as a session sees it. The edge implements it; tests and the simulator too.
// Lives on one I/O thread together with its session; every call is made there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/frame.h"

namespace homing::chat {

// Why the server ends a connection: WebSocket close codes, 4000 and up are Homing's own (docs/PROTOCOL.md).
enum class CloseCode : std::uint16_t {
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  too_big = 1009,
  internal_error = 1011,
  unauthenticated = 4001,    // the token was revoked
  session_replaced = 4002,   // the same device connected again
  timed_out = 4003,          // nothing was heard for too long
  too_fast = 4004,           // far over the rate limits
  hello_expected = 4005,     // the first frame must be hello, and only the first
};

class Link {
 public:
  virtual ~Link() = default;
  // Appends one frame to the connection's output. Never blocks, never fails: a dead connection drops it and the edge
  // ends the session soon after.
  virtual void send(const wire::ServerFrame& frame) = 0;
  // Bytes that the socket has not taken yet. At limits::kOutputPendingMax a session stops delivering; the edge calls
  // Sessions::writable when it has drained.
  virtual std::size_t pending() const = 0;
  // Sends what is pending and a close frame, then ends. The edge calls Sessions::close afterwards, never from inside.
  virtual void close(CloseCode code, std::string_view reason) = 0;
};

}  // namespace homing::chat
