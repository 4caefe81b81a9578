#include "edge/metrics.h"

namespace homing::edge {

Metrics& Metrics::operator+=(const Metrics& other) {
  connections += other.connections;
  accepted += other.accepted;
  accept_pauses += other.accept_pauses;
  http_requests += other.http_requests;
  upgrades += other.upgrades;
  upgrades_refused += other.upgrades_refused;
  tls_handshakes += other.tls_handshakes;
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  sends += other.sends;
  violations += other.violations;
  cut_handshake += other.cut_handshake;
  cut_silent += other.cut_silent;
  cut_stalled += other.cut_stalled;
  return *this;
}

}  // namespace homing::edge
