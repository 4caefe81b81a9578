// The server's one secret of its own: DATA/server.key, 32 random bytes that only its user may read. What is sealed or
// signed for bots is worthless without it, so it belongs into every backup. Made at the first start.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "base/random.h"
#include "base/result.h"

namespace homing::server {

using ServerKey = std::array<std::uint8_t, 32>;

// Reads it, or makes it if there is none. `corrupt` when the file holds something else.
Result<ServerKey> server_key(const std::filesystem::path& data, Random& random);

}  // namespace homing::server
