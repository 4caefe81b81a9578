// Ids for messages as our own clients make them (UUIDv7): in the order of time, which the store answers for without a look
// (docs/decisions/0016). Not movable; one thread.
#pragma once

#include <endian.h>
#include <sys/random.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "frames.h"

namespace homing::load {

class ClientIds {
 public:
  ClientIds() {
    if (getrandom(&salt_, sizeof salt_, 0) != sizeof salt_) throw std::runtime_error("getrandom failed");
  }
  ClientIds(const ClientIds&) = delete;
  ClientIds& operator=(const ClientIds&) = delete;

  // Milliseconds, then what tells those of one millisecond apart in order.
  ClientId fresh() {
    using namespace std::chrono;
    auto ms = static_cast<std::uint64_t>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
    ++count_;
    std::uint64_t high = htobe64(ms << 16 | 0x7000 | (count_ >> 12 & 0xfff));
    std::uint64_t low = htobe64(0x8000'0000'0000'0000 | (count_ & 0xfff) << 48 | (salt_ & 0xffff'ffff'ffff));
    ClientId id;
    std::memcpy(id.data(), &high, 8);
    std::memcpy(id.data() + 8, &low, 8);
    return id;
  }

 private:
  std::uint64_t salt_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace homing::load
