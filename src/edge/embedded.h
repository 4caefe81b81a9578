// The web app, built into the binary by tools/embed.py. Constant data; any thread.
#pragma once

#include <span>
#include <string_view>

namespace homing::edge {

struct EmbeddedFile {
  std::string_view path;  // "/index.html"
  std::string_view type;  // MIME type
  std::string_view bytes;
  std::string_view br{};  // the same, compressed; empty when that is not smaller
  std::string_view gzip{};
};

std::span<const EmbeddedFile> embedded_files();

}  // namespace homing::edge
