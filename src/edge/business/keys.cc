#include "edge/business/keys.h"

#include <sodium.h>

namespace homing::business {
namespace {

static_assert(std::tuple_size_v<MasterKey> == crypto_kdf_KEYBYTES);

template <std::size_t N>
void derive(std::array<std::uint8_t, N>& out, std::uint64_t number, const MasterKey& master) {
  crypto_kdf_derive_from_key(out.data(), out.size(), number, "homebots", master.data());
}

}  // namespace

Keys derive_keys(const MasterKey& master) {
  Keys keys;
  derive(keys.ids, 1, master);
  derive(keys.secrets, 2, master);
  derive(keys.urls, 3, master);
  return keys;
}

}  // namespace homing::business
