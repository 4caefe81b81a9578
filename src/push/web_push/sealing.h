// What only one browser can read: RFC 8291 with the content coding aes128gcm (RFC 8188), one record.
//
//     salt (16) | record size (4) | 65 | our fresh point (65) | ciphertext of text, 02, and its tag (16)
//
// Pure but for OpenSSL; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/push.h"
#include "push/web_push/curve.h"

namespace homing::web_push {

inline constexpr std::size_t kSecretBytes = 16;      // PushAddress::secret
inline constexpr std::size_t kSaltBytes = 16;
inline constexpr std::size_t kTextBytesMax = 3993;   // what a push service takes for sure, RFC 8291, 4

// `fresh` is made for this message alone, and so is `salt`. `invalid_argument` for an address whose key is none, `too_big`
// for a text that does not fit.
Result<std::string> sealed(const PushAddress& address, const Key& fresh, std::string_view salt, std::string_view text);
// The other way, as a browser does it.
Result<std::string> unsealed(const Key& own, std::string_view secret, std::string_view body);

}  // namespace homing::web_push
