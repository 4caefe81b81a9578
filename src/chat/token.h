// Secrets and what is stored of them. A token is "<device id, 16 hex digits>_<32 random bytes, base64url>"; only the
// BLAKE2b-256 of the second part is kept. Fast hashing is right here: what is hashed is random, not chosen by people.
// (Codes of six digits are protected by their few attempts and minutes, not by their hash.) Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/id.h"
#include "model/account.h"

namespace homing::chat {

inline constexpr std::size_t kSecretBytes = 32;

struct TokenParts {
  DeviceId device;
  std::string secret;  // as written in the token
};

std::string make_token(DeviceId device, std::string_view secret);
// Only the one way of writing a token that make_token has.
std::optional<TokenParts> parse_token(std::string_view token);

Hash256 hash_secret(std::string_view secret);
// In a time that does not depend on where they differ.
bool same_secret(const Hash256& a, const Hash256& b);

std::string to_base64url(std::span<const std::uint8_t> bytes);
std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace homing::chat
