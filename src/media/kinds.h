// Types of files: what each counts as, how large it may be, and whether what a sender says fits what the bytes say. Pure;
// any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/file.h"

namespace homing::media {

// One name per type: "image/jpg" and "audio/x-m4a" become what everybody else calls them.
std::string canonical(std::string_view mime_type);
// Of a canonical type. Everything that is not in the table is a document.
FileKind kind_of(std::string_view mime_type);
std::uint64_t bytes_max(FileKind kind);

// The type that the file has: `found` by its bytes, `claimed` by its sender (may be empty). The claim decides only between
// types that look alike; `media_wrong_type` when it says picture, sound or film and the bytes say otherwise.
Result<std::string> decide(std::string_view found, std::string_view claimed);

}  // namespace homing::media
