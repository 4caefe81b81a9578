#include "chat/direct.h"

#include <sodium.h>

#include <algorithm>
#include <cstdint>

namespace homing::chat {

ConversationId direct_id(AccountId a, AccountId b, unsigned probe) {
  std::uint64_t input[3] = {std::min(a, b).value, std::max(a, b).value, probe};
  unsigned char hash[crypto_generichash_BYTES_MIN];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(input), sizeof input, nullptr, 0);
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | hash[i];
  value >>= 1;
  return ConversationId{value == 0 ? 1 : value};
}

}  // namespace homing::chat
