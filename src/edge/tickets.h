// Keys for TLS session tickets. A ticket is the whole session, sealed for ourselves and kept by the client, so that resuming
// costs the server no memory. The key is replaced every kTicketKeyLife and lives as long again to open what it sealed: a
// ticket works for 12 to 24 hours, and whoever steals a key learns nothing older. Keys are never written anywhere: after a
// restart, clients make a full handshake. Shared by all threads.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/random.h"

namespace homing::edge {

inline constexpr std::chrono::hours kTicketKeyLife{12};

class TicketKeys {
 public:
  // Both outlive this.
  TicketKeys(const Clock& clock, Random& random) : clock_(clock), random_(random) {}
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;

  // From here on `context` seals and opens tickets with these keys. They outlive it.
  void serve(SSL_CTX* context);

  struct Key {
    std::array<std::uint8_t, 16> name{};
    std::array<std::uint8_t, 32> cipher{};
    std::array<std::uint8_t, 32> mac{};
    Time born;
  };
  // The key to seal with, and what must be different for every ticket.
  Key sealing();
  void fill_iv(std::span<std::uint8_t> iv) { random_.fill(iv); }
  struct Opening {
    Key key;
    bool newest = true;  // if not, the client gets a new ticket
  };
  // The key with this name; none if there never was one, or it is too old.
  std::optional<Opening> opening(const std::uint8_t* name);

 private:
  struct Ring {
    std::optional<Key> newest, former;
  };
  void turn(Ring& ring);

  const Clock& clock_;
  Random& random_;
  Guarded<Ring> ring_;
};

}  // namespace homing::edge
