// BlobStore in a folder (folder.h), with two threads that wait for the disk. Owned by server/; any thread. Stop it while the
// io_contexts of the callers live; destroy it after them.
#pragma once

#include <filesystem>
#include <limits>
#include <memory>

#include "base/workers.h"
#include "blob/blob_store.h"
#include "blob/file/folder.h"

namespace homing {

struct FileBlobOptions {
  std::uint64_t bytes_max = std::numeric_limits<std::uint64_t>::max();  // of everything in the folder
  Folder::Fault fault;  // a test's own disk
};

class FileBlobs final : public BlobStore {
 public:
  // Makes the folder if need be and takes away what a crash left. One process has it: the store's lock sees to that.
  static Result<std::unique_ptr<FileBlobs>> open(const std::filesystem::path& path, FileBlobOptions options = {});
  ~FileBlobs() override;

  // Finishes what is under way and ends the threads.
  void stop();

  Task<Result<std::unique_ptr<BlobWriter>>> begin(std::uint64_t expected) override;
  Task<Result<std::unique_ptr<BlobWriter>>> resume(std::string upload, std::uint64_t expected) override;
  Task<Result<std::uint64_t>> size_of(std::string upload) override;
  Task<Result<void>> discard(std::string upload) override;
  Task<Result<std::vector<std::string>>> uploads(std::string after, std::size_t limit) override;
  Task<Result<OpenBlob>> open(BlobId id) override;
  Task<Result<std::vector<BlobInfo>>> list(BlobId after, std::size_t limit) override;
  Task<Result<Verdict>> condemn(BlobId id) override;
  Task<Result<void>> remove(BlobId id, Verdict verdict) override;
  void pardon(const BlobId& id, Verdict verdict) override;
  bool pinned(const BlobId& id) const override;
  BlobTotals totals() const override;

 private:
  class Writer;
  class Reader;
  explicit FileBlobs(std::shared_ptr<Folder> folder);
  Task<Result<std::unique_ptr<BlobWriter>>> writer(std::function<Result<std::shared_ptr<Folder::Upload>>()> make);

  std::shared_ptr<Folder> folder_;
  Workers threads_;
};

}  // namespace homing
