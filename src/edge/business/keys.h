// The keys of the business API, all derived from the server's one key. Values; any thread.
#pragma once

#include <array>
#include <cstdint>

#include "edge/business/wamid.h"

namespace homing::business {

using MasterKey = std::array<std::uint8_t, 32>;

struct Keys {
  Wamids::Key ids{};                      // tags of message names
  std::array<std::uint8_t, 32> secrets{};  // seals what bots must be able to read again
  std::array<std::uint8_t, 32> urls{};     // signs addresses of files
};

Keys derive_keys(const MasterKey& master);

}  // namespace homing::business
