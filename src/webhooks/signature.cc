#include "webhooks/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/check.h"
#include "chat/token.h"

namespace homing::webhooks {
namespace {

std::string hmac(const EVP_MD* hash, std::string_view secret, std::string_view body) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());
  CHECK(HMAC(hash, secret.data(), static_cast<int>(secret.size()), bytes, body.size(), code.data(), &size));
  return chat::to_hex(std::span(code.data(), size));
}

}  // namespace

std::string signature_256(std::string_view secret, std::string_view body) {
  return "sha256=" + hmac(EVP_sha256(), secret, body);
}

std::string signature_1(std::string_view secret, std::string_view body) {
  return "sha1=" + hmac(EVP_sha1(), secret, body);
}

}  // namespace homing::webhooks
