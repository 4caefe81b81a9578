#include "server/check_files.h"

#include <set>
#include <utility>

#include "blob/file/verify.h"
#include "chat/file_records.h"
#include "server/storage.h"
#include "store/rocks/database.h"
#include "store/rocks/keys.h"
#include "wire/stored.h"

namespace homing::server {
namespace {

// Of the directory family, where Records lie.
constexpr char kRecord = 'r';

Result<std::vector<File>> files_in(const std::filesystem::path& data, std::vector<std::string>& problems) {
  auto database = rocks::Database::open(store_path(data), RocksOptions{}, rocks::Mode::read_only);
  if (!database) return std::unexpected(database.error());
  std::vector<File> files;
  auto scanned = (*database)->scan(
      rocks::Family::directory, rocks::key(kRecord, chat::name::kFiles),
      rocks::key(kRecord, end_of(chat::name::kFiles)), [&](std::string_view name, std::string_view value) {
        auto file = wire::load_file(value);
        if (file) {
          file->thumbnail.clear();
          files.push_back(std::move(*file));
        } else {
          problems.push_back("record " + std::string(name.substr(1)) + ": " + file.error().detail);
        }
        return true;
      });
  if (!scanned) return std::unexpected(scanned.error());
  return files;
}

}  // namespace

// Blobs are read after the records: what is uploaded meanwhile may look like an orphan, but nothing looks lost.
Result<FilesReport> check_files(const std::filesystem::path& data) {
  FilesReport report;
  auto files = files_in(data, report.problems);
  if (!files) return std::unexpected(files.error());
  BlobReport blobs = verify_blobs(blobs_path(data));
  for (std::string& problem : blobs.problems) report.problems.push_back(std::move(problem));
  std::set<BlobId> named;
  for (const File& file : *files) {
    named.insert(file.blob);
    auto found = blobs.sizes.find(file.blob);
    if (found == blobs.sizes.end()) {
      report.problems.push_back("file " + file.id + ": its bytes " + file.blob.hex + " are missing");
    } else if (found->second != file.size) {
      report.problems.push_back("file " + file.id + ": its bytes are not as many as it says");
    }
  }
  report.files = files->size();
  report.blobs = blobs.sizes.size();
  report.bytes = blobs.bytes;
  for (const auto& [id, size] : blobs.sizes) report.orphans += named.contains(id) ? 0 : 1;
  return report;
}

}  // namespace homing::server
