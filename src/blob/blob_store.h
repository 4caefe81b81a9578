// Bytes, named by their SHA-256: the same content is kept once. What they are and who may see them is not known here.
//
//   begin -> write, write ... -> finish -> StoredBlob       an upload in one go; destroyed before finish: nothing is left
//   resume(name) -> write ... -> sync                       a part of an upload that comes in pieces; it stays, also over
//   resume(name) -> write ... -> finish -> StoredBlob       a crash, until it is finished or discarded
//
// A crash at any moment leaves a whole blob or none, and of an unnamed upload nothing. One conformance suite
// (test/conformance) runs against every adapter. Owned by server/. Every method may be called from any I/O thread and
// completes on the caller's executor; one writer has one call under way at a time, so an upload holds one chunk in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "model/file.h"

namespace homing {

struct BlobInfo {
  BlobId id;
  std::uint64_t size = 0;
  friend bool operator==(const BlobInfo&, const BlobInfo&) = default;
};

// While somebody holds it the blob is not removed: whoever stored it writes down meanwhile what it is for.
using BlobPin = std::shared_ptr<const void>;

struct StoredBlob {
  BlobInfo info;
  BlobPin pin;
};

// An open blob. Its bytes stay readable while somebody holds it, also when it is removed meanwhile.
class Blob {
 public:
  virtual ~Blob() = default;
  virtual std::uint64_t size() const = 0;
  // For sendfile(2) with an offset of one's own; never closed or moved by the caller.
  virtual int descriptor() const = 0;
  // `bytes` from `offset` on, fewer only at the end.
  virtual Task<Result<std::string>> read(std::uint64_t offset, std::size_t bytes) const = 0;
};
using OpenBlob = std::shared_ptr<const Blob>;

class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  // What is written so far, what an earlier part of the same upload left included.
  virtual std::uint64_t size() const = 0;
  // `read_only` when the disk is full or failing, `quota_exceeded` when the store is as large as it may be. After an error
  // nothing more may be written with this writer.
  virtual Task<Result<void>> write(std::string chunk) = 0;
  // What was written stays after a power cut.
  virtual Task<Result<void>> sync() = 0;
  // On disk when this returns. Once.
  virtual Task<Result<StoredBlob>> finish() = 0;
};

struct BlobTotals {
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;  // uploads under way included
};

// That a blob is to be removed: which time it was said, so that one remover does not act on what another found out.
struct Verdict {
  std::uint64_t serial = 0;
};

inline constexpr std::size_t kUploadNameBytesMax = 64;  // letters, digits, '-' and '_'

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  // `quota_exceeded` when so many bytes have no room. They are not reserved.
  virtual Task<Result<std::unique_ptr<BlobWriter>>> begin(std::uint64_t expected) = 0;

  // Goes on with a named upload, or begins it; `expected` more bytes. `conflict` while another writer has it.
  virtual Task<Result<std::unique_ptr<BlobWriter>>> resume(std::string upload, std::uint64_t expected) = 0;
  // How much of it there is; `not_found` when there is none.
  virtual Task<Result<std::uint64_t>> size_of(std::string upload) = 0;
  // Takes it away, which is fine if there is none; `conflict` while a writer has it.
  virtual Task<Result<void>> discard(std::string upload) = 0;
  // Names in order, after `after`; fewer than `limit` at the end.
  virtual Task<Result<std::vector<std::string>>> uploads(std::string after, std::size_t limit) = 0;

  // `not_found` when there is none.
  virtual Task<Result<OpenBlob>> open(BlobId id) = 0;
  // In the order of their ids, after `after`; fewer than `limit` at the end.
  virtual Task<Result<std::vector<BlobInfo>>> list(BlobId after, std::size_t limit) = 0;

  // Removing takes two steps, and between them the caller looks whether something still refers to the blob. `condemn` is
  // `conflict` while somebody holds a pin, `remove` is `conflict` when the same content was stored again meanwhile or
  // somebody else has condemned it since. Removing what is not there is fine. `pardon`: it is needed after all.
  virtual Task<Result<Verdict>> condemn(BlobId id) = 0;
  virtual Task<Result<void>> remove(BlobId id, Verdict verdict) = 0;
  virtual void pardon(const BlobId& id, Verdict verdict) = 0;
  // Whether somebody holds a pin.
  virtual bool pinned(const BlobId& id) const = 0;

  virtual BlobTotals totals() const = 0;
};

// Whether this may name an upload: it becomes the name of a file.
bool good_upload_name(std::string_view name);

}  // namespace homing
