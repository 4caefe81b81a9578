#include "media/chunks.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace homing::media {
namespace {

std::string four(std::uint32_t value, bool big_endian) {
  std::string out(4, '\0');
  for (int i = 0; i < 4; ++i) {
    out[static_cast<std::size_t>(i)] = static_cast<char>(value >> (big_endian ? 24 - 8 * i : 8 * i) & 0xff);
  }
  return out;
}
std::string png_chunk(const std::string& type, const std::string& data) {
  return four(static_cast<std::uint32_t>(data.size()), true) + type + data + "sums";
}
std::string png(const std::string& chunks) { return "\x89PNG\r\n\x1a\n" + chunks; }
std::string riff_chunk(const std::string& type, const std::string& data) {
  std::string padding(data.size() % 2, '\0');
  return type + four(static_cast<std::uint32_t>(data.size()), false) + data + padding;
}
std::string webp(const std::string& chunks) {
  return "RIFF" + four(static_cast<std::uint32_t>(chunks.size() + 4), false) + "WEBP" + chunks;
}

TEST(Chunks, OfAPngThePictureStays) {
  std::string head = png_chunk("IHDR", "head"), pixels = png_chunk("IDAT", "pixels"), end = png_chunk("IEND", "");
  std::string place = png_chunk("eXIf", "52 N") + png_chunk("tEXt", "by Ana") + png_chunk("zTXt", "") +
                      png_chunk("iTXt", "xmp") + png_chunk("tIME", "2026");

  EXPECT_EQ(png_without_metadata(png(head + place + pixels + place + end + "behind it")), png(head + pixels + end));
  EXPECT_EQ(png_without_metadata(png(head + pixels + end)), png(head + pixels + end));
}

TEST(Chunks, OfAWebpThePictureStays) {
  std::string pixels = riff_chunk("VP8L", "odd");
  std::string with =
      webp(riff_chunk("VP8X", "\x3e.........") + pixels + riff_chunk("EXIF", "52 N") + riff_chunk("XMP ", "xmp"));

  EXPECT_EQ(webp_without_metadata(with), webp(riff_chunk("VP8X", "\x32.........") + pixels));
  EXPECT_EQ(webp_without_metadata(webp(pixels)), webp(pixels));
}

TEST(Chunks, WhatIsCutOffIsRefused) {
  std::string whole = png(png_chunk("IHDR", "head") + png_chunk("eXIf", "52 N") + png_chunk("IEND", ""));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(png_without_metadata(whole.substr(0, size))) << size;
  whole = webp(riff_chunk("VP8X", "\x08.........") + riff_chunk("EXIF", "52 N"));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(webp_without_metadata(whole.substr(0, size))) << size;
  EXPECT_FALSE(png_without_metadata(png(four(0xffffffff, true) + "IDAT")));
  EXPECT_FALSE(webp_without_metadata(webp("VP8L" + four(0xffffffff, false))));
}

}  // namespace
}  // namespace homing::media
