// The stores with a counter in front, so that a test knows when nothing is under way any more also where the store
// has threads of its own. Owned by TestServer; used on its thread only.
#pragma once

#include "store/directory.h"
#include "store/event_log.h"
#include "store/inbox.h"
#include "store/records.h"

namespace homing::test {

class WatchedStore final : public EventLog, public Inbox, public Directory, public Records {
 public:
  WatchedStore(EventLog& log, Inbox& inbox, Directory& directory, Records& records)
      : log_(log), inbox_(inbox), directory_(directory), records_(records) {}

  // No call is waiting for its answer, and Delivery has got everything that was committed.
  bool quiet() const { return calls_ == 0 && followed_ >= committed_; }

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

  Task<Result<std::string>> record(std::string name) override;
  Task<Result<Page<Record>>> records(std::string from, std::string to, std::size_t limit) override;
  Task<Result<void>> write(std::vector<RecordChange> changes, Durable durable) override;

  Task<Result<std::vector<MemberReceipt>>> marks(ConversationId conversation) override;
  Task<Result<MarksChange>> merge(ConversationId conversation, AccountId account, Receipt receipt,
                                  Durable durable) override;

 private:
  template <class T>
  Task<T> counted(Task<T> call);

  EventLog& log_;
  Inbox& inbox_;
  Directory& directory_;
  Records& records_;
  int calls_ = 0;
  Commit committed_;
  Commit followed_;
};

}  // namespace homing::test
