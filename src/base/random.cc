#include "base/random.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"

namespace homing {

std::uint64_t Random::number() {
  std::uint8_t bytes[8];
  fill(bytes);
  std::uint64_t value;
  std::memcpy(&value, bytes, 8);
  return value;
}

std::uint64_t Random::id() {
  for (;;) {
    if (std::uint64_t value = number() >> 1; value != 0) return value;
  }
}

std::uint64_t Random::below(std::uint64_t bound) {
  CHECK(bound > 0) << "an empty range has no number";
  std::uint64_t limit = ~0ull - ~0ull % bound;
  for (;;) {
    if (std::uint64_t value = number(); value < limit) return value % bound;
  }
}

SystemRandom::SystemRandom() { CHECK(sodium_init() >= 0) << "libsodium could not start"; }

void SystemRandom::fill(std::span<std::uint8_t> out) { randombytes_buf(out.data(), out.size()); }

SeededRandom::SeededRandom(std::uint64_t seed) {
  // splitmix64 spreads a small seed over the whole state.
  for (auto& word : state_) {
    seed += 0x9E3779B97F4A7C15ull;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    word = z ^ (z >> 31);
  }
}

std::uint64_t SeededRandom::next() {
  std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    std::uint64_t word = next();
    std::size_t count = std::min<std::size_t>(8, out.size());
    std::memcpy(out.data(), &word, count);
    out = out.subspan(count);
  }
}

}  // namespace homing
