#include "media/kinds.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "wire/limits.h"

namespace homing::media {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array kOtherNames{
    Pair{"image/jpg", "image/jpeg"},
    Pair{"image/pjpeg", "image/jpeg"},
    Pair{"audio/x-m4a", "audio/mp4"},
    Pair{"audio/m4a", "audio/mp4"},
    Pair{"video/x-m4v", "video/mp4"},
    Pair{"video/3gp", "video/3gpp"},
    Pair{"audio/x-aac", "audio/aac"},
    Pair{"audio/mp3", "audio/mpeg"},
    Pair{"audio/x-hx-aac-adts", "audio/aac"},
    Pair{"audio/x-hx-aac-adif", "audio/aac"},
    Pair{"audio/x-mp3", "audio/mpeg"},
    Pair{"application/ogg", "audio/ogg"},
    Pair{"audio/opus", "audio/ogg"},
    Pair{"audio/x-amr", "audio/amr"},
    Pair{"audio/amr-nb", "audio/amr"},
    Pair{"application/x-empty", "application/octet-stream"},
    Pair{"inode/x-empty", "application/octet-stream"},
};

struct Row {
  std::string_view mime_type;
  FileKind kind;
};
constexpr std::array kTable{
    Row{"image/jpeg", FileKind::image}, Row{"image/png", FileKind::image},  Row{"image/webp", FileKind::image},
    Row{"image/gif", FileKind::image},  Row{"audio/aac", FileKind::audio},  Row{"audio/mp4", FileKind::audio},
    Row{"audio/mpeg", FileKind::audio}, Row{"audio/amr", FileKind::audio},  Row{"audio/ogg", FileKind::audio},
    Row{"video/mp4", FileKind::video},  Row{"video/3gpp", FileKind::video},
};

// What only tells the container, or nothing: the sender may know better.
constexpr std::array<std::string_view, 7> kVague{"application/octet-stream",  "application/zip",   "text/plain",
                                                 "application/x-ole-storage", "application/cdfv2", "text/xml",
                                                 "application/json"};
// Types that a browser runs. Nobody makes them of something vague by saying so.
constexpr std::array<std::string_view, 6> kActive{"text/html",       "application/xhtml+xml",  "image/svg+xml",
                                                  "text/javascript", "application/javascript", "application/xml"};

// Sound and film in the same container look alike from outside.
std::string_view container(std::string_view type) {
  if (type == "audio/mp4" || type == "video/mp4" || type == "video/3gpp" || type == "audio/3gpp") return "mp4";
  if (type == "audio/webm" || type == "video/webm") return "webm";
  if (type == "audio/ogg" || type == "video/ogg") return "ogg";
  return {};
}

bool is_media(std::string_view type) {
  return type.starts_with("image/") || type.starts_with("audio/") || type.starts_with("video/");
}

template <class List>
bool holds(const List& list, std::string_view type) {
  return std::ranges::find(list, type) != std::end(list);
}

}  // namespace

std::string canonical(std::string_view mime_type) {
  std::string small(mime_type);
  std::ranges::transform(small, small.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  auto found = std::ranges::find(kOtherNames, std::string_view(small), &Pair::first);
  return found == kOtherNames.end() ? small : std::string(found->second);
}

FileKind kind_of(std::string_view mime_type) {
  auto found = std::ranges::find(kTable, mime_type, &Row::mime_type);
  return found == kTable.end() ? FileKind::document : found->kind;
}

std::uint64_t bytes_max(FileKind kind) {
  switch (kind) {
    case FileKind::image: return limits::kImageBytesMax;
    case FileKind::video: return limits::kVideoBytesMax;
    case FileKind::audio: return limits::kAudioBytesMax;
    case FileKind::document: return limits::kDocumentBytesMax;
  }
  CHECK(false) << "a kind without a limit";
  return 0;
}

Result<std::string> decide(std::string_view found_name, std::string_view claimed_name) {
  std::string found = canonical(found_name);
  std::string claimed = canonical(claimed_name);
  if (claimed.empty() || claimed == found) return found;
  if (!container(claimed).empty() && container(claimed) == container(found)) return claimed;
  if (holds(kActive, claimed)) return found;
  if (is_media(claimed)) {
    // A kind of picture or sound that libmagic does not know is a document by that name, as long as it is no other kind.
    bool unknown = kind_of(claimed) == FileKind::document && holds(kVague, found);
    if (!unknown) return fail(Code::media_wrong_type, "The bytes are " + found + ".", "mime_type");
    return found;
  }
  return holds(kVague, found) ? claimed : found;
}

}  // namespace homing::media
