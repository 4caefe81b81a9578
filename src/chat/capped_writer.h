// A BlobWriter that takes no more than was announced: what is too big is refused before it is on the disk.
#pragma once

#include <cstdint>
#include <memory>

#include "blob/blob_store.h"

namespace homing::chat {

// More than `bytes_max` in all is `media_too_big`.
std::unique_ptr<BlobWriter> capped(std::unique_ptr<BlobWriter> inner, std::uint64_t bytes_max);

}  // namespace homing::chat
