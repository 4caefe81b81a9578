#include "blob/file/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/log.h"

namespace homing {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;

// A disk that is full or fails is the operator's business; the rest passes. Where it happened is nobody else's.
std::unexpected<Error> failed(const fs::path& path, int error) {
  bool disk = error == ENOSPC || error == EDQUOT || error == EIO || error == EROFS || error == EFBIG;
  log::error("blobs.failed", {{"path", path.string()}, {"detail", std::strerror(error)}});
  return fail(disk ? Code::read_only : Code::unavailable);
}

// The names in a folder, in order; none if it is not there.
std::vector<std::string> names_in(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (fs::directory_iterator it(path, ignored), end; it != end; it.increment(ignored)) {
    if (ignored) break;
    names.push_back(it->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

bool is_pair(const std::string& name) {
  return name.size() == 2 && name.find_first_not_of("0123456789abcdef") == name.npos;
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Folder::Folder(fs::path path, std::uint64_t bytes_max, Fault fault)
    : path_(std::move(path)), bytes_max_(bytes_max), fault_(std::move(fault)) {}

Result<std::shared_ptr<Folder>> Folder::open(const fs::path& path, std::uint64_t bytes_max, Fault fault) {
  std::shared_ptr<Folder> folder(new Folder(path, bytes_max, std::move(fault)));
  if (auto prepared = folder->prepare(); !prepared) return std::unexpected(prepared.error());
  return folder;
}

Result<void> Folder::prepare() {
  for (const char* name : {"tmp", "partial"}) {
    if (auto made = make_folders(path_ / name); !made) return made;
  }
  std::error_code error;
  for (const std::string& name : names_in(path_ / "tmp")) fs::remove(path_ / "tmp" / name, error);
  for (const std::string& name : names_in(path_ / "partial")) {
    std::uint64_t size = fs::file_size(path_ / "partial" / name, error);
    if (!error) bytes_ += size;
  }
  BlobId after;
  constexpr std::size_t kAtOnce = 10'000;
  for (;;) {
    auto page = list(after, kAtOnce);
    if (!page) return std::unexpected(page.error());
    for (const BlobInfo& info : *page) bytes_ += info.size;
    blobs_ += page->size();
    if (page->size() < kAtOnce) return {};
    after = page->back().id;
  }
}

fs::path Folder::place_of(const BlobId& id) const { return path_ / id.hex.substr(0, 2) / id.hex.substr(2, 2) / id.hex; }

Result<void> Folder::room(std::uint64_t bytes) const {
  std::uint64_t used = bytes_;
  if (used > bytes_max_ || bytes > bytes_max_ - used) {
    return fail(Code::quota_exceeded, "The server keeps as many bytes of files as it may.");
  }
  return {};
}

Result<void> Folder::reserve(std::uint64_t bytes) {
  std::uint64_t used = bytes_;
  do {
    if (used > bytes_max_ || bytes > bytes_max_ - used) return room(bytes);
  } while (!bytes_.compare_exchange_weak(used, used + bytes));
  return {};
}

Result<void> Folder::sync(int descriptor) {
  int error = fault();
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  if (error != 0) return failed(path_, error);
  return {};
}

Result<void> Folder::sync_folder(const fs::path& path) {
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return failed(path, errno);
  return sync(folder.number());
}

// Each new folder is written into the one above it for good.
Result<void> Folder::make_folders(const fs::path& path) {
  if (::mkdir(path.c_str(), kFolderMode) == 0) return sync_folder(path.parent_path());
  if (errno == EEXIST) return {};
  if (errno != ENOENT || path.parent_path() == path) return failed(path, errno);
  if (auto above = make_folders(path.parent_path()); !above) return above;
  if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST) return failed(path, errno);
  return sync_folder(path.parent_path());
}

Result<std::shared_ptr<Folder::Upload>> Folder::begin(std::uint64_t expected) {
  if (auto fits = room(expected); !fits) return std::unexpected(fits.error());
  fs::path path = path_ / "tmp" / std::to_string(++serial_);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
  if (!file) return failed(path, errno);
  return std::make_shared<Upload>(shared_from_this(), std::move(path), std::string(), std::move(file), 0);
}

Result<std::shared_ptr<Folder::Upload>> Folder::resume(const std::string& name, std::uint64_t expected) {
  if (!good_upload_name(name)) return fail(Code::invalid_argument, "This is no name for an upload.");
  if (auto fits = room(expected); !fits) return std::unexpected(fits.error());
  bool mine = taken_.with([&](std::set<std::string>& taken) { return taken.insert(name).second; });
  if (!mine) return fail(Code::conflict, "Another request writes this upload.");
  auto give_back = [&] { taken_.with([&](std::set<std::string>& taken) { taken.erase(name); }); };
  fs::path path = path_ / "partial" / name;
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode));
  struct stat facts{};
  if (!file || ::fstat(file.number(), &facts) != 0) {
    int error = errno;
    give_back();
    return failed(path, error);
  }
  if (auto synced = sync_folder(path.parent_path()); !synced) {
    give_back();
    return std::unexpected(synced.error());
  }
  return std::make_shared<Upload>(shared_from_this(), std::move(path), name, std::move(file),
                                  static_cast<std::uint64_t>(facts.st_size));
}

Result<std::uint64_t> Folder::size_of(const std::string& name) const {
  if (!good_upload_name(name)) return fail(Code::not_found);
  struct stat facts{};
  fs::path path = path_ / "partial" / name;
  if (::stat(path.c_str(), &facts) == 0) return static_cast<std::uint64_t>(facts.st_size);
  if (errno == ENOENT) return fail(Code::not_found);
  return failed(path, errno);
}

Result<void> Folder::discard(const std::string& name) {
  return taken_.with([&](std::set<std::string>& taken) -> Result<void> {
    if (taken.contains(name)) return fail(Code::conflict, "Another request writes this upload.");
    // Asked in here: a writer may have added to it until now.
    auto size = size_of(name);
    if (!size && size.error().code == Code::not_found) return {};
    if (!size) return std::unexpected(size.error());
    fs::path path = path_ / "partial" / name;
    if (::unlink(path.c_str()) != 0) return errno == ENOENT ? Result<void>{} : failed(path, errno);
    bytes_ -= *size;
    return {};
  });
}

Result<std::vector<std::string>> Folder::uploads(const std::string& after, std::size_t limit) const {
  std::vector<std::string> names = names_in(path_ / "partial");
  names.erase(names.begin(), std::ranges::upper_bound(names, after));
  if (names.size() > limit) names.resize(limit);
  return names;
}

Result<Folder::Opened> Folder::open(const BlobId& id) const {
  if (!BlobId::parse(id.hex)) return fail(Code::not_found);
  fs::path path = place_of(id);
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return errno == ENOENT ? fail(Code::not_found) : failed(path, errno);
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) return failed(path, errno);
  return Opened{std::move(file), static_cast<std::uint64_t>(facts.st_size)};
}

Result<std::vector<BlobInfo>> Folder::list(const BlobId& after, std::size_t limit) const {
  std::vector<BlobInfo> blobs;
  for (const std::string& first : names_in(path_)) {
    if (!is_pair(first) || first < after.hex.substr(0, 2)) continue;
    for (const std::string& second : names_in(path_ / first)) {
      if (!is_pair(second) || first + second < after.hex.substr(0, 4)) continue;
      for (const std::string& name : names_in(path_ / first / second)) {
        auto id = BlobId::parse(name);
        if (!id || *id <= after) continue;
        if (blobs.size() == limit) return blobs;
        std::error_code gone;
        std::uint64_t size = fs::file_size(path_ / first / second / name, gone);
        if (!gone) blobs.push_back(BlobInfo{std::move(*id), size});
      }
    }
  }
  return blobs;
}

Result<void> Folder::remove(const BlobId& id, Verdict verdict) {
  if (!BlobId::parse(id.hex)) return fail(Code::conflict);
  return pins_.remove(id, verdict, [&]() -> Result<void> {
    fs::path path = place_of(id);
    std::error_code gone;
    std::uint64_t size = fs::file_size(path, gone);
    if (gone == std::errc::no_such_file_or_directory) return {};
    if (gone) return failed(path, gone.value());
    if (::unlink(path.c_str()) != 0) return failed(path, errno);
    bytes_ -= size;
    --blobs_;
    return sync_folder(path.parent_path());
  });
}

// Pinned first: from then on what lies there stays.
Result<BlobPin> Folder::move_in(const fs::path& from, const BlobInfo& info) {
  fs::path to = place_of(info.id);
  if (auto made = make_folders(to.parent_path()); !made) return std::unexpected(made.error());
  BlobPin pin = pins_.pin(info.id);
  int error = fault();
  if (error != 0) return failed(to, error);
  {
    std::lock_guard lock(placing_);
    if (::access(to.c_str(), F_OK) == 0) {
      if (::unlink(from.c_str()) != 0) return failed(from, errno);
      bytes_ -= info.size;
    } else if (::rename(from.c_str(), to.c_str()) == 0) {
      ++blobs_;
    } else {
      return failed(to, errno);
    }
  }
  // Also when it was there: its first uploader may not have come so far.
  if (auto synced = sync_folder(to.parent_path()); !synced) return std::unexpected(synced.error());
  return pin;
}

Folder::Upload::Upload(std::shared_ptr<Folder> folder, fs::path path, std::string name, Descriptor file,
                       std::uint64_t size)
    : folder_(std::move(folder)), path_(std::move(path)), name_(std::move(name)), file_(std::move(file)), size_(size) {}

Folder::Upload::~Upload() {
  if (!placed_ && name_.empty() && ::unlink(path_.c_str()) == 0) folder_->bytes_ -= size_;
  if (!name_.empty()) folder_->taken_.with([&](std::set<std::string>& taken) { taken.erase(name_); });
}

Result<void> Folder::Upload::write(std::string_view bytes) {
  if (placed_) return fail(Code::unavailable, "This upload was finished before.");
  if (auto reserved = folder_->reserve(bytes.size()); !reserved) return reserved;
  std::uint64_t before = size_;
  std::size_t written = 0;
  int error = 0;
  while (written < bytes.size() && error == 0) {
    error = folder_->fault();
    if (error != 0) break;
    ssize_t step =
        ::pwrite(file_.number(), bytes.data() + written, bytes.size() - written, static_cast<off_t>(before + written));
    if (step < 0) {
      error = errno == EINTR ? 0 : errno;
    } else {
      written += static_cast<std::size_t>(step);
    }
  }
  if (error != 0) {
    // All of the chunk or none of it: an upload in pieces goes on behind what it was told is there.
    if (::ftruncate(file_.number(), static_cast<off_t>(before)) != 0) error = EIO;
    folder_->bytes_ -= bytes.size();
    return failed(path_, error);
  }
  if (name_.empty()) hash_.add(bytes);
  size_ = before + bytes.size();
  return {};
}

Result<void> Folder::Upload::sync() { return folder_->sync(file_.number()); }

Result<BlobId> Folder::Upload::hash() {
  if (name_.empty()) return hash_.finish();
  constexpr std::size_t kChunk = 256 << 10;
  std::string chunk(kChunk, '\0');
  Sha256 hash;
  for (std::uint64_t at = 0; at < size_;) {
    ssize_t got = ::pread(file_.number(), chunk.data(), chunk.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failed(path_, got < 0 ? errno : EIO);
    hash.add(std::string_view(chunk.data(), static_cast<std::size_t>(got)));
    at += static_cast<std::uint64_t>(got);
  }
  return hash.finish();
}

Result<StoredBlob> Folder::Upload::place() {
  if (placed_) return fail(Code::unavailable, "This upload was finished before.");
  if (auto synced = sync(); !synced) return std::unexpected(synced.error());
  auto id = hash();
  if (!id) return std::unexpected(id.error());
  BlobInfo info{std::move(*id), size_};
  auto pin = folder_->move_in(path_, info);
  if (!pin) return std::unexpected(pin.error());
  placed_ = true;
  return StoredBlob{std::move(info), std::move(*pin)};
}

}  // namespace homing
