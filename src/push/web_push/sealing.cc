#include "push/web_push/sealing.h"

#include <openssl/evp.h>

#include <memory>

namespace homing::web_push {
namespace {

constexpr std::size_t kKeyBytes = 16, kNonceBytes = 12, kTagBytes = 16;
constexpr std::size_t kHeadBytes = kSaltBytes + 4 + 1 + kPointBytes;
constexpr std::uint32_t kRecordBytes = 4096;
constexpr char kLastRecord = '\x02';  // what ends the text of the last record

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::unexpected<Error> unreadable() { return fail(Code::invalid_argument, "This was not sealed for this key."); }

struct RecordKey {
  std::string key;
  std::string nonce;
};

// RFC 8291, 3.4: the secret of both keys, mixed with that of the subscription, and then with the salt.
Result<RecordKey> record_key(std::string_view ecdh, std::string_view secret, std::string_view browser,
                             std::string_view server, std::string_view salt) {
  std::string info("WebPush: info\0", 14);
  info.append(browser).append(server);
  auto mixed = hkdf(secret, ecdh, info, 32);
  if (!mixed) return std::unexpected(mixed.error());
  auto key = hkdf(salt, *mixed, std::string_view("Content-Encoding: aes128gcm\0", 28), kKeyBytes);
  if (!key) return std::unexpected(key.error());
  auto nonce = hkdf(salt, *mixed, std::string_view("Content-Encoding: nonce\0", 24), kNonceBytes);
  if (!nonce) return std::unexpected(nonce.error());
  return RecordKey{std::move(*key), std::move(*nonce)};
}

}  // namespace

Result<std::string> sealed(const PushAddress& address, const Key& fresh, std::string_view salt, std::string_view text) {
  if (text.size() > kTextBytesMax) return fail(Code::too_big, "A push message has at most 3,993 bytes.");
  if (address.secret.size() != kSecretBytes || salt.size() != kSaltBytes)
    return fail(Code::invalid_argument, "The secret of a push address has 16 bytes.", "auth");
  auto browser = key_from_point(address.key);
  if (!browser) return std::unexpected(browser.error());
  auto point = point_of(fresh);
  if (!point) return std::unexpected(point.error());
  auto ecdh = shared(fresh, *browser);
  if (!ecdh) return std::unexpected(ecdh.error());
  auto record = record_key(*ecdh, address.secret, address.key, *point, salt);
  if (!record) return std::unexpected(record.error());

  std::string out(salt);
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(kRecordBytes >> shift));
  out.push_back(static_cast<char>(kPointBytes));
  out.append(*point);
  std::string plain(text);
  plain.push_back(kLastRecord);
  std::string cipher(plain.size() + kTagBytes, '\0');
  Cipher context(EVP_CIPHER_CTX_new());
  int size = 0, rest = 0;
  if (EVP_EncryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, bytes_of(record->key), bytes_of(record->nonce)) !=
          1 ||
      EVP_EncryptUpdate(context.get(), bytes_of(cipher), &size, bytes_of(plain), static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), bytes_of(cipher) + size, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, bytes_of(cipher) + plain.size()) != 1) {
    return fail(Code::unavailable, "OpenSSL: nothing can be encrypted");
  }
  return out + cipher;
}

Result<std::string> unsealed(const Key& own, std::string_view secret, std::string_view body) {
  if (body.size() < kHeadBytes + 1 + kTagBytes || body[kSaltBytes + 4] != static_cast<char>(kPointBytes))
    return unreadable();
  std::string_view salt = body.substr(0, kSaltBytes), server = body.substr(kSaltBytes + 5, kPointBytes);
  std::string_view cipher = body.substr(kHeadBytes);
  auto key = key_from_point(server);
  if (!key) return std::unexpected(key.error());
  auto browser = point_of(own);
  if (!browser) return std::unexpected(browser.error());
  auto ecdh = shared(own, *key);
  if (!ecdh) return std::unexpected(ecdh.error());
  auto record = record_key(*ecdh, secret, *browser, server, salt);
  if (!record) return std::unexpected(record.error());

  std::string tag(cipher.substr(cipher.size() - kTagBytes));
  cipher.remove_suffix(kTagBytes);
  std::string plain(cipher.size(), '\0');
  Cipher context(EVP_CIPHER_CTX_new());
  int size = 0, rest = 0;
  if (EVP_DecryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, bytes_of(record->key), bytes_of(record->nonce)) !=
          1 ||
      EVP_DecryptUpdate(context.get(), bytes_of(plain), &size, bytes_of(cipher), static_cast<int>(cipher.size())) !=
          1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(context.get(), bytes_of(plain) + size, &rest) != 1) {
    return unreadable();
  }
  std::size_t end = plain.find_last_not_of('\0');
  if (end == std::string::npos || plain[end] != kLastRecord) return unreadable();
  plain.resize(end);
  return plain;
}

}  // namespace homing::web_push
