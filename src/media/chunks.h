// Pictures that are lists of chunks, without those that say where and with what they were taken: the pixels stay as they
// are, to the byte. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace homing::media {

// `media_dangerous` for what is no such list. What follows the picture goes, too.
Result<std::string> png_without_metadata(std::string_view png);
Result<std::string> webp_without_metadata(std::string_view webp);

}  // namespace homing::media
