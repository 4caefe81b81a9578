// Offline verification of a data folder: reads everything that is stored and holds it against itself. Nothing is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace homing::rocks {

struct Report {
  std::uint64_t events = 0;
  std::uint64_t conversations = 0;
  std::uint64_t accounts = 0;
  std::uint64_t devices = 0;
  std::uint64_t notices = 0;
  std::uint64_t problems = 0;
  std::vector<std::string> first_problems;  // at most kProblemsListedMax
};
inline constexpr std::size_t kProblemsListedMax = 20;

// `conflict` while a server has the folder open for writing is not an error here: what is committed can be read.
Result<Report> verify(const std::filesystem::path& path);

}  // namespace homing::rocks
