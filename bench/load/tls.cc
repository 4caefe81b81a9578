#include "tls.h"

#include <openssl/err.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace homing::load {
namespace {

ssize_t failed(SSL* ssl, int done, int awaited, int other) {
  int why = SSL_get_error(ssl, done);
  ERR_clear_error();
  if (why == SSL_ERROR_ZERO_RETURN) return 0;
  if (why == awaited) {
    errno = EAGAIN;
  } else if (why == other) {
    errno = EINPROGRESS;
  } else if (why != SSL_ERROR_SYSCALL || errno == 0) {
    errno = EPROTO;
  }
  return -1;
}

int keep_ticket(SSL* ssl, SSL_SESSION* session) {
  static_cast<Ticket*>(SSL_get_app_data(ssl))->reset(session);
  return 1;  // ours now
}

}  // namespace

Tls::Tls() : context_(SSL_CTX_new(TLS_client_method())) {
  if (context_ == nullptr) throw std::runtime_error("OpenSSL has no memory");
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to the socket by itself
  SSL_CTX_set_verify(context_, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_mode(context_,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context_, keep_ticket);
}

Tls::~Tls() { SSL_CTX_free(context_); }

Ssl Tls::connect(int fd, Ticket& ticket) {
  Ssl ssl(SSL_new(context_));
  if (ssl == nullptr || SSL_set_fd(ssl.get(), fd) != 1) throw std::runtime_error("OpenSSL has no memory");
  SSL_set_app_data(ssl.get(), &ticket);
  if (ticket != nullptr) SSL_set_session(ssl.get(), ticket.get());
  SSL_set_connect_state(ssl.get());
  return ssl;
}

ssize_t Tls::receive(SSL* ssl, char* bytes, std::size_t size) {
  std::size_t got = 0;
  errno = 0;
  int done = SSL_read_ex(ssl, bytes, size, &got);
  return done == 1 ? static_cast<ssize_t>(got) : failed(ssl, done, SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE);
}

ssize_t Tls::send(SSL* ssl, const char* bytes, std::size_t size) {
  std::size_t put = 0;
  errno = 0;
  int done = SSL_write_ex(ssl, bytes, size, &put);
  return done == 1 ? static_cast<ssize_t>(put) : failed(ssl, done, SSL_ERROR_WANT_WRITE, SSL_ERROR_WANT_READ);
}

}  // namespace homing::load
