// Pictures as lists of chunks: what comes out says nothing more that could go.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "media/chunks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (auto* strip : {&homing::media::png_without_metadata, &homing::media::webp_without_metadata}) {
    auto plain = strip(bytes);
    if (!plain) continue;
    if (plain->size() > size || strip(*plain) != *plain) std::abort();
  }
  return 0;
}
