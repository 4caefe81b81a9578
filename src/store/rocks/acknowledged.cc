#include "store/rocks/acknowledged.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>

#include "base/log.h"
#include "store/rocks/keys.h"

namespace homing::rocks {
namespace {

// The number, and its complement to tell it from anything else.
constexpr std::size_t kBytes = 16;

}  // namespace

std::optional<std::uint64_t> Acknowledged::read(const std::filesystem::path& store) {
  std::ifstream file(store / kFileName, std::ios::binary);
  if (!file) return std::nullopt;
  std::string bytes(kBytes, '\0');
  file.read(bytes.data(), kBytes);
  bool whole = file.gcount() == kBytes && get_u64(bytes) == ~get_u64(bytes, 8);
  if (!whole) log::warn("store.acknowledged_unreadable", {{"file", (store / kFileName).string()}});
  return whole ? std::optional(get_u64(bytes)) : std::nullopt;
}

Acknowledged::Acknowledged(const std::filesystem::path& store)
    : file_(::open((store / kFileName).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) {
  if (file_ < 0) log::warn("store.acknowledged_unwritable", {{"file", (store / kFileName).string()}});
}

Acknowledged::~Acknowledged() {
  sync();
  if (file_ >= 0) ::close(file_);
}

void Acknowledged::set(std::uint64_t groups) {
  std::string bytes = key(groups, ~groups);
  if (file_ < 0 || ::pwrite(file_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return;
  moved_ = true;
}

void Acknowledged::sync() {
  if (file_ >= 0 && moved_.exchange(false)) ::fdatasync(file_);
}

}  // namespace homing::rocks
