#include "edge/business/wamid.h"

#include <sodium.h>

#include <cstring>

#include "chat/token.h"

namespace homing::business {
namespace {

constexpr std::string_view kPrefix = "wamid.";
constexpr std::size_t kNamed = 16;
constexpr std::size_t kTagged = kNamed + crypto_shorthash_BYTES;
constexpr std::size_t kText = kTagged / 3 * 4;
static_assert(kTagged % 3 == 0, "base64 without padding: one text for one name");

void put(std::uint64_t number, unsigned char* out) {
  for (int i = 7; i >= 0; --i, number >>= 8) out[i] = static_cast<unsigned char>(number);
}
std::uint64_t get(const unsigned char* in) {
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | in[i];
  return number;
}

}  // namespace

std::string Wamids::encode(std::uint64_t first, std::uint64_t second, Api api) const {
  unsigned char bytes[kTagged];
  put(first, bytes);
  put(second, bytes + 8);
  crypto_shorthash(bytes + kNamed, bytes, kNamed, key_.data());
  char text[kText + 1];
  sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return (api == Api::cloud ? std::string(kPrefix) : std::string()) + text;
}

std::string Wamids::name(ConversationId conversation, Seq seq, Api api) const {
  return encode(conversation.value, seq.value, api);
}

std::string Wamids::name_of_none(std::uint64_t unique, Api api) const { return encode(0, unique, api); }

std::optional<MessageName> Wamids::read(std::string_view name) const {
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  if (name.size() != kText) return std::nullopt;
  unsigned char bytes[kTagged];
  std::size_t length = 0;
  const char* end = nullptr;
  int failed = sodium_base642bin(bytes, sizeof bytes, name.data(), name.size(), nullptr, &length, &end,
                                 sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (failed != 0 || length != kTagged || end != name.data() + name.size()) return std::nullopt;
  unsigned char tag[crypto_shorthash_BYTES];
  crypto_shorthash(tag, bytes, kNamed, key_.data());
  if (sodium_memcmp(tag, bytes + kNamed, sizeof tag) != 0) return std::nullopt;
  MessageName read{ConversationId{get(bytes)}, Seq{get(bytes + 8)}};
  if (!read.conversation || !read.seq) return std::nullopt;
  return read;
}

std::string in_form(std::string_view name, Api api) {
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  return (api == Api::cloud ? std::string(kPrefix) : std::string()).append(name);
}

std::string request_id(const ClientId& client_id) { return chat::to_hex(client_id); }

std::string group_id(ConversationId conversation) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "g";
  for (int shift = 60; shift >= 0; shift -= 4) out += kHex[conversation.value >> shift & 15];
  return out;
}

std::optional<ConversationId> parse_group_id(std::string_view text) {
  if (text.size() != 17 || text[0] != 'g') return std::nullopt;
  ConversationId id;
  for (char c : text.substr(1)) {
    bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'f';
    if (!digit && !letter) return std::nullopt;
    id.value = id.value << 4 | static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  if (!id) return std::nullopt;
  return id;
}

}  // namespace homing::business
