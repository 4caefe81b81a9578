#include "edge/assets.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace homing::edge {
namespace {

// What a page of ours may do: load its own files, talk to this server, nothing inline, in nobody's frame. Text becomes
// markup or script nowhere; the one policy names the service worker (web/src/app/worker.ts).
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self' ws: wss:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types homing-worker";
constexpr std::string_view kForever = "public, max-age=31536000, immutable";
constexpr std::string_view kAskAgain = "no-cache";

std::string etag_of(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string etag = "\"";
  for (std::size_t i = 0; i < 12; ++i) etag += fmt::format("{:02x}", digest[i]);
  return etag + "\"";
}

// Whether Accept-Encoding names this coding without forbidding it (";q=0"). "*" is not asked for: no browser sends it.
bool accepts(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    std::string_view part = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), part.size() + 1));
    std::size_t begin = part.find_first_not_of(" \t");
    if (begin == std::string_view::npos || !part.substr(begin).starts_with(coding)) continue;
    std::string_view rest = part.substr(begin + coding.size());
    if (!rest.empty() && rest.find_first_of(" \t;") != 0) continue;  // a longer name
    std::size_t weight = rest.find("q=");
    return weight == std::string_view::npos || rest.find_first_of("123456789", weight) != std::string_view::npos;
  }
  return false;
}

struct Coded {
  std::string_view name;  // of the coding; empty: as it is
  std::string_view bytes;
};
Coded coded(const EmbeddedFile& file, std::string_view accept_encoding) {
  if (!file.br.empty() && accepts(accept_encoding, "br")) return {"br", file.br};
  if (!file.gzip.empty() && accepts(accept_encoding, "gzip")) return {"gzip", file.gzip};
  return {{}, file.bytes};
}

}  // namespace

Assets::Assets(std::span<const EmbeddedFile> files) {
  for (const EmbeddedFile& file : files) table_.emplace(file.path, Entry{&file, etag_of(file.bytes)});
}

Response Assets::get(std::string_view path, Wish wish) const {
  auto found = table_.find(path);
  if (found == table_.end() && path.find('.') == std::string_view::npos) found = table_.find("/index.html");
  if (found == table_.end()) return refused(Error{Code::not_found, {}, {}, {}});

  const auto& [file, plain_etag] = found->second;
  auto [coding, bytes] = coded(*file, wish.accept_encoding);
  // Each coding is a representation of its own: "etag-br".
  std::string etag = plain_etag;
  if (!coding.empty()) etag.insert(etag.size() - 1, fmt::format("-{}", coding));
  Response response;
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Cache-Control", file->path.starts_with("/assets/") ? kForever : kAskAgain);
  response.headers.emplace_back("Content-Security-Policy", kPagePolicy);
  if (!file->br.empty() || !file->gzip.empty()) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (wish.if_none_match.find(etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.type = file->type;
  if (!coding.empty()) response.headers.emplace_back("Content-Encoding", coding);
  response.file = bytes;
  return response;
}

}  // namespace homing::edge
