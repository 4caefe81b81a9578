#include "media/picture.h"

#include <array>
#include <memory>

#include "base/check.h"
#include "base/log.h"
#include "media/vips.h"
#include "wire/limits.h"

namespace homing::media {
namespace {

constexpr int kRewriteQuality = 90;

using Image = std::unique_ptr<VipsImage, decltype(Vips::object_unref)>;

Image owned(const Vips& vips, VipsImage* image) { return {image, vips.object_unref}; }

// libvips collects its messages per process; they say nothing to a client.
std::unexpected<Error> damaged(const Vips& vips) {
  std::string why = vips.error_buffer();
  vips.error_clear();
  log::info("media.damaged", {{"detail", why.substr(0, why.find('\n'))}});
  return fail(Code::media_dangerous);
}

std::unexpected<Error> too_large(std::string why) { return fail(Code::media_dangerous, std::move(why)); }

enum class Access { sequential, random };

// `shrink`: a JPEG decoder can leave out 1/2, 1/4, 1/8 of the work.
Result<Image> load(const Vips& vips, const std::string& bytes, std::string_view mime_type, Access how, int shrink) {
  VipsImage* image = nullptr;
  void* data = const_cast<char*>(bytes.data());
  VipsAccess access = how == Access::sequential ? VIPS_ACCESS_SEQUENTIAL : VIPS_ACCESS_RANDOM;
  int failed = -1;
  if (mime_type == "image/jpeg") {
    failed = vips.jpegload_buffer(data, bytes.size(), &image, "access", access, "fail_on", VIPS_FAIL_ON_ERROR, "shrink",
                                  shrink, nullptr);
  } else if (mime_type == "image/png") {
    failed = vips.pngload_buffer(data, bytes.size(), &image, "access", access, "fail_on", VIPS_FAIL_ON_ERROR, nullptr);
  } else if (mime_type == "image/webp") {
    failed = vips.webpload_buffer(data, bytes.size(), &image, "access", access, "fail_on", VIPS_FAIL_ON_ERROR, nullptr);
  } else if (mime_type == "image/gif") {
    failed = vips.gifload_buffer(data, bytes.size(), &image, "access", access, "fail_on", VIPS_FAIL_ON_ERROR, nullptr);
  } else {
    CHECK(false) << "no decoder for " << mime_type;
  }
  if (failed != 0) return damaged(vips);
  return owned(vips, image);
}

int number(const Vips& vips, VipsImage* image, const char* field, int otherwise) {
  int value = otherwise;
  if (vips.image_get_typeof(image, field) != 0 && vips.image_get_int(image, field, &value) != 0) vips.error_clear();
  return value;
}

// What the header promises. Nothing is decoded yet.
Result<void> check_size(const Vips& vips, VipsImage* image, std::string_view mime_type) {
  auto width = static_cast<std::uint64_t>(vips.image_get_width(image));
  auto height = static_cast<std::uint64_t>(vips.image_get_height(image));
  auto frames = static_cast<std::uint64_t>(std::max(1, vips.image_get_n_pages(image)));
  if (width > limits::kImageSideMax || height > limits::kImageSideMax) return too_large("A side is too long.");
  if (frames > limits::kImageFramesMax) return too_large("It has too many frames.");
  if (width * height * frames > limits::kImagePixelsMax) return too_large("It has too many pixels.");
  // The time goes with the bytes: sixteen bits a colour cost twice as much.
  std::uint64_t pixel_bytes =
      vips.format_sizeof(vips.image_get_format(image)) * static_cast<std::uint64_t>(vips.image_get_bands(image));
  if (width * height * frames * pixel_bytes > kDecodedBytesMax) return too_large("It has too many pixels.");
  // Progressive JPEG, interlaced PNG and all WebP lie in memory as a whole before the first line comes out.
  bool whole = mime_type == "image/webp" || number(vips, image, "interlaced", 0) != 0;
  if (whole && width * height > limits::kImagePixelsWholeMax) return too_large("It has too many pixels for its form.");
  return {};
}

Result<std::string> to_jpeg(const Vips& vips, VipsImage* image, int quality) {
  VipsImage* flat = nullptr;
  std::array<double, 3> white{255, 255, 255};
  VipsArrayDouble* background = vips.array_double_new(white.data(), static_cast<int>(white.size()));
  int failed = vips.image_hasalpha(image) ? vips.flatten(image, &flat, "background", background, nullptr)
                                          : vips.copy(image, &flat, nullptr);
  vips.area_unref(reinterpret_cast<VipsArea*>(background));  // it begins with one
  if (failed != 0) return damaged(vips);
  Image kept = owned(vips, flat);
  void* out = nullptr;
  std::size_t size = 0;
  if (vips.jpegsave_buffer(flat, &out, &size, "Q", quality, "strip", TRUE, nullptr) != 0) return damaged(vips);
  std::string jpeg(static_cast<const char*>(out), size);
  vips.free(out);
  return jpeg;
}

int shrink_for(std::uint64_t longer) {
  int shrink = 1;
  while (shrink < 8 && longer / static_cast<std::uint64_t>(shrink * 2) >= 2 * limits::kThumbnailSideMax) shrink *= 2;
  return shrink;
}

// Decodes all of the first frame on the way, so a truncated picture is noticed here.
Result<std::string> thumbnail(const Vips& vips, const std::string& bytes, std::string_view mime_type,
                              std::uint64_t longer) {
  auto loaded = load(vips, bytes, mime_type, Access::sequential, shrink_for(longer));
  if (!loaded) return std::unexpected(loaded.error());
  VipsImage* lazy = nullptr;
  constexpr int kSide = static_cast<int>(limits::kThumbnailSideMax);
  if (vips.thumbnail_image(loaded->get(), &lazy, kSide, "height", kSide, "size", VIPS_SIZE_DOWN, nullptr) != 0)
    return damaged(vips);
  Image kept = owned(vips, lazy);
  VipsImage* pixels = vips.image_copy_memory(lazy);
  if (pixels == nullptr) return damaged(vips);
  Image small = owned(vips, pixels);
  for (int quality : {75, 50, 30, 10}) {
    auto jpeg = to_jpeg(vips, small.get(), quality);
    if (!jpeg || jpeg->size() <= limits::kThumbnailBytesMax) return jpeg;
  }
  return std::string();
}

}  // namespace

Result<Picture> look_at(const std::string& bytes, std::string_view mime_type) {
  auto library = Vips::loaded();
  if (!library) return std::unexpected(library.error());
  const Vips& vips = **library;
  auto header = load(vips, bytes, mime_type, Access::sequential, 1);
  if (!header) return std::unexpected(header.error());
  VipsImage* image = header->get();
  if (auto fine = check_size(vips, image, mime_type); !fine) return std::unexpected(fine.error());
  Picture picture;
  picture.width = static_cast<std::uint32_t>(vips.image_get_width(image));
  picture.height = static_cast<std::uint32_t>(vips.image_get_height(image));
  if (vips.image_get_n_pages(image) > 1) picture.motion = Motion::animated;
  auto small = thumbnail(vips, bytes, mime_type, std::max(picture.width, picture.height));
  if (!small) return std::unexpected(small.error());
  picture.thumbnail = std::move(*small);
  if (vips.image_get_orientation_swap(image)) std::swap(picture.width, picture.height);
  return picture;
}

Result<std::string> without_metadata(const std::string& jpeg) {
  auto library = Vips::loaded();
  if (!library) return std::unexpected(library.error());
  const Vips& vips = **library;
  auto header = load(vips, jpeg, "image/jpeg", Access::sequential, 1);
  if (!header) return std::unexpected(header.error());
  if (auto fine = check_size(vips, header->get(), "image/jpeg"); !fine) return std::unexpected(fine.error());
  auto loaded = load(vips, jpeg, "image/jpeg", Access::random, 1);  // turning needs the lines in another order
  if (!loaded) return std::unexpected(loaded.error());
  VipsImage* upright = nullptr;
  if (vips.autorot(loaded->get(), &upright, nullptr) != 0) return damaged(vips);
  Image turned = owned(vips, upright);
  if (vips.image_get_typeof(upright, VIPS_META_ICC_NAME) == 0) return to_jpeg(vips, upright, kRewriteQuality);
  // The colour profile goes too, so the colours are made the ones that everybody assumes.
  VipsImage* converted = nullptr;
  if (vips.icc_transform(upright, &converted, "srgb", "embedded", TRUE, nullptr) != 0) return damaged(vips);
  Image plain = owned(vips, converted);
  return to_jpeg(vips, converted, kRewriteQuality);
}

}  // namespace homing::media
