#include "edge/assets.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

namespace homing::edge {
namespace {

// What a page of ours may do: load its own files, talk to this server, nothing inline, in nobody's frame.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self' ws: wss:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";
constexpr std::string_view kForever = "public, max-age=31536000, immutable";
constexpr std::string_view kAskAgain = "no-cache";

std::string etag_of(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string etag = "\"";
  for (std::size_t i = 0; i < 12; ++i) etag += fmt::format("{:02x}", digest[i]);
  return etag + "\"";
}

}  // namespace

Assets::Assets(std::span<const EmbeddedFile> files) {
  for (const EmbeddedFile& file : files) table_.emplace(file.path, Entry{&file, etag_of(file.bytes)});
}

Response Assets::get(std::string_view path, std::string_view if_none_match) const {
  auto found = table_.find(path);
  if (found == table_.end() && path.find('.') == std::string_view::npos) found = table_.find("/index.html");
  if (found == table_.end()) return refused(Error{Code::not_found, {}, {}, {}});

  const auto& [file, etag] = found->second;
  Response response;
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Cache-Control", file->path.starts_with("/assets/") ? kForever : kAskAgain);
  response.headers.emplace_back("Content-Security-Policy", kPagePolicy);
  if (if_none_match.find(etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.type = file->type;
  response.file = file->bytes;
  return response;
}

}  // namespace homing::edge
