#include "edge/tickets.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include <algorithm>

namespace homing::edge {
namespace {

constexpr std::size_t kIvBytes = 16;  // of AES in CBC mode
// What OpenSSL understands.
constexpr int kFailed = -1, kUnknown = 0, kFine = 1, kFineButRenew = 2;

bool set_mac(EVP_MAC_CTX* mac, TicketKeys::Key& key) {
  char digest[] = "SHA256";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
                         OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                         OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, params) == 1;
}

int seal(TicketKeys& keys, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
  TicketKeys::Key key = keys.sealing();
  std::copy(key.name.begin(), key.name.end(), name);
  keys.fill_iv({iv, kIvBytes});
  bool fine = EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), key.cipher.data(), iv, nullptr) == 1 && set_mac(mac, key);
  sodium_memzero(&key, sizeof key);
  return fine ? kFine : kFailed;
}

int open(TicketKeys& keys, const unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
  auto found = keys.opening(name);
  if (!found) return kUnknown;
  bool fine = set_mac(mac, found->key) &&
              EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), found->key.cipher.data(), iv, nullptr) == 1;
  sodium_memzero(&found->key, sizeof found->key);
  return !fine ? kFailed : found->newest ? kFine : kFineButRenew;
}

int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int sealing) {
  auto& keys = *static_cast<TicketKeys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  return sealing == 1 ? seal(keys, name, iv, cipher, mac) : open(keys, name, iv, cipher, mac);
}

}  // namespace

void TicketKeys::serve(SSL_CTX* context) {
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
  SSL_CTX_set_timeout(context, std::chrono::duration_cast<std::chrono::seconds>(2 * kTicketKeyLife).count());
}

TicketKeys::Key TicketKeys::sealing() {
  return ring_.with([this](Ring& ring) {
    turn(ring);
    return *ring.newest;
  });
}

std::optional<TicketKeys::Opening> TicketKeys::opening(const std::uint8_t* name) {
  return ring_.with([&](Ring& ring) -> std::optional<Opening> {
    turn(ring);
    auto is = [name](const Key& key) { return std::equal(key.name.begin(), key.name.end(), name); };
    if (is(*ring.newest)) return Opening{*ring.newest, true};
    if (ring.former && is(*ring.former)) return Opening{*ring.former, false};
    return std::nullopt;
  });
}

// Makes what is needed now, forgets what is too old. A clock that is set back changes nothing.
void TicketKeys::turn(Ring& ring) {
  Time now = clock_.now();
  if (ring.newest && now < ring.newest->born + kTicketKeyLife) return;
  bool opens_still = ring.newest && now < ring.newest->born + 2 * kTicketKeyLife;
  ring.former = opens_still ? ring.newest : std::nullopt;
  Key key;
  random_.fill(key.name);
  random_.fill(key.cipher);
  random_.fill(key.mac);
  key.born = now;
  ring.newest = key;
}

}  // namespace homing::edge
