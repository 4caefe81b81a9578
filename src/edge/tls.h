// TLS 1.2 and 1.3 by OpenSSL, without sockets: ciphertext comes from the shard's read buffer and goes behind a
// connection's output, so that a connection at rest holds an SSL object and no buffer of its own (about 15 KiB).
// TlsContext is shared by all threads and immutable but for its ticket keys, which have a lock; TlsEngine belongs to one shard.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "edge/tickets.h"

namespace homing::edge {

class TlsContext {
 public:
  // Reads a PEM certificate chain and its key. Session tickets are stateless (edge/tickets.h): resuming costs the server no
  // memory. Clock and random outlive the context.
  static Result<std::shared_ptr<const TlsContext>> load(const std::string& cert_file, const std::string& key_file,
                                                        const Clock& clock, Random& random);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  SSL_CTX* get() const { return context_; }

 private:
  TlsContext(SSL_CTX* context, const Clock& clock, Random& random) : tickets_(clock, random), context_(context) {}
  TicketKeys tickets_;
  SSL_CTX* context_;
};

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

class TlsEngine {
 public:
  explicit TlsEngine(std::shared_ptr<const TlsContext> context);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  std::unique_ptr<SSL, SslFree> accept();

  enum class Outcome { fine, ended, failed };
  // Takes all of `cipher`, continuing the handshake where it is not finished; appends what the peer said to `plain`.
  // What TLS itself has to answer is appended to `out`.
  Outcome decrypt(SSL* ssl, std::string_view cipher, std::string& plain, std::string& out);
  // Appends `plain` as TLS records. False if the connection is beyond use.
  bool encrypt(SSL* ssl, std::string_view plain, std::string& out);
  // Appends the alert that says nothing more follows.
  void say_end(SSL* ssl, std::string& out);

 private:
  static int read(BIO* bio, char* out, std::size_t size, std::size_t* got);
  static int write(BIO* bio, const char* data, std::size_t size, std::size_t* took);
  static long control(BIO* bio, int command, long number, void* pointer);

  std::shared_ptr<const TlsContext> context_;
  BIO_METHOD* method_;
  BIO* bio_;  // one for all connections: it stands for the buffers of the call under way
  std::string_view cipher_;  // not read yet
  std::string* out_ = nullptr;
};

}  // namespace homing::edge
