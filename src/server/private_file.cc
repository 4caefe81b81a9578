#include "server/private_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace homing::server {
namespace {

std::unexpected<Error> system_error(const std::filesystem::path& path) {
  return fail(Code::unavailable, path.string() + ": " + std::strerror(errno));
}

// A file descriptor that closes itself.
struct Descriptor {
  int fd;
  explicit Descriptor(int opened) : fd(opened) {}
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

}  // namespace

Result<std::optional<std::string>> read_private(const std::filesystem::path& path, std::size_t bytes_max) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0 && errno == ENOENT) return std::optional<std::string>{};
  if (file.fd < 0) return system_error(path);
  std::string bytes(bytes_max + 1, '\0');
  ssize_t size = ::read(file.fd, bytes.data(), bytes.size());
  if (size < 0) return system_error(path);
  if (static_cast<std::size_t>(size) > bytes_max)
    return fail(Code::corrupt, path.string() + ": this file is too long.");
  bytes.resize(static_cast<std::size_t>(size));
  return std::optional(std::move(bytes));
}

Result<void> write_private(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path draft = path;
  draft += ".new";
  Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.fd < 0) return system_error(draft);
  if (::write(file.fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) return system_error(draft);
  if (::fsync(file.fd) != 0 || ::rename(draft.c_str(), path.c_str()) != 0) return system_error(path);
  Descriptor folder(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.fd < 0 || ::fsync(folder.fd) != 0) return system_error(path.parent_path());
  return {};
}

}  // namespace homing::server
