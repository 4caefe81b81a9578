// P-256 by OpenSSL: keys, what two of them share, signatures. Private to web_push/. Any thread; a key is constant.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace homing::web_push {

inline constexpr std::size_t kPointBytes = 65;   // uncompressed: 04, x, y
inline constexpr std::size_t kSharedBytes = 32;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

Result<Key> fresh_key();
// From a private number of 32 bytes, e.g. of a test vector.
Result<Key> key_from(std::string_view secret);
// `invalid_argument` for what is no point of the curve.
Result<Key> key_from_point(std::string_view point);
Result<Key> key_from_pem(const std::string& pem);
Result<std::string> to_pem(const Key& key);
Result<std::string> point_of(const Key& key);

// ECDH.
Result<std::string> shared(const Key& own, const Key& other);
// HKDF with SHA-256, RFC 5869.
Result<std::string> hkdf(std::string_view salt, std::string_view secret, std::string_view info, std::size_t bytes);
// ES256: r and s, 32 bytes each.
Result<std::string> signature(const Key& key, std::string_view text);
bool is_signature(const Key& key, std::string_view text, std::string_view signature);

}  // namespace homing::web_push
