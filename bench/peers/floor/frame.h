// The floor's frames: a length, a kind, a person, a number, perhaps a text. Nothing less carries the five steps of a
// message. Pure; any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace homing::peers::floor {

// To the server: hello (person: self), message and receipt (person: to whom). From it: welcome, sent (number), message and
// receipt (person: from whom).
enum class Kind : std::uint8_t { hello = 1, welcome, message, sent, receipt };

struct Frame {
  Kind kind = Kind::hello;
  std::uint32_t person = 0;
  std::uint64_t number = 0;
  std::string_view text;
};

inline constexpr std::size_t kHeadBytes = 4 + 1 + 4 + 8;
inline constexpr std::size_t kTextBytesMax = 64 * 1024;

inline void put(std::string& out, const Frame& frame) {
  char head[kHeadBytes];
  auto length = static_cast<std::uint32_t>(frame.text.size());
  std::memcpy(head, &length, 4);
  head[4] = static_cast<char>(frame.kind);
  std::memcpy(head + 5, &frame.person, 4);
  std::memcpy(head + 9, &frame.number, 8);
  out.append(head, kHeadBytes);
  out.append(frame.text);
}

enum class Taken { whole, partial, bad };
// From the front of `in`, which it shortens.
inline Taken take(std::string_view& in, Frame& frame) {
  if (in.size() < kHeadBytes) return Taken::partial;
  std::uint32_t length = 0;
  std::memcpy(&length, in.data(), 4);
  if (length > kTextBytesMax) return Taken::bad;
  if (in.size() < kHeadBytes + length) return Taken::partial;
  frame.kind = static_cast<Kind>(in[4]);
  std::memcpy(&frame.person, in.data() + 5, 4);
  std::memcpy(&frame.number, in.data() + 9, 8);
  frame.text = in.substr(kHeadBytes, length);
  in.remove_prefix(kHeadBytes + length);
  return Taken::whole;
}

}  // namespace homing::peers::floor
