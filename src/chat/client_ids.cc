#include "chat/client_ids.h"

#include <sodium.h>

#include <string>

namespace homing::chat {

ClientId fresh_client_id(Time now, Random& random) {
  ClientId id;
  random.fill(id);
  auto ms = static_cast<std::uint64_t>(now.ms);
  for (int i = 0; i < 6; ++i) id[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  id[6] = static_cast<std::uint8_t>(0x70 | (id[6] & 0x0f));  // version
  id[8] = static_cast<std::uint8_t>(0x80 | (id[8] & 0x3f));  // variant
  return id;
}

ClientId client_id_of(std::string_view domain, std::string_view key) {
  std::string text(domain);
  text += ':';
  text += key;
  ClientId id;
  crypto_generichash(id.data(), id.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr,
                     0);
  id[0] = 0;
  return id;
}

}  // namespace homing::chat
