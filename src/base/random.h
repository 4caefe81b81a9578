// Randomness comes in as a parameter. Ids and secrets are drawn from here and nowhere else. Any thread.
#pragma once

#include <cstdint>
#include <span>

namespace homing {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  std::uint64_t number();
  // A fresh id: 63 random bits, never zero, positive in languages that have only signed numbers.
  std::uint64_t id();
  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
};

// The operating system's generator, through libsodium.
class SystemRandom final : public Random {
 public:
  SystemRandom();
  void fill(std::span<std::uint8_t> out) override;
};

// A seeded sequence for tests and the simulator (xoshiro256**). One thread. Not for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t next();
  std::uint64_t state_[4];
};

}  // namespace homing
