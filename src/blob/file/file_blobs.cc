#include "blob/file/file_blobs.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace homing {
namespace {

constexpr unsigned kWorkers = 2;

}  // namespace

class FileBlobs::Writer final : public BlobWriter {
 public:
  Writer(Workers& threads, std::shared_ptr<Folder::Upload> upload) : threads_(threads), upload_(std::move(upload)) {}
  // Closing and taking away the file is work for the disk's threads too.
  ~Writer() override {
    threads_.later([upload = std::move(upload_)] {});
  }

  std::uint64_t size() const override { return upload_->size(); }

  Task<Result<void>> write(std::string chunk) override {
    auto bytes = std::make_shared<const std::string>(std::move(chunk));
    std::function<Result<void>()> work = [upload = upload_, bytes] { return upload->write(*bytes); };
    bytes.reset();
    co_return co_await threads_.run(std::move(work));
  }

  Task<Result<void>> sync() override {
    std::function<Result<void>()> work = [upload = upload_] { return upload->sync(); };
    co_return co_await threads_.run(std::move(work));
  }

  Task<Result<StoredBlob>> finish() override {
    std::function<Result<StoredBlob>()> work = [upload = upload_] { return upload->place(); };
    co_return co_await threads_.run(std::move(work));
  }

 private:
  Workers& threads_;
  std::shared_ptr<Folder::Upload> upload_;
};

class FileBlobs::Reader final : public Blob {
 public:
  Reader(Workers& threads, Folder::Opened opened)
      : threads_(threads), file_(std::make_shared<Descriptor>(std::move(opened.file))), size_(opened.size) {}

  std::uint64_t size() const override { return size_; }
  int descriptor() const override { return file_->number(); }

  Task<Result<std::string>> read(std::uint64_t offset, std::size_t bytes) const override {
    if (offset >= size_) co_return std::string();
    std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, size_ - offset));
    std::function<Result<std::string>()> work = [file = file_, offset, wanted]() -> Result<std::string> {
      std::string out(wanted, '\0');
      std::size_t got = 0;
      while (got < wanted) {
        ssize_t step = ::pread(file->number(), out.data() + got, wanted - got, static_cast<off_t>(offset + got));
        if (step < 0 && errno == EINTR) continue;
        if (step <= 0) return fail(Code::corrupt, step < 0 ? std::strerror(errno) : "A blob is shorter than it was.");
        got += static_cast<std::size_t>(step);
      }
      return out;
    };
    co_return co_await threads_.run(std::move(work));
  }

 private:
  Workers& threads_;
  const std::shared_ptr<Descriptor> file_;
  const std::uint64_t size_;
};

Result<std::unique_ptr<FileBlobs>> FileBlobs::open(const std::filesystem::path& path, FileBlobOptions options) {
  auto folder = Folder::open(path, options.bytes_max, std::move(options.fault));
  if (!folder) return std::unexpected(folder.error());
  return std::unique_ptr<FileBlobs>(new FileBlobs(std::move(*folder)));
}

FileBlobs::FileBlobs(std::shared_ptr<Folder> folder) : folder_(std::move(folder)), threads_(kWorkers) {}

FileBlobs::~FileBlobs() = default;

void FileBlobs::stop() { threads_.stop(); }

Task<Result<std::unique_ptr<BlobWriter>>> FileBlobs::writer(
    std::function<Result<std::shared_ptr<Folder::Upload>>()> make) {
  auto upload = co_await threads_.run(std::move(make));
  if (!upload) co_return std::unexpected(upload.error());
  co_return std::make_unique<Writer>(threads_, std::move(*upload));
}

Task<Result<std::unique_ptr<BlobWriter>>> FileBlobs::begin(std::uint64_t expected) {
  std::function<Result<std::shared_ptr<Folder::Upload>>()> make = [folder = folder_, expected] {
    return folder->begin(expected);
  };
  co_return co_await writer(std::move(make));
}

Task<Result<std::unique_ptr<BlobWriter>>> FileBlobs::resume(std::string upload, std::uint64_t expected) {
  std::function<Result<std::shared_ptr<Folder::Upload>>()> make = [folder = folder_, upload, expected] {
    return folder->resume(upload, expected);
  };
  co_return co_await writer(std::move(make));
}

Task<Result<std::uint64_t>> FileBlobs::size_of(std::string upload) {
  std::function<Result<std::uint64_t>()> work = [folder = folder_, upload] { return folder->size_of(upload); };
  co_return co_await threads_.run(std::move(work));
}

Task<Result<void>> FileBlobs::discard(std::string upload) {
  std::function<Result<void>()> work = [folder = folder_, upload] { return folder->discard(upload); };
  co_return co_await threads_.run(std::move(work));
}

Task<Result<std::vector<std::string>>> FileBlobs::uploads(std::string after, std::size_t limit) {
  std::function<Result<std::vector<std::string>>()> work = [folder = folder_, after, limit] {
    return folder->uploads(after, limit);
  };
  co_return co_await threads_.run(std::move(work));
}

Task<Result<OpenBlob>> FileBlobs::open(BlobId id) {
  std::function<Result<OpenBlob>()> work = [this, folder = folder_, id]() -> Result<OpenBlob> {
    auto opened = folder->open(id);
    if (!opened) return std::unexpected(opened.error());
    return std::make_shared<const Reader>(threads_, std::move(*opened));
  };
  co_return co_await threads_.run(std::move(work));
}

Task<Result<std::vector<BlobInfo>>> FileBlobs::list(BlobId after, std::size_t limit) {
  std::function<Result<std::vector<BlobInfo>>()> work = [folder = folder_, after, limit] {
    return folder->list(after, limit);
  };
  co_return co_await threads_.run(std::move(work));
}

Task<Result<Verdict>> FileBlobs::condemn(BlobId id) { co_return folder_->pins().condemn(id); }

void FileBlobs::pardon(const BlobId& id, Verdict verdict) { folder_->pins().pardon(id, verdict); }

bool FileBlobs::pinned(const BlobId& id) const { return folder_->pins().pinned(id); }

Task<Result<void>> FileBlobs::remove(BlobId id, Verdict verdict) {
  std::function<Result<void>()> work = [folder = folder_, id, verdict] { return folder->remove(id, verdict); };
  co_return co_await threads_.run(std::move(work));
}

BlobTotals FileBlobs::totals() const { return folder_->totals(); }

}  // namespace homing
