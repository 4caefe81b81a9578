// BlobStore in memory: the reference that the conformance suite holds the others against, and the world of unit tests.
// MemoryBlobDisk is what survives a crash. One thread. Descriptors are real (memfd), so that sendfile works.
#pragma once

#include <limits>
#include <map>
#include <set>
#include <string>

#include "blob/blob_store.h"
#include "blob/pins.h"

namespace homing {

struct MemoryBlobDisk {
  std::map<BlobId, std::string> blobs;
  std::map<std::string, std::string> uploads;
  bool full = false;  // nothing more can be written
};

class MemoryBlobs final : public BlobStore {
 public:
  explicit MemoryBlobs(MemoryBlobDisk& disk, std::uint64_t bytes_max = std::numeric_limits<std::uint64_t>::max())
      : disk_(disk), bytes_max_(bytes_max) {}

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
  Result<void> room(std::uint64_t bytes) const;

  MemoryBlobDisk& disk_;
  const std::uint64_t bytes_max_;
  std::uint64_t unnamed_bytes_ = 0;  // of uploads in one go that are under way
  std::set<std::string> taken_;      // uploads that a writer has
  Pins pins_;
};

}  // namespace homing
