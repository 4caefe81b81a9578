// `homing check`: reads and verifies everything stored, while no server runs.
#pragma once

#include <filesystem>

namespace homing::server {

// Prints what was found; the exit code is 1 if something is wrong.
int run_check(const std::filesystem::path& data);

}  // namespace homing::server
