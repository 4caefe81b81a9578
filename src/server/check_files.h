// The part of `homing check` about files: every file has its bytes, and they are what their hash says. Blocking.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace homing::server {

struct FilesReport {
  std::uint64_t files = 0;
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;
  std::uint64_t orphans = 0;  // bytes that no file has: a crash in the middle of an upload; the next sweep takes them
  std::vector<std::string> problems;
};

Result<FilesReport> check_files(const std::filesystem::path& data);

}  // namespace homing::server
