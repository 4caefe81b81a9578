#include "edge/output.h"

#include <utility>

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
  output->region = {};
  kept_.push_back(std::move(output));
}

}  // namespace homing::edge
