// What one shard counts. Read it on the shard's thread; server/ adds the shards up.
#pragma once

#include <cstdint>

namespace homing::edge {

struct Metrics {
  std::uint64_t connections = 0;           // open now, of any kind
  std::uint64_t accepted = 0;
  std::uint64_t accept_pauses = 0;         // no file descriptors were left
  std::uint64_t http_requests = 0;
  std::uint64_t upgrades = 0;
  std::uint64_t upgrades_refused = 0;
  std::uint64_t tls_handshakes = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t sends = 0;                 // system calls; messages / sends says how well output is coalesced
  std::uint64_t violations = 0;            // connections closed because of what they sent
  std::uint64_t cut_handshake = 0;         // cut: the handshake or request took too long
  std::uint64_t cut_silent = 0;            // cut: nothing was heard
  std::uint64_t cut_stalled = 0;           // cut: took no byte of what waited

  Metrics& operator+=(const Metrics& other);
};

}  // namespace homing::edge
