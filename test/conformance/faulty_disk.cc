#include "faulty_disk.h"

#include <chrono>
#include <filesystem>

namespace homing::test {

using rocksdb::IOStatus;
namespace {

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(FaultyDisk& disk, std::string name, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), name_(std::move(name)) {}

  IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                  rocksdb::IODebugContext* debug) override {
    switch (disk_.trouble()) {
      case Trouble::none:
      case Trouble::full_at_sync:
      case Trouble::sync_fails: break;
      case Trouble::short_write:
        (void)grow(rocksdb::Slice(data.data(), data.size() / 2), options, debug);
        return IOStatus::IOError("a short write");
      case Trouble::fills_up:
        (void)grow(rocksdb::Slice(data.data(), data.size() / 2), options, debug);
        return IOStatus::NoSpace("the disk is full");
      case Trouble::full: return IOStatus::NoSpace("the disk is full");
      case Trouble::power_is_off: return IOStatus::IOError("the power is off");
    }
    return grow(data, options, debug);
  }
  IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options, const rocksdb::DataVerificationInfo&,
                  rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override { return sync(); }
  IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override { return sync(); }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return IOStatus::OK();  // promises nothing
  }

 private:
  IOStatus grow(const rocksdb::Slice& data, const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) {
    IOStatus status = FSWritableFileOwnerWrapper::Append(data, options, debug);
    if (status.ok()) disk_.written(name_, size_ += data.size());
    return status;
  }
  // The real sync is left out: the test only looks at what would be there.
  IOStatus sync() {
    switch (disk_.trouble()) {
      case Trouble::full_at_sync: return IOStatus::NoSpace("the disk is full");
      case Trouble::sync_fails:
      case Trouble::short_write:
      case Trouble::power_is_off: return IOStatus::IOError("fsync failed");
      case Trouble::none:
      case Trouble::full:
      case Trouble::fills_up: break;
    }
    disk_.synced(name_);
    return IOStatus::OK();
  }

  FaultyDisk& disk_;
  std::string name_;
  std::uint64_t size_ = 0;
};

class StickyFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  StickyFile(FaultyDisk& disk, std::unique_ptr<rocksdb::FSRandomAccessFile> file)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), disk_(disk) {}

  IOStatus Read(std::uint64_t offset, std::size_t bytes, const rocksdb::IOOptions& options, rocksdb::Slice* result,
                char* scratch, rocksdb::IODebugContext* debug) const override {
    disk_.read_begins();
    return FSRandomAccessFileOwnerWrapper::Read(offset, bytes, options, result, scratch, debug);
  }

 private:
  FaultyDisk& disk_;
};

constexpr std::chrono::seconds kStuckMax{10};

}  // namespace

FaultyDisk::FaultyDisk()
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      // The environment refers to this object, which owns it.
      env_(rocksdb::NewCompositeEnv(std::shared_ptr<rocksdb::FileSystem>(this, [](rocksdb::FileSystem*) {}))) {}

void FaultyDisk::set(Trouble trouble) {
  state_.with([&](State& state) { state.trouble = trouble; });
}

Trouble FaultyDisk::trouble() const {
  return state_.with([](const State& state) { return state.trouble; });
}

void FaultyDisk::stick() {
  std::lock_guard lock(mutex_);
  stuck_ = true;
}

void FaultyDisk::go_on() {
  {
    std::lock_guard lock(mutex_);
    stuck_ = false;
  }
  moves_.notify_all();
}

void FaultyDisk::read_begins() {
  std::unique_lock lock(mutex_);
  if (!stuck_) return;
  ++readers_stuck_;
  moves_.wait_for(lock, kStuckMax, [this] { return !stuck_; });
  --readers_stuck_;
}

void FaultyDisk::written(const std::string& file, std::uint64_t size) {
  state_.with([&](State& state) { state.files[file].written = size; });
}

void FaultyDisk::synced(const std::string& file) {
  state_.with([&](State& state) { state.files[file].synced = state.files[file].written; });
}

void FaultyDisk::sync_all() {
  state_.with([](State& state) {
    for (auto& [name, length] : state.files) length.synced = length.written;
  });
}

void FaultyDisk::lose_what_was_not_synced() {
  state_.with([](State& state) {
    for (auto& [name, length] : state.files) {
      std::error_code error;
      if (length.synced < length.written) std::filesystem::resize_file(name, length.synced, error);
    }
    state.files.clear();
  });
}

IOStatus FaultyDisk::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* file, rocksdb::IODebugContext* debug) {
  if (trouble() == Trouble::power_is_off) return IOStatus::IOError("the power is off");
  std::unique_ptr<rocksdb::FSWritableFile> real;
  IOStatus status = FileSystemWrapper::NewWritableFile(name, options, &real, debug);
  if (!status.ok()) return status;
  state_.with([&](State& state) { state.files[name] = {}; });
  *file = std::make_unique<FaultyFile>(*this, name, std::move(real));
  return status;
}

IOStatus FaultyDisk::NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                         std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                         rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSRandomAccessFile> real;
  IOStatus status = FileSystemWrapper::NewRandomAccessFile(name, options, &real, debug);
  if (status.ok()) *file = std::make_unique<StickyFile>(*this, std::move(real));
  return status;
}

IOStatus FaultyDisk::RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                                rocksdb::IODebugContext* debug) {
  if (trouble() == Trouble::power_is_off) return IOStatus::IOError("the power is off");
  IOStatus status = FileSystemWrapper::RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  state_.with([&](State& state) {
    auto node = state.files.extract(from);
    state.files.erase(to);
    if (node.empty()) return;
    node.key() = to;
    state.files.insert(std::move(node));
  });
  return status;
}

IOStatus FaultyDisk::DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                                rocksdb::IODebugContext* debug) {
  if (trouble() == Trouble::power_is_off) return IOStatus::IOError("the power is off");
  state_.with([&](State& state) { state.files.erase(name); });
  return FileSystemWrapper::DeleteFile(name, options, debug);
}

}  // namespace homing::test
