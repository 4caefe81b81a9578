// How things are named on disk: big-endian numbers, so that RocksDB's order is ours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.h"
#include "model/event.h"
#include "model/inbox.h"

namespace homing::rocks {

inline void put_u64(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}
// Reads eight bytes at `at`; the caller has measured.
inline std::uint64_t get_u64(std::string_view bytes, std::size_t at = 0) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

inline std::string key(std::uint64_t a) {
  std::string out;
  put_u64(out, a);
  return out;
}
inline std::string key(std::uint64_t a, std::uint64_t b) {
  std::string out;
  out.reserve(16);
  put_u64(out, a);
  put_u64(out, b);
  return out;
}
inline std::string key(Commit commit) { return key(commit.value); }
inline std::string key(ConversationId conversation, Seq seq) { return key(conversation.value, seq.value); }
inline std::string key(AccountId account, Cursor place) { return key(account.value, place.value); }
inline std::string key(DeviceId device, const ClientId& id) {
  std::string out = key(device.value);
  out.append(reinterpret_cast<const char*>(id.data()), id.size());
  return out;
}
// In the directory family a letter says what kind of record it is.
inline std::string key(char kind, std::uint64_t id) {
  std::string out(1, kind);
  put_u64(out, id);
  return out;
}
inline std::string key(char kind, std::uint64_t a, std::uint64_t b) {
  std::string out = key(kind, a);
  put_u64(out, b);
  return out;
}
inline std::string key(char kind, std::string_view name) {
  std::string out(1, kind);
  out += name;
  return out;
}

}  // namespace homing::rocks
