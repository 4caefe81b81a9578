// libvips, loaded when the first picture comes. It brings some sixty libraries, and a server of texts need not hold them
// (docs/decisions/0015). The functions have libvips' own names and shapes, from its headers. Any thread may load it.
#pragma once

#include <vips/vips.h>

#include "base/result.h"

namespace homing::media {

struct Vips {
  // The one of this process, started: no cache, one thread, nothing that its authors do not trust. `unavailable` when the
  // library or one of these is not there; that stays so until a restart.
  static Result<const Vips*> loaded();

  decltype(&vips_init) init;
  decltype(&vips_block_untrusted_set) block_untrusted_set;
  decltype(&vips_concurrency_set) concurrency_set;
  decltype(&vips_cache_set_max) cache_set_max;
  decltype(&vips_cache_set_max_mem) cache_set_max_mem;
  decltype(&vips_error_buffer) error_buffer;
  decltype(&vips_error_clear) error_clear;

  decltype(&vips_jpegload_buffer) jpegload_buffer;
  decltype(&vips_pngload_buffer) pngload_buffer;
  decltype(&vips_webpload_buffer) webpload_buffer;
  decltype(&vips_gifload_buffer) gifload_buffer;
  decltype(&vips_jpegsave_buffer) jpegsave_buffer;

  decltype(&vips_image_get_width) image_get_width;
  decltype(&vips_image_get_height) image_get_height;
  decltype(&vips_image_get_n_pages) image_get_n_pages;
  decltype(&vips_image_get_bands) image_get_bands;
  decltype(&vips_image_get_format) image_get_format;
  decltype(&vips_format_sizeof) format_sizeof;
  decltype(&vips_image_get_typeof) image_get_typeof;
  decltype(&vips_image_get_int) image_get_int;
  decltype(&vips_image_get_orientation_swap) image_get_orientation_swap;
  decltype(&vips_image_hasalpha) image_hasalpha;

  decltype(&vips_array_double_new) array_double_new;
  decltype(&vips_area_unref) area_unref;
  decltype(&vips_flatten) flatten;
  decltype(&vips_copy) copy;
  decltype(&vips_thumbnail_image) thumbnail_image;
  decltype(&vips_image_copy_memory) image_copy_memory;
  decltype(&vips_autorot) autorot;
  decltype(&vips_icc_transform) icc_transform;

  decltype(&::g_object_unref) object_unref;
  decltype(&::g_free) free;
  decltype(&::g_log_set_handler) log_set_handler;
};

}  // namespace homing::media
