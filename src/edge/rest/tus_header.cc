#include "edge/rest/tus_header.h"

#include <openssl/evp.h>

#include <array>

#include "edge/request.h"
#include "edge/rest/strip_metadata.h"

namespace homing::rest {
namespace {

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                             reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(size));
  for (int i = 0; i < 2 && text.ends_with('='); ++i) {
    text.remove_suffix(1);
    out.pop_back();
  }
  return out;
}

}  // namespace

Result<UploadMetadata> parse_upload_metadata(std::string_view header) {
  UploadMetadata metadata;
  for (std::string_view entry = edge::next_token(header); !entry.empty(); entry = edge::next_token(header)) {
    std::size_t blank = entry.find(' ');
    std::string_view key = entry.substr(0, blank);
    auto value = from_base64(blank == std::string_view::npos ? "" : entry.substr(blank + 1));
    if (!value) return fail(Code::invalid_argument, "A value of the metadata is not in base64.", "Upload-Metadata");
    if (key == "filename" || key == "name") metadata.filename = std::move(*value);
    if (key == "filetype" || key == "type") metadata.filetype = std::move(*value);
    if (key != kStripMetadata) continue;
    auto wanted = metadata_from(*value);
    if (!wanted) return fail(wanted.error().code, wanted.error().detail, "Upload-Metadata");
    metadata.metadata = *wanted;
  }
  return metadata;
}

Result<std::optional<Checksum>> parse_checksum(std::string_view header) {
  if (header.empty()) return std::nullopt;
  std::size_t blank = header.find(' ');
  Checksum checksum{std::string(header.substr(0, blank)), {}};
  auto digest = from_base64(blank == std::string_view::npos ? "" : header.substr(blank + 1));
  std::size_t bytes = checksum.algorithm == "sha1" ? 20 : checksum.algorithm == "sha256" ? 32 : 0;
  if (bytes == 0 || !digest || digest->size() != bytes)
    return fail(Code::invalid_argument, "A checksum is sha1 or sha256, in base64.", "Upload-Checksum");
  checksum.digest = std::move(*digest);
  return checksum;
}

bool matches(const Checksum& checksum, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const EVP_MD* how = checksum.algorithm == "sha1" ? EVP_sha1() : EVP_sha256();
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, how, nullptr) != 1) return false;
  return checksum.digest == std::string_view(reinterpret_cast<const char*>(digest.data()), size);
}

}  // namespace homing::rest
