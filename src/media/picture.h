// Pictures, by libvips. Only four of its decoders run, called by name; what a picture would cost is known from its header
// before one does. Blocking; one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/file.h"

namespace homing::media {

inline constexpr std::uint64_t kDecodedBytesMax = 400 * 1000 * 1000;  // of all frames together: bounds what one costs

struct Picture {
  std::uint32_t width = 0;  // as it is looked at: a camera's orientation is applied
  std::uint32_t height = 0;
  std::string thumbnail;  // a JPEG
  Motion motion = Motion::still;
};

// `media_dangerous` when it is damaged, or too large by its header; `unavailable` when libvips is not there.
Result<Picture> look_at(const std::string& bytes, std::string_view mime_type);

// The same picture, a JPEG, turned upright and without any metadata.
Result<std::string> without_metadata(const std::string& jpeg);

}  // namespace homing::media
