#include "chat/token.h"

#include <fmt/format.h>
#include <sodium.h>

namespace homing::chat {
namespace {

constexpr std::size_t kDeviceDigits = 16;
constexpr std::size_t kSecretChars = 43;  // 32 bytes in base64url without padding

std::optional<std::uint64_t> parse_hex(std::string_view digits) {
  std::uint64_t value = 0;
  for (char c : digits) {
    unsigned digit;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else {
      return std::nullopt;
    }
    value = value << 4 | digit;
  }
  return value;
}

bool is_base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::string make_token(DeviceId device, std::string_view secret) {
  return fmt::format("{:016x}_{}", device.value, secret);
}

std::optional<TokenParts> parse_token(std::string_view token) {
  if (token.size() != kDeviceDigits + 1 + kSecretChars || token[kDeviceDigits] != '_') return std::nullopt;
  auto device = parse_hex(token.substr(0, kDeviceDigits));
  if (!device || *device == 0) return std::nullopt;
  std::string_view secret = token.substr(kDeviceDigits + 1);
  for (char c : secret) {
    if (!is_base64url(c)) return std::nullopt;
  }
  return TokenParts{DeviceId{*device}, std::string(secret)};
}

Hash256 hash_secret(std::string_view secret) {
  Hash256 hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                     nullptr, 0);
  return hash;
}

bool same_secret(const Hash256& a, const Hash256& b) { return sodium_memcmp(a.data(), b.data(), a.size()) == 0; }

std::string to_base64url(std::span<const std::uint8_t> bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the library's terminating zero
  return text;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

}  // namespace homing::chat
