// A part of an open file, as the body of an answer: sent by the kernel, or read in small pieces where it is encrypted.
// Any thread; the file is closed with the last region of it.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <memory>
#include <utility>

namespace homing::edge {

class OpenFile {
 public:
  // Takes the descriptor over.
  explicit OpenFile(int fd) : fd_(fd) {}
  // For a descriptor that something else closes: it is kept alive with this.
  OpenFile(int fd, std::shared_ptr<const void> owner) : fd_(fd), owner_(std::move(owner)) {}
  ~OpenFile() {
    if (owner_ == nullptr) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int fd() const { return fd_; }

 private:
  int fd_;
  std::shared_ptr<const void> owner_;
};

struct FileRegion {
  std::shared_ptr<const OpenFile> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

}  // namespace homing::edge
