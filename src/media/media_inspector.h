// Inspector by libmagic and libvips. One thread tells what files are, another decodes one picture after the other: memory is
// bounded by one picture, and nobody waits for a picture who has none. Owned by server/; any I/O thread. Stop it while the io_contexts of the callers live.
#pragma once

#include <memory>
#include <string>

#include "base/workers.h"
#include "blob/inspector.h"

struct magic_set;

namespace homing {

class MediaInspector final : public Inspector {
 public:
  // `unavailable` when libmagic's table cannot be read.
  static Result<std::unique_ptr<MediaInspector>> open();
  ~MediaInspector() override;

  Task<Result<Inspection>> inspect(OpenBlob blob, std::string claimed, Metadata metadata) override;
  void stop();

 private:
  explicit MediaInspector(magic_set* magic);
  Result<Inspection> look(const Blob& blob, const std::string& claimed);
  Result<std::string> type_of(const Blob& blob);

  magic_set* const magic_;  // used by the one thread of types_ only
  Workers types_;
  Workers pictures_;
};

}  // namespace homing
