#include "edge/utf8.h"

#include <cstdint>
#include <cstring>

namespace homing::edge {
namespace {

bool is_tail(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The length of the character at the front, or 0 if it is not one.
std::size_t character(const unsigned char* at, std::size_t left) {
  unsigned char first = at[0];
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return left >= 2 && is_tail(at[1]) ? 2 : 0;
  if (first < 0xF0) {
    if (left < 3 || !is_tail(at[1]) || !is_tail(at[2])) return 0;
    if (first == 0xE0 && at[1] < 0xA0) return 0;   // overlong
    if (first == 0xED && at[1] >= 0xA0) return 0;  // surrogate
    return 3;
  }
  if (first > 0xF4 || left < 4 || !is_tail(at[1]) || !is_tail(at[2]) || !is_tail(at[3])) return 0;
  if (first == 0xF0 && at[1] < 0x90) return 0;   // overlong
  if (first == 0xF4 && at[1] >= 0x90) return 0;  // above U+10FFFF
  return 4;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  while (left > 0) {
    std::uint64_t eight;
    if (left >= 8) {
      std::memcpy(&eight, at, 8);
      if ((eight & 0x8080808080808080ull) == 0) {
        at += 8;
        left -= 8;
        continue;
      }
    }
    std::size_t length = character(at, left);
    if (length == 0) return false;
    at += length;
    left -= length;
  }
  return true;
}

}  // namespace homing::edge
