// Whether a picture is to be kept without its metadata, as forms, queries and tus say it. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/file.h"

namespace homing::rest {

inline constexpr std::string_view kStripMetadata = "strip_metadata";

// "true" or "false"; `invalid_argument` for all else.
inline Result<Metadata> metadata_from(std::string_view text) {
  if (text == "true") return Metadata::strip;
  if (text == "false") return Metadata::keep;
  return fail(Code::invalid_argument, "strip_metadata is true or false.", std::string(kStripMetadata));
}

}  // namespace homing::rest
