#include "push/web_push/curve.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/pem.h>

namespace homing::web_push {
namespace {

constexpr std::size_t kScalarBytes = 32;
constexpr const char* kCurve = "prime256v1";

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Group = std::unique_ptr<EC_GROUP, Free<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Free<EC_POINT_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free>>;

std::unexpected<Error> trouble(const char* what) { return fail(Code::unavailable, std::string("OpenSSL: ") + what); }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Result<Key> from_params(OSSL_PARAM* params, int selection) {
  Context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, selection, params) != 1) {
    return fail(Code::invalid_argument, "This is no key of the curve P-256.");
  }
  return Key(key);
}

Result<std::string> point_for(const BIGNUM* secret) {
  Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  Point point(EC_POINT_new(group.get()));
  std::string bytes(kPointBytes, '\0');
  if (EC_POINT_mul(group.get(), point.get(), secret, nullptr, nullptr, nullptr) != 1 ||
      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes_of(bytes), bytes.size(),
                         nullptr) != kPointBytes) {
    return trouble("no point for this number");
  }
  return bytes;
}

}  // namespace

Result<Key> fresh_key() {
  Key key(EVP_EC_gen(kCurve));
  if (!key) return trouble("no new key");
  return key;
}

Result<Key> key_from(std::string_view secret) {
  if (secret.size() != kScalarBytes) return fail(Code::invalid_argument, "A private key has 32 bytes.");
  Number number(BN_bin2bn(bytes_of(secret), static_cast<int>(secret.size()), nullptr));
  auto point = point_for(number.get());
  if (!point) return std::unexpected(point.error());
  Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kCurve, 0);
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get());
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point->data(), point->size());
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  return from_params(params.get(), EVP_PKEY_KEYPAIR);
}

Result<Key> key_from_point(std::string_view point) {
  if (point.size() != kPointBytes || point.front() != '\x04')
    return fail(Code::invalid_argument, "A public key is an uncompressed point of 65 bytes.");
  Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kCurve, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  return from_params(params.get(), EVP_PKEY_PUBLIC_KEY);
}

Result<Key> key_from_pem(const std::string& pem) {
  Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
  if (!key || !point_of(key)) return fail(Code::corrupt, "This is no private key of the curve P-256.");
  return key;
}

Result<std::string> to_pem(const Key& key) {
  Memory memory(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return trouble("a key cannot be written");
  char* data = nullptr;
  long size = BIO_get_mem_data(memory.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

Result<std::string> point_of(const Key& key) {
  std::string point(kPointBytes + 1, '\0');
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, bytes_of(point), point.size(), &size) != 1 ||
      size != kPointBytes) {
    return trouble("a key has no point of P-256");
  }
  point.resize(size);
  return point;
}

Result<std::string> shared(const Key& own, const Key& other) {
  Context context(EVP_PKEY_CTX_new(own.get(), nullptr));
  std::string secret(kSharedBytes, '\0');
  std::size_t size = secret.size();
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), other.get()) != 1 ||
      EVP_PKEY_derive(context.get(), bytes_of(secret), &size) != 1 || size != secret.size()) {
    return trouble("two keys share nothing");
  }
  return secret;
}

Result<std::string> hkdf(std::string_view salt, std::string_view secret, std::string_view info, std::size_t bytes) {
  Context context(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
  std::string out(bytes, '\0');
  std::size_t size = bytes;
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) != 1 ||
      EVP_PKEY_CTX_set1_hkdf_salt(context.get(), bytes_of(salt), static_cast<int>(salt.size())) != 1 ||
      EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes_of(secret), static_cast<int>(secret.size())) != 1 ||
      EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytes_of(info), static_cast<int>(info.size())) != 1 ||
      EVP_PKEY_derive(context.get(), bytes_of(out), &size) != 1 || size != bytes) {
    return trouble("no key can be derived");
  }
  return out;
}

Result<std::string> signature(const Key& key, std::string_view text) {
  Digest digest(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (!digest || EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &size, bytes_of(text), text.size()) != 1) {
    return trouble("nothing can be signed");
  }
  std::string der(size, '\0');
  if (EVP_DigestSign(digest.get(), bytes_of(der), &size, bytes_of(text), text.size()) != 1)
    return trouble("nothing can be signed");
  const unsigned char* at = bytes_of(std::string_view(der));
  Signature parts(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  std::string out(2 * kScalarBytes, '\0');
  if (!parts || BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), bytes_of(out), kScalarBytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), bytes_of(out) + kScalarBytes, kScalarBytes) < 0) {
    return trouble("a signature has another form");
  }
  return out;
}

bool is_signature(const Key& key, std::string_view text, std::string_view signature) {
  if (signature.size() != 2 * kScalarBytes) return false;
  Signature parts(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes_of(signature), kScalarBytes, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(signature) + kScalarBytes, kScalarBytes, nullptr);
  ECDSA_SIG_set0(parts.get(), r, s);  // owns both from here on
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(parts.get(), &der);
  if (size <= 0) return false;
  Digest digest(EVP_MD_CTX_new());
  bool good = EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
              EVP_DigestVerify(digest.get(), der, static_cast<std::size_t>(size), bytes_of(text), text.size()) == 1;
  OPENSSL_free(der);
  return good;
}

}  // namespace homing::web_push
