// Reads every blob in a folder and holds it against its name. Nothing is changed; a server may be running. Blocking.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "blob/blob_store.h"

namespace homing {

struct BlobReport {
  std::map<BlobId, std::uint64_t> sizes;
  std::uint64_t bytes = 0;
  std::vector<std::string> problems;
};

// Nothing found where there is no folder.
BlobReport verify_blobs(const std::filesystem::path& path);

}  // namespace homing
