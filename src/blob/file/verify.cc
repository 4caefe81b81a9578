#include "blob/file/verify.h"

#include <fstream>
#include <optional>
#include <system_error>

#include "blob/sha256.h"

namespace homing {
namespace {

namespace fs = std::filesystem;

std::optional<BlobInfo> read_blob(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string chunk(256 << 10, '\0');
  Sha256 hash;
  std::uint64_t size = 0;
  while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || file.gcount() > 0) {
    auto got = static_cast<std::size_t>(file.gcount());
    hash.add(std::string_view(chunk.data(), got));
    size += got;
  }
  if (!file.eof()) return std::nullopt;
  return BlobInfo{hash.finish(), size};
}

bool holds_blobs(const std::string& folder) { return folder != "tmp" && folder != "partial"; }

}  // namespace

BlobReport verify_blobs(const fs::path& path) {
  BlobReport report;
  std::error_code failed;
  for (fs::recursive_directory_iterator it(path, failed), end; !failed && it != end; it.increment(failed)) {
    if (it->is_directory()) {
      if (it.depth() == 0 && !holds_blobs(it->path().filename().string())) it.disable_recursion_pending();
      continue;
    }
    std::string name = it->path().filename().string();
    auto blob = read_blob(it->path());
    // A server may have removed it a moment ago.
    if (!blob && !fs::exists(it->path())) continue;
    bool in_place = BlobId::parse(name) && it->path() == path / name.substr(0, 2) / name.substr(2, 2) / name;
    if (!in_place) {
      report.problems.push_back(it->path().string() + " is not a blob");
    } else if (!blob) {
      report.problems.push_back("blob " + name + " cannot be read");
    } else if (blob->id.hex != name) {
      report.problems.push_back("blob " + name + " is damaged: its bytes have another hash");
    }
    if (!in_place || !blob) continue;
    report.sizes[BlobId{name}] = blob->size;
    report.bytes += blob->size;
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    report.problems.push_back(path.string() + ": " + failed.message());
  }
  return report;
}

}  // namespace homing
