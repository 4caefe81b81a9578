#include "store/rocks/reads.h"

namespace homing::rocks {
namespace {

// A disk answers more than one at a time; a thread that waits for it costs nothing else.
constexpr std::size_t kReadThreads = 2;

}  // namespace

void Callers::shutdown() {
  std::unordered_map<const Caller*, std::unique_ptr<Caller>> dropped;
  waiting_->with([&](auto& callers) { dropped.swap(callers); });
}

Reads::Reads() : threads_(kReadThreads) {}

void Reads::stop() {
  threads_.stop();
  threads_.join();
}

}  // namespace homing::rocks
