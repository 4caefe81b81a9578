// The device's end of TLS, on a socket that does not block. Whom it talks to is not checked: a run makes its own certificate.
// Owned by a Fleet; its thread only.
#pragma once

#include <openssl/ssl.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>

namespace homing::load {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Ssl = std::unique_ptr<SSL, SslFree>;

class Tls {
 public:
  Tls();
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // Says nothing yet: the handshake is made by the first calls of the two below.
  Ssl connect(int fd);
  // As recv() and send() with MSG_NOSIGNAL. Errno EAGAIN: when the socket tells; EINPROGRESS: when something was received.
  static ssize_t receive(SSL* ssl, char* bytes, std::size_t size);
  static ssize_t send(SSL* ssl, const char* bytes, std::size_t size);

 private:
  SSL_CTX* context_;
};

}  // namespace homing::load
