#include "server/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "server/check_files.h"
#include "server/storage.h"
#include "store/rocks/verify.h"

namespace homing::server {

int run_check(const std::filesystem::path& data) {
  std::error_code ignored;
  if (!std::filesystem::exists(store_path(data), ignored)) {
    std::cerr << "homing: nothing is stored in " << data.string() << "\n";
    return 1;
  }
  auto report = rocks::verify(store_path(data));
  if (!report) {
    std::cerr << "homing: " << report.error().detail << "\n";
    return 1;
  }
  for (const std::string& problem : report->first_problems) std::cout << "problem: " << problem << "\n";
  std::cout << fmt::format("{} events in {} conversations, {} accounts, {} devices, {} notices: {} problems\n",
                           report->events, report->conversations, report->accounts, report->devices, report->notices,
                           report->problems);
  auto files = check_files(data);
  if (!files) {
    std::cerr << "homing: " << files.error().detail << "\n";
    return 1;
  }
  for (std::size_t i = 0; i < std::min(files->problems.size(), rocks::kProblemsListedMax); ++i) {
    std::cout << "problem: " << files->problems[i] << "\n";
  }
  std::cout << fmt::format("{} files, {} blobs with {} bytes, {} of them orphans: {} problems\n", files->files,
                           files->blobs, files->bytes, files->orphans, files->problems.size());
  return report->problems == 0 && files->problems.empty() ? 0 : 1;
}

}  // namespace homing::server
