// The few frames that a scripted device says and hears (proto/frames.proto), written and read by hand: the generator must
// cost far less than the server that it measures. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace homing::load {

using ClientId = std::array<char, 16>;

// Appends one masked WebSocket frame holding a ClientFrame to `out`.
void put_hello(std::string& out, std::uint64_t cursor);
struct SendTo {
  std::uint64_t conversation = 0;  // 0: to `account`
  std::uint64_t account = 0;
};
void put_send(std::string& out, std::uint64_t request, SendTo to, const ClientId& id, std::string_view text);
void put_ack(std::string& out, std::uint64_t cursor);
void put_mark_read(std::string& out, std::uint64_t request, std::uint64_t conversation, std::uint64_t seq);
void put_create_group(std::string& out, std::uint64_t request, const ClientId& id, std::string_view name,
                      const std::vector<std::uint64_t>& members);
// A WebSocket pong.
void put_pong(std::string& out, std::string_view payload);

// The kinds of ServerFrame by field number.
enum class Kind {
  none = 0,
  error = 2,
  welcome = 3,
  sent = 4,
  delivery = 5,
  receipts = 6,
  caught_up = 7,
  done = 8,
  pong = 14,
  go_away = 15
};

struct Heard {
  Kind kind = Kind::none;
  std::uint64_t request = 0;
  std::uint64_t conversation = 0;
  std::uint64_t seq = 0;
  std::uint64_t position = 0;  // of a delivery or receipts; the cursor of welcome and caught_up
  std::uint64_t delivered_to = 0;
  std::uint64_t read_to = 0;
  std::uint64_t author = 0;
  std::uint64_t code = 0;  // of an error
  std::string_view text;  // of a delivery or an error; points into the input
};
// False if the bytes are not a ServerFrame.
bool decode(std::string_view bytes, Heard& heard);

// One WebSocket frame from the front of `in`. Servers do not mask.
struct Frame {
  enum class Op { binary = 2, close = 8, ping = 9, pong = 10 } op = Op::binary;
  std::string_view payload;
  std::size_t size = 0;  // 0: not complete yet
  bool bad = false;
};
Frame next_frame(std::string_view in);

}  // namespace homing::load
