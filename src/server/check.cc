#include "server/check.h"

#include <cstdio>
#include <string>

#include "server/storage.h"
#include "store/rocks/verify.h"

namespace homing::server {

int run_check(const std::filesystem::path& data) {
  auto report = rocks::verify(store_path(data));
  if (!report) {
    std::fprintf(stderr, "homing: %s cannot be read: %s\n", data.c_str(), report.error().detail.c_str());
    return 1;
  }
  std::printf("events %llu\nconversations %llu\naccounts %llu\ndevices %llu\nnotices %llu\nproblems %llu\n",
              static_cast<unsigned long long>(report->events), static_cast<unsigned long long>(report->conversations),
              static_cast<unsigned long long>(report->accounts), static_cast<unsigned long long>(report->devices),
              static_cast<unsigned long long>(report->notices), static_cast<unsigned long long>(report->problems));
  for (const std::string& problem : report->first_problems) std::printf("problem: %s\n", problem.c_str());
  return report->problems == 0 ? 0 : 1;
}

}  // namespace homing::server
