#include "blob/memory_blobs.h"

#include <sys/mman.h>
#include <unistd.h>

#include <utility>

#include "base/check.h"
#include "blob/sha256.h"

namespace homing {
namespace {

class MemoryBlob final : public Blob {
 public:
  explicit MemoryBlob(std::string bytes) : bytes_(std::move(bytes)), descriptor_(memfd_create("blob", MFD_CLOEXEC)) {
    CHECK(descriptor_ >= 0 && ::write(descriptor_, bytes_.data(), bytes_.size()) == static_cast<ssize_t>(bytes_.size()))
        << "no memory for a blob";
  }
  ~MemoryBlob() override { ::close(descriptor_); }
  std::uint64_t size() const override { return bytes_.size(); }
  int descriptor() const override { return descriptor_; }
  Task<Result<std::string>> read(std::uint64_t offset, std::size_t bytes) const override {
    if (offset > bytes_.size()) co_return std::string();
    co_return bytes_.substr(offset, bytes);
  }

 private:
  const std::string bytes_;
  const int descriptor_;
};

}  // namespace

class MemoryBlobs::Writer final : public BlobWriter {
 public:
  // Without a name: an upload in one go.
  Writer(MemoryBlobs& store, std::string name) : store_(store), name_(std::move(name)) {
    if (!name_.empty()) store_.taken_.insert(name_);
  }
  ~Writer() override {
    store_.unnamed_bytes_ -= own_.size();
    if (!name_.empty()) store_.taken_.erase(name_);
  }

  std::uint64_t size() const override { return name_.empty() ? own_.size() : store_.disk_.uploads.at(name_).size(); }

  Task<Result<void>> write(std::string chunk) override {
    if (auto room = store_.room(chunk.size()); !room) co_return room;
    if (store_.disk_.full) co_return fail(Code::read_only, "The disk is full.");
    if (name_.empty()) {
      own_ += chunk;
      store_.unnamed_bytes_ += chunk.size();
    } else {
      store_.disk_.uploads[name_] += chunk;
    }
    co_return Result<void>{};
  }

  Task<Result<void>> sync() override { co_return Result<void>{}; }

  Task<Result<StoredBlob>> finish() override {
    if (store_.disk_.full) co_return fail(Code::read_only, "The disk is full.");
    std::string bytes = name_.empty() ? own_ : store_.disk_.uploads.at(name_);
    BlobInfo info{sha256_of(bytes), bytes.size()};
    StoredBlob stored{info, store_.pins_.pin(info.id)};
    store_.disk_.blobs.try_emplace(info.id, std::move(bytes));
    store_.unnamed_bytes_ -= std::exchange(own_, {}).size();
    if (!name_.empty()) store_.disk_.uploads.erase(name_);
    if (!name_.empty()) store_.taken_.erase(std::exchange(name_, {}));
    co_return stored;
  }

 private:
  MemoryBlobs& store_;
  std::string name_;
  std::string own_;
};

Result<void> MemoryBlobs::room(std::uint64_t bytes) const {
  std::uint64_t used = totals().bytes;
  if (used > bytes_max_ || bytes > bytes_max_ - used) return fail(Code::quota_exceeded);
  return {};
}

Task<Result<std::unique_ptr<BlobWriter>>> MemoryBlobs::begin(std::uint64_t expected) {
  if (auto fits = room(expected); !fits) co_return std::unexpected(fits.error());
  if (disk_.full) co_return fail(Code::read_only, "The disk is full.");
  co_return std::make_unique<Writer>(*this, std::string());
}

Task<Result<std::unique_ptr<BlobWriter>>> MemoryBlobs::resume(std::string upload, std::uint64_t expected) {
  if (!good_upload_name(upload)) co_return fail(Code::invalid_argument, "This is no name for an upload.");
  if (auto fits = room(expected); !fits) co_return std::unexpected(fits.error());
  if (taken_.contains(upload)) co_return fail(Code::conflict, "Another request writes this upload.");
  disk_.uploads.try_emplace(upload);
  co_return std::make_unique<Writer>(*this, std::move(upload));
}

Task<Result<std::uint64_t>> MemoryBlobs::size_of(std::string upload) {
  auto found = disk_.uploads.find(upload);
  if (found == disk_.uploads.end()) co_return fail(Code::not_found);
  co_return found->second.size();
}

Task<Result<void>> MemoryBlobs::discard(std::string upload) {
  if (taken_.contains(upload)) co_return fail(Code::conflict, "Another request writes this upload.");
  disk_.uploads.erase(upload);
  co_return Result<void>{};
}

Task<Result<std::vector<std::string>>> MemoryBlobs::uploads(std::string after, std::size_t limit) {
  std::vector<std::string> names;
  for (auto it = disk_.uploads.upper_bound(after); it != disk_.uploads.end() && names.size() < limit; ++it) {
    names.push_back(it->first);
  }
  co_return names;
}

Task<Result<OpenBlob>> MemoryBlobs::open(BlobId id) {
  auto found = disk_.blobs.find(id);
  if (found == disk_.blobs.end()) co_return fail(Code::not_found);
  co_return std::make_shared<const MemoryBlob>(found->second);
}

Task<Result<std::vector<BlobInfo>>> MemoryBlobs::list(BlobId after, std::size_t limit) {
  std::vector<BlobInfo> blobs;
  for (auto it = disk_.blobs.upper_bound(after); it != disk_.blobs.end() && blobs.size() < limit; ++it) {
    blobs.push_back(BlobInfo{it->first, it->second.size()});
  }
  co_return blobs;
}

Task<Result<Verdict>> MemoryBlobs::condemn(BlobId id) { co_return pins_.condemn(id); }

void MemoryBlobs::pardon(const BlobId& id, Verdict verdict) { pins_.pardon(id, verdict); }

bool MemoryBlobs::pinned(const BlobId& id) const { return pins_.pinned(id); }

Task<Result<void>> MemoryBlobs::remove(BlobId id, Verdict verdict) {
  co_return pins_.remove(id, verdict, [&]() -> Result<void> {
    disk_.blobs.erase(id);
    return {};
  });
}

BlobTotals MemoryBlobs::totals() const {
  BlobTotals totals{disk_.blobs.size(), unnamed_bytes_};
  for (const auto& [id, bytes] : disk_.blobs) totals.bytes += bytes.size();
  for (const auto& [name, bytes] : disk_.uploads) totals.bytes += bytes.size();
  return totals;
}

}  // namespace homing
