// What bytes are: decided by looking at them, never by a name. Implemented by media/; a test says what it likes.
// Every method may be called from any I/O thread and completes on the caller's executor.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "blob/blob_store.h"

namespace homing {

struct Inspection {
  FileKind kind = FileKind::document;
  std::string mime_type;
  std::uint32_t width = 0;  // pixels, as the picture is looked at (a camera's orientation is applied)
  std::uint32_t height = 0;
  std::string thumbnail;  // a small JPEG; empty: none
  Motion motion = Motion::still;
  std::string rewritten;  // with Metadata::strip, the bytes to keep instead; empty: the same bytes
};

class Inspector {
 public:
  virtual ~Inspector() = default;
  // `claimed`: the MIME type that the sender says, or nothing. `media_wrong_type` when the bytes are something else,
  // `media_too_big` over the limit of their kind, `media_dangerous` for a picture that is damaged or would take
  // unreasonably much memory, `unavailable` when too many wait already.
  virtual Task<Result<Inspection>> inspect(OpenBlob blob, std::string claimed, Metadata metadata) = 0;
};

}  // namespace homing
