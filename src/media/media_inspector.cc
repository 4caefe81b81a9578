#include "media/media_inspector.h"

#include <magic.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

#include "media/chunks.h"
#include "media/kinds.h"
#include "media/picture.h"
#include "wire/limits.h"

namespace homing {
namespace {

constexpr unsigned kThreads = 1;
constexpr std::size_t kWaitingMax = 32;
constexpr std::size_t kLookedAtBytes = 256 << 10;  // enough to tell the type

// Blocking: on the worker.
Result<std::string> first_bytes(const Blob& blob, std::uint64_t limit) {
  std::string out(static_cast<std::size_t>(std::min(blob.size(), limit)), '\0');
  std::size_t got = 0;
  while (got < out.size()) {
    ssize_t step = ::pread(blob.descriptor(), out.data() + got, out.size() - got, static_cast<off_t>(got));
    if (step < 0 && errno == EINTR) continue;
    if (step <= 0) return fail(Code::unavailable, step < 0 ? std::strerror(errno) : "A blob is shorter than it was.");
    got += static_cast<std::size_t>(step);
  }
  return out;
}

// The same bytes where nothing is known that could go.
Result<std::string> without_metadata(const std::string& bytes, std::string_view mime_type) {
  if (mime_type == "image/jpeg") return media::without_metadata(bytes);
  if (mime_type == "image/png") return media::png_without_metadata(bytes);
  if (mime_type == "image/webp") return media::webp_without_metadata(bytes);
  return bytes;
}

// Blocking, too. With what the type has said already.
Result<Inspection> look_at_picture(const Blob& blob, Inspection seen, Metadata metadata) {
  auto bytes = first_bytes(blob, limits::kImageBytesMax);
  if (!bytes) return std::unexpected(bytes.error());
  auto picture = media::look_at(*bytes, seen.mime_type);
  if (!picture) return std::unexpected(picture.error());
  seen.width = picture->width;
  seen.height = picture->height;
  seen.thumbnail = std::move(picture->thumbnail);
  seen.motion = picture->motion;
  if (metadata == Metadata::keep) return seen;
  auto plain = without_metadata(*bytes, seen.mime_type);
  if (!plain) return std::unexpected(plain.error());
  if (plain->size() > limits::kImageBytesMax) return fail(Code::media_too_big);
  if (*plain != *bytes) seen.rewritten = std::move(*plain);
  return seen;
}

}  // namespace

Result<std::unique_ptr<MediaInspector>> MediaInspector::open() {
  magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF);
  if (magic == nullptr) return fail(Code::unavailable, "libmagic does not start.");
  if (magic_load(magic, nullptr) != 0) {
    std::string why = magic_error(magic);
    magic_close(magic);
    return fail(Code::unavailable, "libmagic: " + why);
  }
  return std::unique_ptr<MediaInspector>(new MediaInspector(magic));
}

MediaInspector::MediaInspector(magic_set* magic)
    : magic_(magic), types_(kThreads, kWaitingMax), pictures_(kThreads, kWaitingMax) {}

MediaInspector::~MediaInspector() {
  stop();
  magic_close(magic_);
}

void MediaInspector::stop() {
  types_.stop();
  pictures_.stop();
}

Task<Result<Inspection>> MediaInspector::inspect(OpenBlob blob, std::string claimed, Metadata metadata) {
  std::function<Result<Inspection>()> work = [this, blob, claimed] { return look(*blob, claimed); };
  auto seen = co_await types_.run(std::move(work));
  if (!seen || seen->kind != FileKind::image) co_return seen;
  work = [blob, metadata, seen = std::move(*seen)] { return look_at_picture(*blob, seen, metadata); };
  blob.reset();
  co_return co_await pictures_.run(std::move(work));
}

Result<std::string> MediaInspector::type_of(const Blob& blob) {
  auto head = first_bytes(blob, kLookedAtBytes);
  if (!head) return head;
  const char* type = magic_buffer(magic_, head->data(), head->size());
  if (type == nullptr) return fail(Code::media_wrong_type, "The type of the file cannot be told.");
  return std::string(type);
}

Result<Inspection> MediaInspector::look(const Blob& blob, const std::string& claimed) {
  auto found = type_of(blob);
  if (!found) return std::unexpected(found.error());
  auto type = media::decide(*found, claimed);
  if (!type) return std::unexpected(type.error());
  Inspection seen;
  seen.kind = media::kind_of(*type);
  seen.mime_type = std::move(*type);
  if (blob.size() > media::bytes_max(seen.kind)) return fail(Code::media_too_big);
  return seen;
}

}  // namespace homing
