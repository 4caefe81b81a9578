// The device's end of TLS, on a socket that does not block. Whom it talks to is not checked: a run makes its own certificate.
// Owned by a Fleet; its thread only.
#pragma once

#include <openssl/ssl.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>

namespace homing::load {

struct SslFree {
  // OpenSSL forgets the session of a connection that ended without a farewell; a phone that lost its network does not.
  void operator()(SSL* ssl) const {
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl);
  }
};
using Ssl = std::unique_ptr<SSL, SslFree>;

struct TicketFree {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
// What a server gave a device, so that its next handshake can be short.
using Ticket = std::unique_ptr<SSL_SESSION, TicketFree>;

class Tls {
 public:
  Tls();
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // Says nothing yet: the handshake is made by the first calls of the two below. It is short if there is a ticket and the
  // server takes it; the newest ticket replaces it. `ticket` outlives the connection.
  Ssl connect(int fd, Ticket& ticket);
  // As recv() and send() with MSG_NOSIGNAL. Errno EAGAIN: when the socket tells; EINPROGRESS: when something was received.
  static ssize_t receive(SSL* ssl, char* bytes, std::size_t size);
  static ssize_t send(SSL* ssl, const char* bytes, std::size_t size);

 private:
  SSL_CTX* context_;
};

}  // namespace homing::load
