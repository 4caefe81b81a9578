// The three stores in memory: the reference that the conformance suite holds every adapter against, and the world of
// unit tests, scenarios and the simulator.
//
// MemoryDisk is what survives a crash; MemoryStore is what runs on it. The log and the directory's records reach the disk
// at once; all that can be rebuilt (inboxes, cursors, marks, the bookmark) reaches it only in flush(), as in the real
// store. A crash is: stop the io_context, destroy it and the MemoryStore, make new ones on the same disk.
// One thread.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/directory.h"
#include "store/event_log.h"
#include "store/inbox.h"
#include "store/records.h"

namespace homing {

// What can be rebuilt from the log, or said again by devices.
struct MemoryDerived {
  std::map<AccountId, std::map<Cursor, News>> inboxes;
  std::map<AccountId, std::map<DeviceId, Cursor>> cursors;
  std::map<ConversationId, std::map<AccountId, Receipt>> marks;
  Commit bookmark;
};

struct MemoryDisk {
  struct Record {
    Envelope envelope;
    Version version;
  };
  std::map<Commit, Record> log;
  std::map<std::pair<ConversationId, Seq>, Commit> index;
  std::map<std::pair<DeviceId, ClientId>, Commit> client_ids;
  std::map<ConversationId, Seq> heads;
  std::map<ConversationId, std::shared_ptr<const Conversation>> conversations;
  std::map<AccountId, std::shared_ptr<const Account>> accounts;
  std::map<std::string, AccountId> phones;
  std::map<DeviceId, std::shared_ptr<const Device>> devices;
  std::map<std::string, Ticket> tickets;
  std::map<AccountId, std::map<ConversationId, bool>> memberships;
  std::map<std::string, std::string> records;
  Commit last;  // the largest commit number ever handed out
  MemoryDerived derived;
};

// What the disk does to one write. The simulator decides; without it everything is done.
enum class Fate {
  done,
  refused,  // full disk, short write, failed fsync before anything was written: nothing is there
  lost,  // it is written, but the caller is told that it is not known
};

struct MemoryFaults {
  std::function<Fate()> on_append;
  std::function<Fate()> on_put;
  bool interleave = false;  // every call lets others run first
};

class MemoryStore final : public EventLog, public Inbox, public Directory, public Records {
 public:
  explicit MemoryStore(MemoryDisk& disk, Clock& clock, MemoryFaults faults = {});

  EventLog& log() { return *this; }
  Inbox& inbox() { return *this; }
  Directory& directory() { return *this; }
  Records& shelf() { return *this; }

  // Everything derived is on disk now.
  void flush() { disk_.derived = derived_; }

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
  Task<void> turn();
  Fate fate(const std::function<Fate()>& decide) const { return decide ? decide() : Fate::done; }
  Envelope commit(Draft draft);
  void store_conversation(Conversation conversation, Seq seq);
  void wake_followers();
  void trim(AccountId account);
  bool has_active_devices_before(AccountId account, Cursor place) const;

  MemoryDisk& disk_;
  Clock& clock_;
  MemoryFaults faults_;
  MemoryDerived derived_;
  std::uint64_t step_ = 0;  // of the last notice that stands between commits
  Commit stepped_;  // the newest commit that was given steps
  std::list<boost::asio::steady_timer*> followers_;
};

}  // namespace homing
