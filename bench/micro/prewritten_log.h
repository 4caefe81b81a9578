// The least that a durable record costs here: a file whose blocks are written before it is used, one write and one
// fdatasync for a whole group. It forgets what it overwrites; only its cost is of interest. One thread.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace homing::bench {

class PrewrittenLog {
 public:
  static constexpr std::size_t kRecordBytes = 224;
  static constexpr std::size_t kSegmentBytes = 16 << 20;
  static constexpr std::size_t kBlockBytes = 4096;

  explicit PrewrittenLog(std::string path = "floor.log") : path_(std::move(path)), block_(1 << 20, 'x') {
    fd_ = ::open(path_.c_str(), O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0600);
    if (fd_ < 0) throw std::runtime_error("cannot make " + path_);
    for (std::size_t at = 0; at < kSegmentBytes; at += block_.size()) {
      (void)!::pwrite(fd_, block_.data(), block_.size(), static_cast<off_t>(at));
    }
    ::fsync(fd_);
  }
  ~PrewrittenLog() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  PrewrittenLog(const PrewrittenLog&) = delete;
  PrewrittenLog& operator=(const PrewrittenLog&) = delete;

  // Durable when it returns.
  void commit(std::size_t records) {
    std::size_t bytes = (records * kRecordBytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
    if (at_ + bytes > kSegmentBytes) at_ = 0;
    if (::pwrite(fd_, block_.data(), bytes, static_cast<off_t>(at_)) != static_cast<ssize_t>(bytes) ||
        ::fdatasync(fd_) != 0) {
      throw std::runtime_error("the disk refused");
    }
    at_ += bytes;
  }

 private:
  std::string path_;
  std::string block_;
  int fd_ = -1;
  std::size_t at_ = 0;
};

}  // namespace homing::bench
