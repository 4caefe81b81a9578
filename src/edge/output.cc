#include "edge/output.h"

#include "edge/metrics.h"

namespace homing::edge {

std::unique_ptr<Output> OutputPool::take(std::uint32_t tick) {
  std::unique_ptr<Output> output;
  if (kept_.empty()) {
    output = std::make_unique<Output>();
  } else {
    output = std::move(kept_.back());
    kept_.pop_back();
  }
  output->moved_at = tick;
  return output;
}

void OutputPool::give_back(std::unique_ptr<Output> output) {
  bool small = output->bytes.capacity() <= kCapacityKeptMax && output->plain.capacity() <= kCapacityKeptMax;
  if (kept_.size() >= kKeptMax || !small) return;
  output->bytes.clear();
  output->plain.clear();
  output->taken = 0;
  output->file = {};
  kept_.push_back(std::move(output));
}

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
