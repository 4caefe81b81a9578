// Protobuf's wire format by hand, for the few frames that are written for every message
// (protobuf.dev/programming-guides/encoding). Private to wire/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace homing::wire {

inline std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++size;
  }
  return size;
}

inline void put_varint(std::string& out, std::uint64_t value) {
  char buffer[10];
  std::size_t size = 0;
  while (value >= 0x80) {
    buffer[size++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  buffer[size++] = static_cast<char>(value);
  out.append(buffer, size);
}

// Field numbers below 16 have one-byte tags; all of ours do.
inline std::size_t field_size(std::uint64_t value) { return value == 0 ? 0 : 1 + varint_size(value); }
inline void put_field(std::string& out, unsigned number, std::uint64_t value) {
  if (value == 0) return;  // proto3: zero is not sent
  out.push_back(static_cast<char>(number << 3));
  put_varint(out, value);
}
inline std::size_t bytes_size(std::size_t length) { return 1 + varint_size(length) + length; }
inline void put_length(std::string& out, unsigned number, std::size_t length) {
  out.push_back(static_cast<char>(number << 3 | 2));
  put_varint(out, length);
}
inline void put_bytes(std::string& out, unsigned number, std::string_view bytes) {
  put_length(out, number, bytes.size());
  out.append(bytes);
}

}  // namespace homing::wire
