#include "edge/business/media_types.h"

#include <algorithm>
#include <array>
#include <utility>

#include "edge/target.h"
#include "edge/utf8.h"

namespace homing::business {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

struct Type {
  std::string_view mime;
  std::uint64_t bytes_max;
};
constexpr auto kTypes = std::to_array<Type>({
    {"image/jpeg", 5 * kMiB},
    {"image/png", 5 * kMiB},
    {"image/webp", 500 * 1024},
    {"audio/aac", 16 * kMiB},
    {"audio/mp4", 16 * kMiB},
    {"audio/mpeg", 16 * kMiB},
    {"audio/amr", 16 * kMiB},
    {"audio/ogg", 16 * kMiB},
    {"audio/opus", 16 * kMiB},
    {"video/mp4", 16 * kMiB},
    {"video/3gp", 16 * kMiB},
    {"video/3gpp", 16 * kMiB},
    {"text/plain", 100 * kMiB},
    {"application/pdf", 100 * kMiB},
    {"application/msword", 100 * kMiB},
    {"application/vnd.ms-excel", 100 * kMiB},
    {"application/vnd.ms-powerpoint", 100 * kMiB},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", 100 * kMiB},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 100 * kMiB},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", 100 * kMiB},
});

struct Ending {
  std::string_view text;
  std::string_view mime;
};
constexpr auto kEndings = std::to_array<Ending>({
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".png", "image/png"},
    {".webp", "image/webp"},
    {".aac", "audio/aac"},
    {".m4a", "audio/mp4"},
    {".mp3", "audio/mpeg"},
    {".amr", "audio/amr"},
    {".ogg", "audio/ogg"},
    {".opus", "audio/ogg"},
    {".mp4", "video/mp4"},
    {".3gp", "video/3gpp"},
    {".txt", "text/plain"},
    {".pdf", "application/pdf"},
    {".doc", "application/msword"},
    {".xls", "application/vnd.ms-excel"},
    {".ppt", "application/vnd.ms-powerpoint"},
    {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
});

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

}  // namespace

std::string bare_type(std::string_view mime) {
  mime = mime.substr(0, mime.find(';'));
  while (mime.ends_with(' ')) mime.remove_suffix(1);
  while (mime.starts_with(' ')) mime.remove_prefix(1);
  return lower(mime);
}

std::uint64_t media_bytes_max(std::string_view bare) {
  const auto* found = std::ranges::find(kTypes, bare, &Type::mime);
  return found == kTypes.end() ? 0 : found->bytes_max;
}

std::string claimed_type(std::string_view part_type, std::string_view field, std::string_view file_name) {
  auto whole = [](std::string_view mime) {
    std::size_t end = mime.find(';');
    return bare_type(mime) + std::string(end == std::string_view::npos ? std::string_view{} : mime.substr(end));
  };
  auto says_nothing = [](const std::string& bare) {
    return bare.empty() || bare == "application/octet-stream" || bare == "binary/octet-stream";
  };
  if (!says_nothing(bare_type(part_type))) return whole(part_type);
  if (field.find('/') != std::string_view::npos && !says_nothing(bare_type(field))) return whole(field);
  std::string name = lower(file_name);
  for (const Ending& ending : kEndings) {
    if (name.ends_with(ending.text)) return std::string(ending.mime);
  }
  return {};
}

std::string name_in_url(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  if (std::size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  std::size_t slash = url.rfind('/');
  if (slash == std::string_view::npos) return {};
  std::string_view last = url.substr(slash + 1);
  auto decoded = edge::percent_decode(last, edge::Plus::itself);
  return decoded && edge::is_utf8(*decoded) ? std::move(*decoded) : std::string(last);
}

}  // namespace homing::business
