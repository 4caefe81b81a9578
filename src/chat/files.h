// What a file is for people: who uploaded it, in which messages it is shown, and therefore who may fetch it. Bytes are in
// the BlobStore, what they are says the Inspector, what is known of a file lies in Records (file_records.h).
//
// A file can be fetched by who uploaded it, and by who is a member of a conversation now and may see, now, an event there
// that shows it. The picture of a group is there for its members, that of an account for all whom it does not block. For
// everybody else a file does not exist. It goes when nothing needs it any more: no event, no picture, and nobody has
// uploaded or sent it lately; the bytes go with the last file that has them.
//
// Owned by server/; any I/O thread. files.cc: uploading, fetching, sending. files_visible.cc: who is shown what.
// files_search.cc, files_sweep.cc: the rest.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "blob/blob_store.h"
#include "blob/inspector.h"
#include "chat/claims.h"
#include "chat/file_records.h"
#include "chat/room.h"
#include "chat/turns.h"
#include "model/event.h"
#include "store/directory.h"
#include "store/event_log.h"
#include "store/records.h"

namespace homing::chat {

struct FileLimits {
  std::uint64_t account_bytes = std::numeric_limits<std::uint64_t>::max();  // of one account's uploads
  std::chrono::milliseconds unused = std::chrono::hours(24);  // how long a file stays that nothing needs
};

enum class Announced { no, yes };  // how long an upload will be

// What the uploader says.
struct NewFile {
  std::string name;
  std::string mime_type;  // empty: whatever it is
  Metadata metadata = Metadata::keep;
  Time expires;  // 0: never
  std::chrono::milliseconds unused{0};  // how long it stays at least though nothing needs it, if that is longer
};

struct OpenFile {
  File file;
  OpenBlob blob;
};

struct FoundFile {
  File file;
  std::optional<Showing> showing;  // where it is shown to who asks; nothing: an upload of their own
};
struct FilePage {
  std::vector<FoundFile> files;
  std::string next;  // `after` of the next page; empty: that was all
};

// What one step of sweeping took away, or would.
struct Swept {
  std::uint64_t files = 0;
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;  // of those blobs
  std::uint64_t uploads = 0;  // that were not completed in time
};
struct SweepStep {
  Swept swept;
  std::string next;  // `place` of the next step; empty: that was the last
};
enum class Sweep { real, dry };

inline constexpr std::size_t kInspectionsAtOnce = 2;  // of one account; its further ones wait for their turn

using UploadHold = std::shared_ptr<const void>;

struct FilesMetrics {
  std::atomic<std::uint64_t> added{0};
  std::atomic<std::uint64_t> refused{0};  // uploads that were complete: wrong type, too big, damaged, no room
  std::atomic<std::uint64_t> swept_files{0};
  std::atomic<std::uint64_t> swept_bytes{0};
  std::atomic<std::uint64_t> sweeps{0};  // that came to their end
};

class Files {
 public:
  Files(Records& records, BlobStore& blobs, Inspector& inspector, Directory& directory, EventLog& log, Clock& clock,
        Random& random, FileLimits limits = {});

  // --- uploading ---
  // An upload in one go: write, finish, add. `size`: what is announced, or the most that it may be. Writing more than that
  // is `media_too_big`, more than the account or the server has room for `quota_exceeded`: what is announced has its room
  // from the beginning, else it takes room as it comes. `rate_limited` with too many of the account's under way.
  Task<Result<std::unique_ptr<BlobWriter>>> begin(AccountId owner, std::uint64_t size,
                                                  Announced announced = Announced::yes);
  // Makes a file of it, once the bytes have been looked at. On disk when this returns. What is refused leaves nothing.
  Task<Result<File>> add(AccountId owner, StoredBlob stored, NewFile about);
  // Bytes of which no file is to be made after all. They go, unless something else has the same.
  Task<void> drop(StoredBlob stored);
  Task<Result<Usage>> usage(AccountId owner) { return room_.usage(owner); }
  Room& room() { return room_; }

  // --- fetching and sending ---
  // `media_unknown` for who may not see it, whether it exists or not.
  Task<Result<File>> find(AccountId account, FileId id);
  Task<Result<OpenFile>> open(AccountId account, FileId id);
  // Before an event that shows these files is appended: `media_unknown`, field "media", unless this account may send each
  // of them. They stay for a while from now on, until shown() has been told.
  Task<Result<void>> claim(AccountId account, std::vector<FileId> ids);
  // By its owner: who was sent it keeps it, nobody can send it again. A second time is `media_unknown`. What was never sent
  // makes room at once.
  Task<Result<void>> erase(AccountId account, FileId id);
  // Own uploads and what is shown in the account's conversations whose name contains `part`, whatever its capitals.
  Task<Result<FilePage>> search(AccountId account, std::string part, std::size_t limit, std::string after);

  // Before an account says that this is its picture, and after it says so no more. (What a group says is in the log.)
  Task<Result<void>> keep(AccountId account, FileId id);
  Task<Result<void>> release(AccountId account, FileId id);
  // A small JPEG of it; empty if there is none. For who may know what it looks like though not fetch it.
  Task<Result<std::string>> thumbnail(FileId id);

  // --- following the log ---
  // Delivery says which events there are before it tells anybody. Again is fine.
  Task<Result<void>> shown(std::vector<Envelope> envelopes);

  // --- cleaning up ---
  // One bounded step; begin with an empty place. A dry one only says what a real one would do.
  Task<Result<SweepStep>> sweep(std::string place, Sweep how);

  // Forgets an upload in pieces and what there is of it; `conflict` while a request writes it or it is completed.
  Task<Result<void>> end_upload(Upload upload);
  // While somebody holds an upload nobody else completes or ends it. Null while somebody does.
  UploadHold hold_upload(const std::string& id);
  bool upload_held(const std::string& id) const;
  // As end_upload, by who holds it.
  Task<Result<void>> forget(Upload upload);

  const FilesMetrics& metrics() const { return metrics_; }
  const FileLimits& limits() const { return limits_; }

 private:
  struct Stored {
    File file;
    std::string bytes;  // as the record has it, for conditions
  };
  struct Search;
  Task<Result<Stored>> stored(FileId id);
  Task<Result<Stored>> sendable(AccountId account, FileId id);
  Task<Result<StoredBlob>> store(std::string bytes);
  Task<Result<File>> write_down(File file);
  Task<Result<void>> drop_unused(BlobId blob);
  Task<Result<bool>> referred(BlobId blob);

  // Whether the event is there, shows the file and has not expired; with an account: whether it may see it now.
  Task<Result<bool>> shows(FileId id, Showing showing, AccountId account);
  // Whether it is this one's picture now, and whether it is one that the account may look at.
  Task<Result<bool>> holds(Holder holder, FileId id);
  Task<Result<bool>> pictured_for(AccountId account, FileId id);
  Task<Result<bool>> shown_picture(Holder holder, AccountId account);
  Task<Result<bool>> any_holder(FileId id, Sweep how);
  Task<Result<std::optional<Showing>>> first_visible(AccountId account, FileId id);
  Task<Result<std::optional<Showing>>> first_visible_by_conversation(AccountId account, FileId id);
  Task<Result<std::optional<Showing>>> first_visible_in(AccountId account, FileId id, std::vector<Record> showings);

  Task<Result<void>> search_own(Search& search, std::string after);
  Task<Result<void>> search_shown(Search& search, std::string after);
  Task<Result<bool>> search_conversation(Search& search, ConversationId conversation, std::string from);

  Task<Result<SweepStep>> sweep_files(std::string after, Sweep how);
  Task<Result<SweepStep>> sweep_uploads(std::string after, Sweep how);
  Task<Result<SweepStep>> sweep_pieces(std::string after, Sweep how);
  Task<Result<SweepStep>> sweep_blobs(std::string after, Sweep how);
  Task<Result<bool>> needed(File file, Sweep how);
  Task<Result<bool>> any_showing(FileId id, Sweep how);
  Task<Result<bool>> last_of_its_bytes(File file, Sweep how);
  Task<Result<bool>> take_away(Stored stored);
  Task<Result<bool>> take_unsent(Stored stored);
  Task<Result<bool>> any(std::string prefix);

  Records& records_;
  BlobStore& blobs_;
  Inspector& inspector_;
  Directory& directory_;
  EventLog& log_;
  Clock& clock_;
  Random& random_;
  const FileLimits limits_;
  Room room_;
  using Names = Guarded<std::set<std::string>>;
  const std::shared_ptr<Names> held_ = std::make_shared<Names>();  // uploads; a hold may outlive this
  Claims claims_;
  Turns inspections_{clock_, {.of_account = kInspectionsAtOnce}};
  FilesMetrics metrics_;
};

}  // namespace homing::chat
