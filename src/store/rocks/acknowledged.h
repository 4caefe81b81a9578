// How many groups were ever acknowledged: a number in a small file of its own, written after each sync. The database holds
// the same number, put into every group. If recovery brings back fewer groups than the file says, something that was
// acknowledged is gone, and only then: the file is written later than the groups, never earlier, so it cannot claim
// too much, and a power cut that takes its last seconds only makes it claim less.
// Owned by Database, which sees to it that one thread at a time sets it.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace homing::rocks {

class Acknowledged {
 public:
  static constexpr const char* kFileName = "ACKNOWLEDGED";

  // Nothing if there is no file or it cannot be read: then nothing is claimed.
  static std::optional<std::uint64_t> read(const std::filesystem::path& store);

  explicit Acknowledged(const std::filesystem::path& store);
  ~Acknowledged();
  Acknowledged(const Acknowledged&) = delete;
  Acknowledged& operator=(const Acknowledged&) = delete;

  // Survives the process from now on. That it cannot be written is no failure: it then claims less.
  void set(std::uint64_t groups);
  // Survives a power cut from now on. Any thread.
  void sync();

 private:
  int file_;
  std::atomic<bool> moved_{false};
};

}  // namespace homing::rocks
