// A file as people know it: who uploaded it, what it is called, what it is. Its bytes are a blob, named by their hash, so
// that the same content lies on disk once however many files are made of it. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"

namespace homing {

// The SHA-256 of some bytes: 64 lower-case hexadecimal digits. Empty: none.
struct BlobId {
  std::string hex;

  static std::optional<BlobId> parse(std::string_view text);
  friend auto operator<=>(const BlobId&, const BlobId&) = default;
};

// Whether a time at which something ends has come; 0: it never does.
constexpr bool is_over(Time expires, Time now) { return expires.ms != 0 && now >= expires; }

// At most 15 decimal digits: a number that every JSON reader holds exactly. Drawn at random; knowing one gives no access.
using FileId = std::string;

enum class Metadata { keep, strip };  // of a picture: where and with what it was taken

enum class Motion { still, animated };  // of a picture: whether it has more frames than one

enum class FileKind { image = 0, video = 1, audio = 2, document = 3 };

struct File {
  FileId id;
  AccountId owner;  // who uploaded it
  std::string name;  // for people; never a path
  FileKind kind = FileKind::document;
  std::string mime_type;
  std::uint64_t size = 0;
  BlobId blob;
  Time created;
  Time used;  // uploaded, or sent the last time (to within a few hours)
  Time expires;  // 0: never
  Time deleted;  // by its owner: cannot be sent any more; 0: it is not
  std::uint32_t width = 0;  // pixels, of an image as it is looked at
  std::uint32_t height = 0;
  std::string thumbnail;  // a small JPEG; empty: none
  Time stays;  // until then also if nothing needs it; 0: as long as any file
  Motion motion = Motion::still;

  friend bool operator==(const File&, const File&) = default;
};

// An upload that comes in pieces.
struct Upload {
  std::string id;
  AccountId owner;
  std::uint64_t size = 0;  // when it is complete
  std::string name;
  std::string mime_type;  // as the sender says
  Time created;
  FileId file;  // what became of it; empty: it is not complete
  BlobId blob;  // its bytes, once they are all here
  Metadata metadata = Metadata::keep;  // as the sender wants it

  friend bool operator==(const Upload&, const Upload&) = default;
};

}  // namespace homing
