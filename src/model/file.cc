#include "model/file.h"

#include <algorithm>

namespace homing {

std::optional<BlobId> BlobId::parse(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  bool good = text.size() == kDigits &&
              std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!good) return std::nullopt;
  return BlobId{std::string(text)};
}

}  // namespace homing
