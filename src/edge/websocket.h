// RFC 6455 framing without I/O: what a client sends is parsed and unmasked in place, what the server sends is written
// behind the bytes that wait already. No extensions, so the reserved bits are zero. Pure; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace homing::edge {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// The close codes of the RFC that framing itself uses; 4000 and up are chat::CloseCode.
inline constexpr std::uint16_t kCloseNormal = 1000;
inline constexpr std::uint16_t kCloseProtocolError = 1002;
inline constexpr std::uint16_t kCloseNoStatus = 1005;  // never sent: a close frame without a code
inline constexpr std::uint16_t kCloseNotUtf8 = 1007;
inline constexpr std::uint16_t kCloseTooBig = 1009;

// The largest head of a client frame: two bytes, an eight-byte length, a mask.
inline constexpr std::size_t kFrameHeadBytesMax = 14;
inline constexpr std::size_t kControlBytesMax = 125;

// The pieces of a message that has not ended. Exists only between its first and its last frame.
struct Fragments {
  Opcode opcode = Opcode::binary;
  std::string bytes;
};

struct Step {
  enum class Kind {
    incomplete,  // the bytes end inside a frame; `need` in all, counted from consumed(), are worth looking again
    message,     // `opcode` is text or binary, `payload` the whole message
    ping,        // `payload` is to be sent back
    pong,
    close,       // the client ends; `code` may be kCloseNoStatus
    violation,   // close with `code` and `payload` as the reason
  };
  Kind kind = Kind::incomplete;
  Opcode opcode = Opcode::binary;
  std::uint16_t code = 0;
  std::size_t need = 0;
  std::string_view payload;  // into the parsed bytes or the joined fragments; good until the next call
};

class FrameReader {
 public:
  // `bytes` are changed (unmasked). `fragments` belongs to the connection and carries over from batch to batch.
  // A message of more than `bytes_max` is a violation as soon as its length is known.
  FrameReader(std::span<char> bytes, std::unique_ptr<Fragments>& fragments, std::size_t bytes_max)
      : bytes_(bytes), fragments_(fragments), bytes_max_(bytes_max) {}

  // Frames up to and including the next one that means something to the caller.
  Step next();
  // How many bytes are behind us. What follows was not touched.
  std::size_t consumed() const { return at_; }

 private:
  Step control(Opcode opcode, std::string_view payload);
  Step finished(Opcode opcode, std::string_view payload);

  std::span<char> bytes_;
  std::unique_ptr<Fragments>& fragments_;
  std::size_t bytes_max_;
  std::size_t at_ = 0;
  std::string joined_;  // the last fragmented message, kept for the Step that shows it
};

// One unmasked frame, appended.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
void append_close(std::string& out, std::uint16_t code, std::string_view reason);

// A message written in place: whatever is appended to `out` between begin and end is its payload.
std::size_t begin_message(std::string& out);
void end_message(std::string& out, std::size_t begun, Opcode opcode);

// XOR with the four mask bytes, in the order they stood on the wire.
void unmask(std::span<char> bytes, const unsigned char mask[4]);

}  // namespace homing::edge
