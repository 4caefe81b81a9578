#include "chat/direct.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace homing::chat {

namespace {

ConversationId hashed(const std::array<std::uint64_t, 3>& input) {
  unsigned char hash[crypto_generichash_BYTES_MIN];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(input.data()), sizeof input, nullptr, 0);
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | hash[i];
  value >>= 1;
  return ConversationId{value == 0 ? 1 : value};
}

}  // namespace

ConversationId direct_id(AccountId a, AccountId b, unsigned probe) {
  return hashed({std::min(a, b).value, std::max(a, b).value, probe});
}

// No account has the number 0, so no direct conversation has this id.
ConversationId status_id(AccountId account, unsigned probe) { return hashed({0, account.value, probe}); }

}  // namespace homing::chat
