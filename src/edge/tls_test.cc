#include "edge/tls.h"

#include <gtest/gtest.h>

#include "base/manual_clock.h"
#include "edge/tls_fixture.h"

namespace homing::edge {
namespace {

// The other end, by OpenSSL over two memory buffers.
struct Client {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());

  explicit Client(int version = TLS1_3_VERSION) {
    SSL_set_bio(ssl, in, out);
    SSL_set_min_proto_version(ssl, version);
    SSL_set_max_proto_version(ssl, version);
    SSL_set_connect_state(ssl);
  }
  ~Client() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
  std::string said() {
    std::string bytes(BIO_ctrl_pending(out), '\0');
    if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }
  void hears(const std::string& bytes) {
    if (!bytes.empty()) BIO_write(in, bytes.data(), static_cast<int>(bytes.size()));
  }
  std::string reads() {
    std::string text(100'000, '\0');
    std::size_t at = 0, got = 0;
    while (at < text.size() && SSL_read_ex(ssl, text.data() + at, text.size() - at, &got) == 1) at += got;
    text.resize(at);
    return text;
  }
};

struct Tls : testing::Test {
  Identity identity;
  ManualClock clock;
  SeededRandom random{1};
  std::unique_ptr<TlsEngine> engine =
      std::make_unique<TlsEngine>(*TlsContext::load(identity.cert, identity.key, clock, random));
  std::unique_ptr<SSL, SslFree> server = engine->accept();
  std::string plain;

  ~Tls() override { server.reset(); }

  // What the client says reaches the server in pieces of this many bytes.
  TlsEngine::Outcome pass(Client& client, std::size_t piece = 100'000) {
    std::string said = client.said(), answer;
    TlsEngine::Outcome outcome = TlsEngine::Outcome::fine;
    for (std::size_t at = 0; at < said.size() && outcome == TlsEngine::Outcome::fine; at += piece) {
      outcome = engine->decrypt(server.get(), std::string_view(said).substr(at, piece), plain, answer);
    }
    client.hears(answer);
    return outcome;
  }
  void shake_hands(Client& client, std::size_t piece = 100'000) {
    for (int i = 0; i < 4; ++i) {
      SSL_do_handshake(client.ssl);
      ASSERT_EQ(pass(client, piece), TlsEngine::Outcome::fine);
    }
    ASSERT_TRUE(SSL_is_init_finished(server.get()));
  }
};

TEST_F(Tls, CarriesBytesBothWays) {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    server = engine->accept();
    plain.clear();
    Client client(version);
    shake_hands(client);
    SSL_write(client.ssl, "to server", 9);

    EXPECT_EQ(pass(client), TlsEngine::Outcome::fine);

    EXPECT_EQ(plain, "to server");
    std::string long_text(50'000, 't'), records;
    EXPECT_TRUE(engine->encrypt(server.get(), long_text, records));
    client.hears(records);
    EXPECT_EQ(client.reads(), long_text);
  }
}

TEST_F(Tls, TakesRecordsByteByByte) {
  Client client;
  shake_hands(client, 1);
  SSL_write(client.ssl, "slowly", 6);
  EXPECT_EQ(pass(client, 1), TlsEngine::Outcome::fine);
  EXPECT_EQ(plain, "slowly");
}

TEST_F(Tls, KeepsConnectionsApart) {
  Client one, two;
  shake_hands(one);
  auto first = std::move(server);
  server = engine->accept();
  shake_hands(two);
  SSL_write(one.ssl, "one", 3);
  SSL_write(two.ssl, "two", 3);

  EXPECT_EQ(pass(two), TlsEngine::Outcome::fine);
  EXPECT_EQ(plain, "two");
  plain.clear();
  server = std::move(first);
  EXPECT_EQ(pass(one), TlsEngine::Outcome::fine);
  EXPECT_EQ(plain, "one");
}

TEST_F(Tls, RefusesWhatIsNoHandshake) {
  std::string answer;
  EXPECT_EQ(engine->decrypt(server.get(), "GET / HTTP/1.1\r\n\r\n", plain, answer), TlsEngine::Outcome::failed);
  EXPECT_TRUE(plain.empty());
}

TEST_F(Tls, RefusesChangedRecords) {
  Client client;
  shake_hands(client);
  SSL_write(client.ssl, "hello", 5);
  std::string said = client.said(), answer;
  said.back() = static_cast<char>(said.back() ^ 1);
  EXPECT_EQ(engine->decrypt(server.get(), said, plain, answer), TlsEngine::Outcome::failed);
  EXPECT_TRUE(plain.empty());
}

TEST_F(Tls, SeesTheEnd) {
  Client client;
  shake_hands(client);
  SSL_write(client.ssl, "bye", 3);
  SSL_shutdown(client.ssl);
  EXPECT_EQ(pass(client), TlsEngine::Outcome::ended);
  EXPECT_EQ(plain, "bye");
}

// A client that comes back with what the server gave it.
struct Returning : Tls {
  SSL_SESSION* session = nullptr;
  ~Returning() override { SSL_SESSION_free(session); }

  void come(int version) {
    Client client(version);
    shake_hands(client);
    SSL_write(client.ssl, "hello", 5);
    ASSERT_EQ(pass(client), TlsEngine::Outcome::fine);
    client.reads();  // the ticket comes behind the handshake
    SSL_SESSION_free(session);
    session = SSL_get1_session(client.ssl);
    ASSERT_EQ(SSL_SESSION_has_ticket(session), 1);
    SSL_shutdown(client.ssl);
  }
  bool resumes(int version) {
    server = engine->accept();
    Client client(version);
    SSL_set_session(client.ssl, session);
    shake_hands(client);
    SSL_write(client.ssl, "again", 5);
    EXPECT_EQ(pass(client), TlsEngine::Outcome::fine);
    EXPECT_TRUE(plain.ends_with("again"));
    client.reads();
    bool resumed = SSL_session_reused(client.ssl) == 1;
    SSL_SESSION_free(session);
    session = SSL_get1_session(client.ssl);
    SSL_shutdown(client.ssl);
    return resumed;
  }
};

TEST_F(Returning, ResumesWithATicket) {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    server = engine->accept();
    come(version);
    EXPECT_TRUE(resumes(version));
    EXPECT_TRUE(resumes(version));
  }
}

TEST_F(Returning, ResumesWhileTheFormerKeyIsKept) {
  come(TLS1_3_VERSION);
  clock.pass(kTicketKeyLife);
  EXPECT_TRUE(resumes(TLS1_3_VERSION));
  clock.pass(kTicketKeyLife);
  EXPECT_TRUE(resumes(TLS1_3_VERSION)) << "it was given a ticket of the newer key";
}

TEST_F(Returning, ShakesHandsInFullWhenTheKeyIsGone) {
  come(TLS1_3_VERSION);
  clock.pass(2 * kTicketKeyLife);
  EXPECT_FALSE(resumes(TLS1_3_VERSION));
}

TEST_F(Returning, ShakesHandsInFullAtAServerThatStartedAgain) {
  come(TLS1_3_VERSION);
  server.reset();
  engine = std::make_unique<TlsEngine>(*TlsContext::load(identity.cert, identity.key, clock, random));
  EXPECT_FALSE(resumes(TLS1_3_VERSION));
}

TEST_F(Tls, SaysWhichFileCannotBeUsed) {
  auto no_cert = TlsContext::load(identity.folder / "missing.pem", identity.key, clock, random);
  ASSERT_FALSE(no_cert);
  EXPECT_EQ(no_cert.error().field, "tls.cert");
  auto no_key = TlsContext::load(identity.cert, identity.cert, clock, random);
  ASSERT_FALSE(no_key);
  EXPECT_EQ(no_key.error().field, "tls.key");
}

}  // namespace
}  // namespace homing::edge
