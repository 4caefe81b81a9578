// Real bytes, made here, through libmagic and libvips.
#include "media/media_inspector.h"

#include <gtest/gtest.h>
#include <vips/vips.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <optional>

#include "blob/memory_blobs.h"
#include "media/picture.h"
#include "wire/limits.h"

namespace homing {
namespace {

void put32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

std::uint32_t crc32_of(const std::string& bytes) {
  std::uint32_t crc = 0xffffffff;
  for (unsigned char byte : bytes) {
    crc ^= byte;
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

std::string chunk(const std::string& type, const std::string& data) {
  std::string out;
  put32(out, static_cast<std::uint32_t>(data.size()));
  out += type + data;
  put32(out, crc32_of(type + data));
  return out;
}

// A few bytes that promise a picture of this size.
std::string png_bomb(std::uint32_t width, std::uint32_t height, const char* form = "\x08\x02") {
  std::string header;
  put32(header, width);
  put32(header, height);
  header += form + std::string(3, '\0');
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) +
         chunk("IDAT", std::string("\x78\x9c\x03\x00\x00\x00\x00\x01", 8)) + chunk("IEND", "");
}

class MediaInspectorTest : public testing::Test {
 protected:
  MediaInspectorTest() : inspector_(std::move(*MediaInspector::open())) {}

  template <class T>
  T run(Task<T> task) {
    std::optional<T> answer;
    boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr error, T value) {
      EXPECT_FALSE(error);
      answer.emplace(std::move(value));
    });
    while (!answer) {
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(20));
    }
    return std::move(*answer);
  }

  Result<Inspection> inspect(const std::string& bytes, std::string claimed = {}, Metadata metadata = Metadata::keep) {
    auto writer = run(blobs_.begin(bytes.size()));
    EXPECT_TRUE(run((*writer)->write(bytes)));
    auto stored = run((*writer)->finish());
    auto blob = run(blobs_.open(stored->info.id));
    return run(inspector_->inspect(*blob, std::move(claimed), metadata));
  }
  Code refusal(const std::string& bytes, std::string claimed = {}) {
    auto seen = inspect(bytes, std::move(claimed));
    return seen ? Code{} : seen.error().code;
  }

  // Noise does not compress: the worst case for the size of a thumbnail.
  static VipsImage* noise(int width, int height) {
    VipsImage* raw = nullptr;
    VipsImage* bytes = nullptr;
    EXPECT_EQ(vips_gaussnoise(&raw, width, height, "mean", 128.0, "sigma", 60.0, nullptr), 0);
    EXPECT_EQ(vips_cast(raw, &bytes, VIPS_FORMAT_UCHAR, nullptr), 0);
    VipsImage* bands[] = {bytes, bytes, bytes};
    VipsImage* colour = nullptr;
    EXPECT_EQ(vips_bandjoin(bands, &colour, 3, nullptr), 0);
    VipsImage* named = nullptr;
    EXPECT_EQ(vips_copy(colour, &named, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr), 0);
    g_object_unref(raw);
    g_object_unref(bytes);
    g_object_unref(colour);
    return named;
  }
  static std::string saved(VipsImage* image, const char* suffix) {
    void* out = nullptr;
    std::size_t size = 0;
    EXPECT_EQ(vips_image_write_to_buffer(image, suffix, &out, &size, nullptr), 0) << vips_error_buffer();
    std::string bytes(static_cast<const char*>(out), size);
    g_free(out);
    g_object_unref(image);
    return bytes;
  }

  boost::asio::io_context io_;
  MemoryBlobDisk disk_;
  MemoryBlobs blobs_{disk_};
  std::unique_ptr<MediaInspector> inspector_;
};

TEST_F(MediaInspectorTest, PicturesAreKnownWithTheirSizeAndGetAThumbnail) {
  struct {
    const char* suffix;
    const char* type;
  } forms[] = {{".jpg", "image/jpeg"}, {".png", "image/png"}, {".webp", "image/webp"}, {".gif", "image/gif"}};
  for (const auto& form : forms) {
    auto seen = inspect(saved(noise(640, 480), form.suffix));

    ASSERT_TRUE(seen) << form.type << seen.error().detail;
    EXPECT_EQ(seen->kind, FileKind::image);
    EXPECT_EQ(seen->mime_type, form.type);
    EXPECT_EQ(seen->width, 640u);
    EXPECT_EQ(seen->height, 480u);
    ASSERT_FALSE(seen->thumbnail.empty());
    EXPECT_LE(seen->thumbnail.size(), limits::kThumbnailBytesMax);
    auto small = media::look_at(seen->thumbnail, "image/jpeg");
    ASSERT_TRUE(small);
    EXPECT_EQ(small->width, 240u);
    EXPECT_EQ(small->height, 180u);
  }
}

TEST_F(MediaInspectorTest, ASmallPictureIsNotMadeLarger) {
  auto seen = inspect(saved(noise(20, 10), ".png"));

  ASSERT_TRUE(seen);
  auto small = media::look_at(seen->thumbnail, "image/jpeg");
  EXPECT_EQ(small->width, 20u);
}

TEST_F(MediaInspectorTest, ACamerasOrientationIsApplied) {
  VipsImage* image = noise(64, 32);
  vips_image_set_int(image, VIPS_META_ORIENTATION, 6);

  auto seen = inspect(saved(image, ".jpg"));

  ASSERT_TRUE(seen) << seen.error().detail;
  EXPECT_EQ(seen->width, 32u);
  EXPECT_EQ(seen->height, 64u);
  auto small = media::look_at(seen->thumbnail, "image/jpeg");
  EXPECT_EQ(small->width, 32u);
  EXPECT_EQ(small->height, 64u);
}

TEST_F(MediaInspectorTest, OnRequestTheMetadataGoesAndThePictureStaysUpright) {
  VipsImage* image = noise(64, 32);
  vips_image_set_int(image, VIPS_META_ORIENTATION, 6);
  vips_image_set_string(image, "exif-ifd3-GPSLatitude", "52/1 31/1 0/1 (52, 31,  0, Rational, 3 components, 24 bytes)");
  vips_image_set_string(image, "exif-ifd0-Make", "Camera of Ana (Camera of Ana, ASCII, 14 components, 14 bytes)");
  std::string bytes = saved(image, ".jpg");
  ASSERT_NE(bytes.find("Camera of Ana"), std::string::npos);

  auto seen = inspect(bytes, "", Metadata::strip);

  ASSERT_TRUE(seen) << seen.error().detail;
  ASSERT_FALSE(seen->rewritten.empty());
  EXPECT_EQ(seen->rewritten.find("Camera of Ana"), std::string::npos);
  EXPECT_EQ(seen->rewritten.find("Exif"), std::string::npos);
  auto plain = media::look_at(seen->rewritten, "image/jpeg");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->width, 32u);
  EXPECT_EQ(plain->height, 64u);
  EXPECT_TRUE(inspect(bytes, "", Metadata::keep)->rewritten.empty());
}

TEST_F(MediaInspectorTest, OnRequestTheMetadataOfPngAndWebpGoesAndThePixelsStay) {
  for (const char* suffix : {".png", ".webp"}) {
    VipsImage* image = noise(64, 32);
    vips_image_set_string(image, "exif-ifd0-Make", "Camera of Ana (Camera of Ana, ASCII, 14 components, 14 bytes)");
    std::string bytes = saved(image, suffix);
    // libvips writes no such chunk into a PNG: what hangs behind it goes the same way.
    if (suffix == std::string_view(".png")) bytes += "EXIF";
    ASSERT_NE(bytes.find("EXIF"), std::string::npos) << suffix;
    auto seen = inspect(bytes, "", Metadata::strip);
    ASSERT_TRUE(seen) << suffix << seen.error().detail;
    ASSERT_FALSE(seen->rewritten.empty()) << suffix;
    EXPECT_EQ(seen->rewritten.find("EXIF"), std::string::npos) << suffix;
    auto again = inspect(seen->rewritten, "", Metadata::strip);
    ASSERT_TRUE(again) << suffix << again.error().detail;
    EXPECT_EQ(again->thumbnail, seen->thumbnail) << suffix;
    EXPECT_TRUE(again->rewritten.empty()) << suffix << ": nothing is left that could go";
  }
}

TEST_F(MediaInspectorTest, WhatWouldTakeTooMuchMemoryIsRefusedByItsHeader) {
  EXPECT_EQ(refusal(png_bomb(60'000, 60'000)), Code::media_dangerous);
  EXPECT_EQ(refusal(png_bomb(limits::kImageSideMax + 1, 1)), Code::media_dangerous);
  EXPECT_EQ(refusal(png_bomb(1, limits::kImageSideMax + 1)), Code::media_dangerous);
  EXPECT_EQ(refusal(png_bomb(10'001, 10'000)), Code::media_dangerous);
}

TEST_F(MediaInspectorTest, DeepColoursCountForWhatTheyCost) {
  constexpr const char* kSixteenBitsWithAlpha = "\x10\x06";
  auto seen = inspect(png_bomb(10'000, 5'001, kSixteenBitsWithAlpha));

  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Code::media_dangerous);
  EXPECT_EQ(seen.error().detail, "It has too many pixels.");
}

TEST_F(MediaInspectorTest, WhatADecoderSaysIsNotForClients) {
  auto seen = inspect(png_bomb(20, 20));

  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Code::media_dangerous);
  EXPECT_EQ(seen.error().detail, "");
}

TEST_F(MediaInspectorTest, WhoHasNoPictureDoesNotWaitForOne) {
  VipsImage* black = nullptr;
  ASSERT_EQ(vips_black(&black, 10'000, 10'000, nullptr), 0);
  auto store = [&](const std::string& bytes) {
    auto writer = run(blobs_.begin(bytes.size()));
    EXPECT_TRUE(run((*writer)->write(bytes)));
    return *run(blobs_.open(run((*writer)->finish())->info.id));
  };
  OpenBlob picture = store(saved(black, ".png"));
  OpenBlob words = store("just words");
  std::vector<FileKind> order;
  auto note = [&](std::exception_ptr, Result<Inspection> seen) { order.push_back(seen->kind); };

  boost::asio::co_spawn(io_, inspector_->inspect(picture, "", Metadata::keep), note);
  run(inspector_->inspect(words, "", Metadata::keep));
  boost::asio::co_spawn(io_, inspector_->inspect(words, "", Metadata::keep), note);
  while (order.size() < 2) {
    io_.restart();
    io_.run_one_for(std::chrono::milliseconds(20));
  }

  EXPECT_EQ(order, (std::vector<FileKind>{FileKind::document, FileKind::image}));
}

TEST_F(MediaInspectorTest, AtTheLimitsAPictureIsTaken) {
  auto wide = inspect(saved(noise(static_cast<int>(limits::kImageSideMax), 2), ".png"));
  ASSERT_TRUE(wide) << wide.error().detail;
  EXPECT_EQ(wide->width, limits::kImageSideMax);
  VipsImage* black = nullptr;
  ASSERT_EQ(vips_black(&black, 10'000, 10'000, nullptr), 0);

  auto large = inspect(saved(black, ".png"));

  ASSERT_TRUE(large) << large.error().detail;
  EXPECT_EQ(std::uint64_t{large->width} * large->height, limits::kImagePixelsMax);
}

TEST_F(MediaInspectorTest, FormsThatAreDecodedAsAWholeHaveALowerLimit) {
  VipsImage* black = nullptr;
  ASSERT_EQ(vips_black(&black, 8'001, 5'000, nullptr), 0);
  EXPECT_EQ(refusal(saved(black, ".png[interlace]")), Code::media_dangerous);
  ASSERT_EQ(vips_black(&black, 8'000, 5'000, nullptr), 0);
  EXPECT_EQ(refusal(saved(black, ".png[interlace]")), Code{});
}

TEST_F(MediaInspectorTest, ManyFramesCountTogether) {
  auto film = [](int frames) {
    VipsImage* strip = noise(4, 4 * frames);
    vips_image_set_int(strip, VIPS_META_PAGE_HEIGHT, 4);
    return saved(strip, ".gif");
  };

  auto taken = inspect(film(limits::kImageFramesMax));
  ASSERT_TRUE(taken) << taken.error().detail;
  EXPECT_EQ(taken->height, 4u);
  EXPECT_EQ(taken->motion, Motion::animated);
  EXPECT_EQ(inspect(film(2))->motion, Motion::animated);
  EXPECT_EQ(inspect(film(1))->motion, Motion::still);
  EXPECT_EQ(refusal(film(limits::kImageFramesMax + 1)), Code::media_dangerous);
}

TEST_F(MediaInspectorTest, DamagedPicturesAreRefused) {
  std::string jpeg = saved(noise(640, 480), ".jpg");
  std::string png = saved(noise(640, 480), ".png");
  for (std::size_t part : {10u, 4u, 2u}) {
    EXPECT_EQ(refusal(jpeg.substr(0, jpeg.size() - jpeg.size() / part)), Code::media_dangerous);
    EXPECT_EQ(refusal(png.substr(0, png.size() - png.size() / part)), Code::media_dangerous);
  }
  EXPECT_EQ(refusal(jpeg.substr(0, 300) + std::string(5000, 'x')), Code::media_dangerous);
  EXPECT_EQ(refusal("GIF89a" + std::string(200, '\xff')), Code::media_dangerous);
}

TEST_F(MediaInspectorTest, TheNameOfATypeIsNotBelieved) {
  EXPECT_EQ(refusal("<html><script>alert(1)</script></html>", "image/png"), Code::media_wrong_type);
  EXPECT_EQ(refusal(saved(noise(8, 8), ".png"), "image/jpeg"), Code::media_wrong_type);
  EXPECT_EQ(refusal("just words", "audio/ogg"), Code::media_wrong_type);
  EXPECT_EQ(inspect("a,b\n1,2\n", "text/csv")->mime_type, "text/csv");
}

TEST_F(MediaInspectorTest, SoundAndFilmAreKnownByTheirFirstBytes) {
  struct {
    std::string bytes;
    const char* claimed;
    const char* type;
    FileKind kind;
  } files[] = {
      {std::string("\0\0\0\x20"
                   "ftypisom\0\0\2\0isomiso2avc1mp41",
                   32),
       "", "video/mp4", FileKind::video},
      {std::string("\0\0\0\x20"
                   "ftypisom\0\0\2\0isomiso2avc1mp41",
                   32),
       "audio/mp4", "audio/mp4", FileKind::audio},
      {std::string("\0\0\0\x1c"
                   "ftypM4A \0\0\2\0M4A isomiso2",
                   28),
       "", "audio/mp4", FileKind::audio},
      {std::string("\0\0\0\x18"
                   "ftyp3gp4\0\0\0\0"
                   "3gp43gp5",
                   24),
       "", "video/3gpp", FileKind::video},
      {"#!AMR\n" + std::string(60, '\x3c'), "", "audio/amr", FileKind::audio},
      {"ID3" + std::string("\4\0\0\0\0\0\0", 7) + "\xff\xfb\x90\x64" + std::string(400, '\0'), "", "audio/mpeg",
       FileKind::audio},
      {std::string("OggS\0\2\0\0\0\0\0\0\0\0\1\2\3\4\0\0\0\0\1\2\3\4\1\x13"
                   "OpusHead\1\1\0\0\x80\xbb\0\0\0\0\0",
                   47),
       "", "audio/ogg", FileKind::audio},
      {std::string("\xff\xf1\x50\x80\x02\x1f\xfc", 7) + std::string(200, '\1'), "", "audio/aac", FileKind::audio},
      {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "", "application/pdf", FileKind::document},
  };
  for (const auto& file : files) {
    auto seen = inspect(file.bytes, file.claimed);
    ASSERT_TRUE(seen) << file.type;
    EXPECT_EQ(seen->mime_type, file.type);
    EXPECT_EQ(seen->kind, file.kind) << file.type;
  }
}

TEST_F(MediaInspectorTest, TheLimitsOfSizeHoldToTheByte) {
  std::string film(
      "\0\0\0\x20"
      "ftypisom\0\0\2\0isomiso2avc1mp41",
      32);
  std::string sound = "#!AMR\n";
  std::string picture = saved(noise(8, 8), ".jpg");
  struct {
    std::string head;
    std::size_t limit;
  } kinds[] = {{film, limits::kVideoBytesMax},
               {sound, limits::kAudioBytesMax},
               {picture, limits::kImageBytesMax},
               {"%PDF-1.7\n", limits::kDocumentBytesMax}};
  for (const auto& kind : kinds) {
    EXPECT_EQ(refusal(kind.head + std::string(kind.limit - kind.head.size(), '\0')), Code{});
    EXPECT_EQ(refusal(kind.head + std::string(kind.limit + 1 - kind.head.size(), '\0')), Code::media_too_big);
  }
}

TEST_F(MediaInspectorTest, AfterStopNothingHangs) {
  inspector_->stop();

  EXPECT_EQ(refusal("words"), Code::shutting_down);
}

}  // namespace
}  // namespace homing
