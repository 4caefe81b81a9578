// Uploads that come in pieces and may take days (tus 1.0.0): begin, then append piece by piece from whatever device, also
// after a restart here, then complete. Somebody else's upload does not exist. Owned by server/; any I/O thread.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "chat/files.h"
#include "chat/turns.h"

namespace homing::chat {

struct UploadState {
  Upload upload;
  std::uint64_t offset = 0;  // bytes that are there
  Time expires;  // then it goes if it is not completed
};

class Uploads {
 public:
  Uploads(Files& files, Records& records, BlobStore& blobs, Clock& clock, Random& random);

  // `media_too_big`, `quota_exceeded` by what is announced; `rate_limited` with too many open ones.
  Task<Result<Upload>> begin(AccountId owner, std::uint64_t size, std::string name, std::string mime_type,
                             Metadata metadata = Metadata::keep);
  // `not_found` for all but its owner.
  Task<Result<UploadState>> state(AccountId owner, std::string id);
  // Goes on at `offset`; `conflict` if that is not where it is, or while another request writes. The writer refuses more
  // than was announced (`media_too_big`). After each piece: sync(), then answer.
  Task<Result<std::unique_ptr<BlobWriter>>> resume(AccountId owner, std::string id, std::uint64_t offset);
  // The last piece was written: makes the file. `conflict` when bytes are missing, or while another request does the same.
  // What is refused for what it is, is gone; after any other error the bytes stay, and completing it again (from the end
  // on, without a byte more) only looks at them again. state() names the file until the upload expires.
  Task<Result<File>> complete(AccountId owner, std::string id, std::unique_ptr<BlobWriter> writer);
  // Gives it up, or forgets what became of it; `not_found` for all but its owner.
  Task<Result<void>> abandon(AccountId owner, std::string id);

 private:
  struct Kept {
    Upload upload;
    std::string bytes;  // as the record has it, for conditions
  };
  Task<Result<Upload>> owned(AccountId owner, std::string id);
  Task<Result<Kept>> kept(AccountId owner, std::string id);
  Task<Result<void>> write(Kept& kept, std::vector<RecordChange> changes);
  Task<Result<StoredBlob>> all_bytes(Kept& kept, BlobWriter& writer);
  Task<Result<void>> became(Kept kept, File file);

  Files& files_;
  Records& records_;
  BlobStore& blobs_;
  Clock& clock_;
  Random& random_;
  Turns beginnings_;  // one at a time of an account, so that each counts those before it
};

}  // namespace homing::chat
