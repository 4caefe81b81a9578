// What a connection still has to send. Exists only while something waits; drained buffers go back to a small pool, so
// that an idle connection keeps no capacity. Owned by the shard; its thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "edge/file_region.h"

namespace homing::edge {

struct Output {
  std::string bytes;           // ready for the socket (with TLS: encrypted)
  std::size_t taken = 0;       // of `bytes`, by the socket
  std::string plain;           // TLS only: not encrypted yet
  std::string_view file;       // static data that follows, sent without a copy
  FileRegion region;           // a part of a file that follows then
  std::uint32_t moved_at = 0;  // the tick at which the socket last took something

  std::size_t size() const { return bytes.size() - taken + plain.size() + file.size() + region.length; }
  // Whether bytes follow that are not in memory of ours.
  bool serves() const { return !file.empty() || region.length > 0; }
};

class OutputPool {
 public:
  std::unique_ptr<Output> take(std::uint32_t tick);
  void give_back(std::unique_ptr<Output> output);

 private:
  static constexpr std::size_t kKeptMax = 128;                // buffers
  static constexpr std::size_t kCapacityKeptMax = 16 * 1024;  // bytes of each
  std::vector<std::unique_ptr<Output>> kept_;
};

}  // namespace homing::edge
