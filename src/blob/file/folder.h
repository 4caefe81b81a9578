// The folder that blobs lie in, and everything that blocks. Any thread; only the workers of FileBlobs call it. Shared by what is open.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "blob/blob_store.h"
#include "blob/pins.h"
#include "blob/sha256.h"

namespace homing {

// A file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

class Folder : public std::enable_shared_from_this<Folder> {
 public:
  // A test's own disk: asked before every write, sync and rename for the errno of its failure, or 0.
  using Fault = std::function<int()>;

  // Makes it if need be, empties tmp, measures what is there.
  static Result<std::shared_ptr<Folder>> open(const std::filesystem::path& path, std::uint64_t bytes_max, Fault fault);

  // An upload under way. One thread at a time. An unnamed one takes its file away when it goes before place().
  class Upload {
   public:
    Upload(std::shared_ptr<Folder> folder, std::filesystem::path path, std::string name, Descriptor file,
           std::uint64_t size);
    ~Upload();
    Result<void> write(std::string_view bytes);
    Result<void> sync();
    Result<StoredBlob> place();
    std::uint64_t size() const { return size_; }

   private:
    Result<BlobId> hash();

    const std::shared_ptr<Folder> folder_;
    const std::filesystem::path path_;
    const std::string name_;  // empty: an upload in one go
    Descriptor file_;
    Sha256 hash_;  // of an upload in one go; one in pieces is read once at its end
    std::atomic<std::uint64_t> size_;
    bool placed_ = false;
  };

  Result<std::shared_ptr<Upload>> begin(std::uint64_t expected);
  Result<std::shared_ptr<Upload>> resume(const std::string& name, std::uint64_t expected);
  Result<std::uint64_t> size_of(const std::string& name) const;
  Result<void> discard(const std::string& name);
  Result<std::vector<std::string>> uploads(const std::string& after, std::size_t limit) const;

  struct Opened {
    Descriptor file;
    std::uint64_t size = 0;
  };
  Result<Opened> open(const BlobId& id) const;
  Result<std::vector<BlobInfo>> list(const BlobId& after, std::size_t limit) const;
  Pins& pins() { return pins_; }
  Result<void> remove(const BlobId& id, Verdict verdict);
  BlobTotals totals() const { return {blobs_, bytes_}; }

 private:
  Folder(std::filesystem::path path, std::uint64_t bytes_max, Fault fault);
  Result<void> prepare();
  Result<void> room(std::uint64_t bytes) const;
  Result<void> reserve(std::uint64_t bytes);
  Result<void> sync(int descriptor);
  Result<void> sync_folder(const std::filesystem::path& path);
  Result<void> make_folders(const std::filesystem::path& path);
  Result<BlobPin> move_in(const std::filesystem::path& from, const BlobInfo& info);
  std::filesystem::path place_of(const BlobId& id) const;
  int fault() const { return fault_ ? fault_() : 0; }

  const std::filesystem::path path_;
  const std::uint64_t bytes_max_;
  const Fault fault_;
  std::atomic<std::uint64_t> blobs_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> serial_{0};
  Guarded<std::set<std::string>> taken_;  // uploads that a writer has
  std::mutex placing_;  // two uploads of the same content may end at the same moment
  Pins pins_;
};

}  // namespace homing
