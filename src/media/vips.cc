#include "media/vips.h"

#include <dlfcn.h>

#include <string>

#include "base/log.h"

namespace homing::media {
namespace {

// The name with the version that the headers are of. What it depends on, glib among it, is found through it.
constexpr const char* kLibrary = "libvips.so.42";

class Library {
 public:
  Library() : handle_(dlopen(kLibrary, RTLD_LAZY | RTLD_LOCAL)) {
    if (handle_ == nullptr) trouble_ = dlerror();
  }

  template <class Function>
  Library& find(const char* name, Function*& function) {
    if (handle_ == nullptr) return *this;
    function = reinterpret_cast<Function*>(dlsym(handle_, name));
    if (function == nullptr && trouble_.empty()) trouble_ = std::string(name) + " is not in " + kLibrary;
    return *this;
  }

  const std::string& trouble() const { return trouble_; }

 private:
  void* handle_;  // for as long as the process lives
  std::string trouble_;
};

std::unexpected<Error> missing(const std::string& why) {
  log::error("media.no_libvips", {{"detail", why}, {"now", "pictures are refused until a restart"}});
  return fail(Code::unavailable, "Pictures cannot be looked at.");
}

Result<Vips> load() {
  Vips vips{};
  Library library;
  library.find("vips_init", vips.init)
      .find("vips_block_untrusted_set", vips.block_untrusted_set)
      .find("vips_concurrency_set", vips.concurrency_set)
      .find("vips_cache_set_max", vips.cache_set_max)
      .find("vips_cache_set_max_mem", vips.cache_set_max_mem)
      .find("vips_error_buffer", vips.error_buffer)
      .find("vips_error_clear", vips.error_clear)
      .find("vips_jpegload_buffer", vips.jpegload_buffer)
      .find("vips_pngload_buffer", vips.pngload_buffer)
      .find("vips_webpload_buffer", vips.webpload_buffer)
      .find("vips_gifload_buffer", vips.gifload_buffer)
      .find("vips_jpegsave_buffer", vips.jpegsave_buffer)
      .find("vips_image_get_width", vips.image_get_width)
      .find("vips_image_get_height", vips.image_get_height)
      .find("vips_image_get_n_pages", vips.image_get_n_pages)
      .find("vips_image_get_bands", vips.image_get_bands)
      .find("vips_image_get_format", vips.image_get_format)
      .find("vips_format_sizeof", vips.format_sizeof)
      .find("vips_image_get_typeof", vips.image_get_typeof)
      .find("vips_image_get_int", vips.image_get_int)
      .find("vips_image_get_orientation_swap", vips.image_get_orientation_swap)
      .find("vips_image_hasalpha", vips.image_hasalpha)
      .find("vips_array_double_new", vips.array_double_new)
      .find("vips_area_unref", vips.area_unref)
      .find("vips_flatten", vips.flatten)
      .find("vips_copy", vips.copy)
      .find("vips_thumbnail_image", vips.thumbnail_image)
      .find("vips_image_copy_memory", vips.image_copy_memory)
      .find("vips_autorot", vips.autorot)
      .find("vips_icc_transform", vips.icc_transform)
      .find("g_object_unref", vips.object_unref)
      .find("g_free", vips.free)
      .find("g_log_set_handler", vips.log_set_handler);
  if (!library.trouble().empty()) return missing(library.trouble());
  if (vips.init("homing") != 0) return missing(vips.error_buffer());
  // What it warns of is in a stranger's file, and there may be many lines of it.
  vips.log_set_handler(
      "VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG),
      [](const gchar*, GLogLevelFlags, const gchar*, gpointer) {}, nullptr);
  vips.block_untrusted_set(TRUE);
  vips.concurrency_set(1);
  vips.cache_set_max(0);
  vips.cache_set_max_mem(0);
  return vips;
}

}  // namespace

Result<const Vips*> Vips::loaded() {
  static const Result<Vips> vips = load();
  if (!vips) return std::unexpected(vips.error());
  return &*vips;
}

}  // namespace homing::media
