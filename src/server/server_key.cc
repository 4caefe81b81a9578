#include "server/server_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

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

// Under another name first: a crash leaves a whole key or none.
Result<void> write_key(const std::filesystem::path& path, const ServerKey& key) {
  std::filesystem::path draft = path;
  draft += ".new";
  Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.fd < 0) return system_error(draft);
  if (::write(file.fd, key.data(), key.size()) != static_cast<ssize_t>(key.size())) return system_error(draft);
  if (::fsync(file.fd) != 0 || ::rename(draft.c_str(), path.c_str()) != 0) return system_error(path);
  Descriptor folder(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.fd < 0 || ::fsync(folder.fd) != 0) return system_error(path.parent_path());
  return {};
}

}  // namespace

Result<ServerKey> server_key(const std::filesystem::path& data, Random& random) {
  std::filesystem::path path = data / "server.key";
  ServerKey key{};
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd >= 0) {
    std::array<std::uint8_t, key.size() + 1> bytes{};
    ssize_t size = ::read(file.fd, bytes.data(), bytes.size());
    if (size != static_cast<ssize_t>(key.size()))
      return fail(Code::corrupt, path.string() + ": this is not a key of 32 bytes.");
    std::memcpy(key.data(), bytes.data(), key.size());
    return key;
  }
  if (errno != ENOENT) return system_error(path);
  random.fill(key);
  if (auto written = write_key(path, key); !written) return std::unexpected(written.error());
  return key;
}

}  // namespace homing::server
