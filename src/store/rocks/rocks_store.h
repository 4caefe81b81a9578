// The stores on RocksDB, in one process: the default. database.h says what lies where; committer.h how events get
// to the disk; overlay.h, inboxes.h and marks.h what is written behind; reads.h how callers wait for it. Owned by server/; any thread. Destroy it after the
// io_contexts whose coroutines wait for it have stopped running, and before they are destroyed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/directory.h"
#include "store/event_log.h"
#include "store/inbox.h"
#include "store/records.h"
#include "store/rocks/cache.h"
#include "store/rocks/committer.h"
#include "store/rocks/database.h"
#include "store/rocks/inboxes.h"
#include "store/rocks/look.h"
#include "store/rocks/marks.h"
#include "store/rocks/metrics.h"
#include "store/rocks/overlay.h"
#include "store/rocks/reads.h"
#include "store/rocks/recent.h"

namespace homing {

class RocksStore final : public EventLog, public Inbox, public Directory, public Records {
 public:
  // `conflict` when another process has the folder open; `corrupt` when the log does not read back.
  static Result<std::unique_ptr<RocksStore>> open(const std::filesystem::path& path, Clock& clock,
                                                  RocksOptions options = {});
  ~RocksStore() override;
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  EventLog& log() { return *this; }
  Inbox& inbox() { return *this; }
  Directory& directory() { return *this; }
  Records& shelf() { return *this; }

  // Why writes are refused; empty while all is well.
  std::string trouble() const { return database_->trouble(); }
  // Takes short locks; for a scrape now and then.
  rocks::Metrics metrics() const;
  // Everything derived is written now, not later.
  Result<void> flush();
  // Refuses or accepts writes by the room on the disk. The store looks by itself twice a second.
  void look_for_room() { database_->look_for_room(); }
  // Finishes what is queued, writes what is derived, ends the threads. Nothing may be called afterwards.
  void stop();

  Task<Result<Envelope>> append(Draft draft) override;
  Task<Result<std::optional<Envelope>>> find(DeviceId device, ClientId client_id) override;
  Task<Result<Page<Envelope>>> read(ConversationId conversation, Seq from, Seq to, std::size_t limit) override;
  Task<Result<Seq>> head(ConversationId conversation) override;
  Task<Result<std::vector<Envelope>>> get(std::vector<EventRef> refs) override;
  Task<Result<Followed>> follow(Partition partition, Commit after, std::size_t limit) override;
  Task<Result<Commit>> advance(Partition partition) override;
  Task<Result<Commit>> retain(Retention retention, Time now) override;

  Task<Result<void>> post(std::vector<Post> posts) override;
  Task<Result<void>> set_bookmark(Commit through) override;
  Task<Result<Commit>> bookmark() override;
  Task<Result<Page<Notice>>> read(AccountId account, Cursor after, std::size_t limit) override;
  Task<Result<Cursor>> move(AccountId account, DeviceId device, Cursor to) override;
  Task<Result<Cursor>> cursor(AccountId account, DeviceId device) override;
  Task<Result<void>> forget(AccountId account, DeviceId device) override;

  Task<Result<std::shared_ptr<const Account>>> account(AccountId id) override;
  Task<Result<AccountId>> account_by_phone(std::string phone) override;
  Task<Result<std::shared_ptr<const Device>>> device(DeviceId id) override;
  Task<Result<std::vector<Device>>> devices_of(AccountId account) override;
  Task<Result<Ticket>> ticket(std::string key) override;
  Task<Result<std::shared_ptr<const Conversation>>> conversation(ConversationId id) override;
  Task<Result<Page<ConversationId>>> conversations_of(AccountId account, ConversationId after,
                                                      std::size_t limit) override;
  Task<Result<std::vector<ConversationId>>> newest_conversations_of(AccountId account, std::size_t limit) override;
  Task<Result<Page<Account>>> accounts(AccountId after, std::size_t limit) override;
  Task<Result<Page<Ticket>>> tickets(std::string after, std::size_t limit) override;
  Task<Result<std::uint64_t>> put(Account account) override;
  Task<Result<std::uint64_t>> put(Device device) override;
  Task<Result<std::uint64_t>> put(Ticket ticket) override;
  Task<Result<void>> erase(Ticket ticket) override;
  Task<Result<std::vector<MemberReceipt>>> marks(ConversationId conversation) override;
  Task<Result<MarksChange>> merge(ConversationId conversation, AccountId account, Receipt receipt,
                                  Durable durable) override;

  Task<Result<std::string>> record(std::string name) override;
  Task<Result<Page<Record>>> records(std::string from, std::string to, std::size_t limit) override;
  Task<Result<void>> write(std::vector<RecordChange> changes, Durable durable) override;

 private:
  struct Appending;
  RocksStore(std::unique_ptr<rocks::Database> database, Clock& clock, const RocksOptions& options, Commit last,
             Commit bookmark);
  Result<void> replay(Commit derived);
  // Runs `stage` on the committer thread and returns what it made once the group is on disk.
  template <class T>
  Task<Result<T>> committed(std::function<Result<T>(rocks::Group&)> stage, std::function<void(const T&)> publish = {});
  Result<Envelope> stage_append(const Draft& draft, rocks::Group& group);
  Result<void> stage_revisions(const Draft& draft, Seq by, rocks::Group& group, rocks::Look& look);
  Result<std::optional<Commit>> known_client(DeviceId device, const ClientId& id, const rocks::Group* group,
                                             rocks::Look& look);
  // Whether the device never used this id, as far as that can be told by the ids being in order. Committer thread.
  Result<bool> is_above_all(DeviceId device, const ClientId& id, const rocks::Group& group);
  Result<ClientId> largest_id(DeviceId device, const rocks::Group& group);
  Result<rocks::Head> head_of(ConversationId conversation, rocks::Look& look);
  Result<std::string> record(const rocks::Group& group, const std::string& key);
  void stage_record(rocks::Group& group, const std::string& key, std::string value);
  Result<bool> stage_changes(const std::vector<RecordChange>& changes, rocks::Group& group);
  void stage_conversation(rocks::Group& group, Conversation conversation, Seq seq);
  void publish(rocks::Group& group);
  // Reads, with a Look that says how far.
  Result<Envelope> load(Commit commit, rocks::Look& look);
  Result<Page<Envelope>> events(ConversationId conversation, Seq from, Seq to, std::size_t limit, rocks::Look& look);
  Result<std::vector<Envelope>> events(const std::vector<EventRef>& refs, rocks::Look& look);
  Result<Followed> events(Commit after, Commit last, std::size_t limit, rocks::Look& look);
  Result<Page<ConversationId>> conversations(AccountId account, ConversationId after, std::size_t limit,
                                             rocks::Look& look);
  Result<std::vector<ConversationId>> newest_conversations(AccountId account, std::size_t limit, rocks::Look& look);
  Result<Page<Account>> accounts(AccountId after, std::size_t limit, rocks::Look& look);
  Result<Page<Ticket>> tickets(const std::string& after, std::size_t limit, rocks::Look& look);
  Result<std::shared_ptr<const Device>> device(DeviceId id, rocks::Look& look);
  Result<std::vector<Device>> devices(AccountId account, rocks::Look& look);
  Result<Page<Record>> records(const std::string& from, const std::string& to, std::size_t limit, rocks::Look& look);
  Result<MarksChange> merge(ConversationId conversation, AccountId account, Receipt receipt, rocks::Look& look);
  Result<Cursor> move(AccountId account, DeviceId device, Cursor to, rocks::Look& look);
  Result<void> forget(AccountId account, DeviceId device, rocks::Look& look);
  Result<Commit> retain_now(Retention retention, Time now);
  Result<Commit> first_after(Time limit);
  Result<void> flush_derived();
  Result<void> write_owed();
  void write_behind();

  std::unique_ptr<rocks::Database> database_;
  Clock& clock_;
  rocks::Recent recent_;
  rocks::Overlay overlay_;
  rocks::Inboxes inboxes_;
  rocks::Marks marks_;
  rocks::Cache<ConversationId, rocks::Head> heads_{64 << 10};
  rocks::Cache<ConversationId, std::shared_ptr<const Conversation>> conversations_{16 << 10};
  rocks::Cache<AccountId, std::shared_ptr<const Account>> accounts_{16 << 10};
  rocks::Cache<DeviceId, std::shared_ptr<const Device>> devices_{4 << 10};
  // No smaller than the largest client id of each device that wrote lately; none yet of one that wrote once.
  rocks::Cache<DeviceId, std::optional<ClientId>> largest_ids_{64 << 10};

  std::mutex flushing_;  // one flush at a time
  std::vector<rocksdb::WriteBatch> owed_;  // guarded by it: collected, in this order, and not written yet
  std::shared_mutex moment_;  // held alone while what is derived is collected; shared by all that changes it
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> events_{0};  // committed
  rocks::Reads reads_;
  std::unique_ptr<rocks::Committer> committer_;
  std::thread writer_behind_;
};

}  // namespace homing
