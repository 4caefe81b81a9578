#include "edge/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <array>
#include <utility>

#include "base/check.h"

namespace homing::edge {
namespace {

std::string last_error() {
  std::array<char, 200> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const std::string& cert_file, const std::string& key_file,
                                                           const Clock& clock, Random& random) {
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  CHECK(raw != nullptr) << "OpenSSL has no memory";
  std::shared_ptr<TlsContext> context(new TlsContext(raw, clock, random));
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 1);
  context->tickets_.serve(raw);
  static constexpr unsigned char kSessionContext[] = "homing";
  SSL_CTX_set_session_id_context(raw, kSessionContext, sizeof kSessionContext - 1);
  if (SSL_CTX_use_certificate_chain_file(raw, cert_file.c_str()) != 1) {
    return fail(Code::invalid_argument, "the certificate " + cert_file + " cannot be used: " + last_error(),
                "tls.cert");
  }
  if (SSL_CTX_use_PrivateKey_file(raw, key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(raw) != 1) {
    return fail(Code::invalid_argument, "the key " + key_file + " cannot be used: " + last_error(), "tls.key");
  }
  return context;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

TlsEngine::TlsEngine(std::shared_ptr<const TlsContext> context)
    : context_(std::move(context)), method_(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "homing")) {
  BIO_meth_set_read_ex(method_, &TlsEngine::read);
  BIO_meth_set_write_ex(method_, &TlsEngine::write);
  BIO_meth_set_ctrl(method_, &TlsEngine::control);
  bio_ = BIO_new(method_);
  CHECK(bio_ != nullptr) << "OpenSSL has no memory";
  BIO_set_data(bio_, this);
  BIO_set_init(bio_, 1);
}

TlsEngine::~TlsEngine() {
  BIO_free(bio_);
  BIO_meth_free(method_);
}

int TlsEngine::read(BIO* bio, char* out, std::size_t size, std::size_t* got) {
  auto& self = *static_cast<TlsEngine*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (self.cipher_.empty()) {
    BIO_set_retry_read(bio);
    return 0;
  }
  *got = self.cipher_.copy(out, size);
  self.cipher_.remove_prefix(*got);
  return 1;
}

int TlsEngine::write(BIO* bio, const char* data, std::size_t size, std::size_t* took) {
  auto& self = *static_cast<TlsEngine*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  CHECK(self.out_ != nullptr) << "TLS writes only while it is called";
  self.out_->append(data, size);
  *took = size;
  return 1;
}

long TlsEngine::control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

std::unique_ptr<SSL, SslFree> TlsEngine::accept() {
  std::unique_ptr<SSL, SslFree> ssl(SSL_new(context_->get()));
  CHECK(ssl != nullptr) << "OpenSSL has no memory";
  BIO_up_ref(bio_);  // SSL_set_bio takes one reference when both sides are the same
  SSL_set_bio(ssl.get(), bio_, bio_);
  SSL_set_accept_state(ssl.get());
  return ssl;
}

TlsEngine::Outcome TlsEngine::decrypt(SSL* ssl, std::string_view cipher, std::string& plain, std::string& out) {
  constexpr std::size_t kRecordBytesMax = 16 * 1024;
  cipher_ = cipher;
  out_ = &out;
  Outcome outcome = Outcome::fine;
  for (;;) {
    std::size_t before = plain.size();
    plain.resize(before + kRecordBytesMax);
    std::size_t got = 0;
    ERR_clear_error();
    int done = SSL_read_ex(ssl, plain.data() + before, kRecordBytesMax, &got);
    plain.resize(before + (done == 1 ? got : 0));
    if (done == 1) continue;
    int why = SSL_get_error(ssl, done);
    if (why == SSL_ERROR_ZERO_RETURN) outcome = Outcome::ended;
    if (why != SSL_ERROR_ZERO_RETURN && why != SSL_ERROR_WANT_READ) outcome = Outcome::failed;
    break;
  }
  ERR_clear_error();
  cipher_ = {};
  out_ = nullptr;
  return outcome;
}

bool TlsEngine::encrypt(SSL* ssl, std::string_view plain, std::string& out) {
  out_ = &out;
  bool fine = true;
  while (fine && !plain.empty()) {
    std::size_t took = 0;
    ERR_clear_error();
    fine = SSL_write_ex(ssl, plain.data(), plain.size(), &took) == 1;
    plain.remove_prefix(took);
  }
  ERR_clear_error();
  out_ = nullptr;
  return fine;
}

void TlsEngine::say_end(SSL* ssl, std::string& out) {
  if (SSL_is_init_finished(ssl) == 0) return;
  out_ = &out;
  ERR_clear_error();
  SSL_shutdown(ssl);
  ERR_clear_error();
  out_ = nullptr;
}

}  // namespace homing::edge
