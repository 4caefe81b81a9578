#include "blob/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "base/check.h"

namespace homing {

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  CHECK(context_ != nullptr && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1) << "OpenSSL has no SHA-256";
}

Sha256::~Sha256() { EVP_MD_CTX_free(context_); }

void Sha256::add(std::string_view bytes) {
  CHECK(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1) << "a hash was finished before";
}

BlobId Sha256::finish() {
  std::array<unsigned char, 32> digest{};
  CHECK(EVP_DigestFinal_ex(context_, digest.data(), nullptr) == 1) << "a hash was finished before";
  BlobId id;
  for (unsigned char byte : digest) {
    id.hex += "0123456789abcdef"[byte >> 4];
    id.hex += "0123456789abcdef"[byte & 15];
  }
  return id;
}

BlobId sha256_of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

}  // namespace homing
