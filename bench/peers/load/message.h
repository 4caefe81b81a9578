// What a message says: who sent it, its number and when it was due, so that whoever receives it can be held to account.
// A text of fixed length, the same for every protocol. Pure; any thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace homing::peers {

struct Message {
  std::uint32_t from = 0;  // index of the person
  std::uint64_t number = 0;  // of the run, from 1
  std::int64_t due_ns = 0;  // when it should have been sent
  bool archived = false;  // fetched from an archive, not pushed
};

inline constexpr std::size_t kStampChars = 40;  // 16 for the time, 8 for the sender, 16 for the number, in hexadecimal

inline void put_hex(std::string& out, std::uint64_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out.push_back("0123456789abcdef"[value >> shift & 15]);
}
inline bool take_hex(std::string_view text, std::uint64_t& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc{} && end == text.data() + text.size();
}

// Appends a text of max(`bytes`, kStampChars) characters.
inline void put_text(std::string& out, const Message& message, std::size_t bytes) {
  put_hex(out, static_cast<std::uint64_t>(message.due_ns), 16);
  put_hex(out, message.from, 8);
  put_hex(out, message.number, 16);
  if (bytes > kStampChars) out.append(bytes - kStampChars, '.');
}
// False if the text is not one of ours.
inline bool take_text(std::string_view text, Message& message) {
  std::uint64_t due = 0, from = 0;
  if (text.size() < kStampChars || !take_hex(text.substr(0, 16), due) || !take_hex(text.substr(16, 8), from) ||
      !take_hex(text.substr(24, 16), message.number)) {
    return false;
  }
  message.due_ns = static_cast<std::int64_t>(due);
  message.from = static_cast<std::uint32_t>(from);
  return true;
}

}  // namespace homing::peers
