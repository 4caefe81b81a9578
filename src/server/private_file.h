// Small files that only this server reads: its keys. Blocking; at start only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace homing::server {

// Nothing: there is no such file. `corrupt` when it is longer than this.
Result<std::optional<std::string>> read_private(const std::filesystem::path& path, std::size_t bytes_max);
// Readable by its owner alone (0600), on disk when this returns. Under another name first: a crash leaves a whole file or
// none.
Result<void> write_private(const std::filesystem::path& path, std::string_view bytes);

}  // namespace homing::server
