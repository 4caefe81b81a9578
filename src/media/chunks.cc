#include "media/chunks.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace homing::media {
namespace {

constexpr std::string_view kPngHead = "\x89PNG\r\n\x1a\n";
constexpr auto kPngMetadata = std::to_array<std::string_view>({"eXIf", "tEXt", "zTXt", "iTXt", "tIME"});
constexpr std::size_t kPngAround = 12;  // length, type and checksum
constexpr std::size_t kRiffHead = 12;
constexpr std::size_t kRiffAround = 8;
constexpr std::uint8_t kWebpExif = 0x08, kWebpXmp = 0x04;  // flags of VP8X

std::unexpected<Error> damaged() { return fail(Code::media_dangerous, "The picture is damaged."); }

std::uint64_t number(std::string_view four, bool big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    auto byte = static_cast<std::uint8_t>(four[i]);
    value |= static_cast<std::uint64_t>(byte) << (big_endian ? 24 - 8 * i : 8 * i);
  }
  return value;
}

}  // namespace

Result<std::string> png_without_metadata(std::string_view png) {
  if (!png.starts_with(kPngHead)) return damaged();
  std::string out(kPngHead);
  for (std::string_view left = png.substr(kPngHead.size());;) {
    if (left.size() < kPngAround) return damaged();
    std::uint64_t length = number(left, true);
    std::string_view type = left.substr(4, 4);
    if (length > left.size() - kPngAround) return damaged();
    std::size_t whole = static_cast<std::size_t>(length) + kPngAround;
    if (std::ranges::find(kPngMetadata, type) == kPngMetadata.end()) out += left.substr(0, whole);
    if (type == "IEND") return out;
    left.remove_prefix(whole);
  }
}

Result<std::string> webp_without_metadata(std::string_view webp) {
  if (webp.size() < kRiffHead || !webp.starts_with("RIFF") || webp.substr(8, 4) != "WEBP") return damaged();
  std::uint64_t said = number(webp.substr(4), false);
  if (said < 4 || said > webp.size() - kRiffAround) return damaged();
  std::string out(webp.substr(0, kRiffHead));
  for (std::string_view left = webp.substr(kRiffHead, static_cast<std::size_t>(said) - 4); !left.empty();) {
    if (left.size() < kRiffAround) return damaged();
    std::uint64_t length = number(left.substr(4), false);
    if (length > left.size() - kRiffAround) return damaged();
    std::string_view type = left.substr(0, 4);
    std::uint64_t padded = std::min<std::uint64_t>(length + length % 2 + kRiffAround, left.size());
    auto whole = static_cast<std::size_t>(padded);
    if (type != "EXIF" && type != "XMP ") {
      std::size_t flags = out.size() + kRiffAround;
      out += left.substr(0, whole);
      if (type == "VP8X" && length > 0) {
        out[flags] = static_cast<char>(static_cast<std::uint8_t>(out[flags]) & ~(kWebpExif | kWebpXmp));
      }
    }
    left.remove_prefix(whole);
  }
  std::uint64_t size = out.size() - kRiffAround;
  for (std::size_t i = 0; i < 4; ++i) out[4 + i] = static_cast<char>(size >> (8 * i) & 0xff);
  return out;
}

}  // namespace homing::media
