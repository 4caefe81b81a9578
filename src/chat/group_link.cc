#include "chat/group_link.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>

#include "chat/token.h"

namespace homing::chat {
namespace {

constexpr std::size_t kConversationDigits = 16;
constexpr std::size_t kLinkSecretBytes = 16;
constexpr std::size_t kSecretChars = 22;  // base64url without padding

}  // namespace

std::string make_group_link(ConversationId conversation, Random& random) {
  std::array<std::uint8_t, kLinkSecretBytes> secret;
  random.fill(secret);
  return fmt::format("{:016x}{}", conversation.value, to_base64url(secret));
}

std::optional<ConversationId> conversation_of_link(std::string_view code) {
  if (code.size() != kConversationDigits + kSecretChars) return std::nullopt;
  std::uint64_t value = 0;
  const char* end = code.data() + kConversationDigits;
  auto [stopped, error] = std::from_chars(code.data(), end, value, 16);
  if (error != std::errc{} || stopped != end || value == 0) return std::nullopt;
  return ConversationId{value};
}

}  // namespace homing::chat
