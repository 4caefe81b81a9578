// The headers of tus 1.0.0 (tus.io/protocols/resumable-upload). Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/file.h"

namespace homing::rest {

// Upload-Metadata: "filename bm90ZXMudHh0,filetype dGV4dC9wbGFpbg==,strip_metadata dHJ1ZQ==". Other keys do not count.
struct UploadMetadata {
  std::string filename;
  std::string filetype;
  Metadata metadata = Metadata::keep;
};
Result<UploadMetadata> parse_upload_metadata(std::string_view header);

// Upload-Checksum: "sha1 BASE64". `invalid_argument` for what is not sha1 or sha256.
struct Checksum {
  std::string algorithm;
  std::string digest;
};
Result<std::optional<Checksum>> parse_checksum(std::string_view header);
bool matches(const Checksum& checksum, std::string_view bytes);

}  // namespace homing::rest
