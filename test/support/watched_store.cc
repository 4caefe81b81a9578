#include "watched_store.h"

#include <algorithm>

namespace homing::test {

template <class T>
Task<T> WatchedStore::counted(Task<T> call) {
  struct Count {
    explicit Count(int& calls) : calls(calls) { ++calls; }
    ~Count() { --calls; }
    int& calls;
  } count(calls_);
  co_return co_await std::move(call);
}

Task<Result<Envelope>> WatchedStore::append(Draft draft) {
  auto envelope = co_await counted(log_.append(std::move(draft)));
  if (envelope) committed_ = std::max(committed_, envelope->commit);
  co_return envelope;
}

Task<Result<Followed>> WatchedStore::follow(Partition partition, Commit after, std::size_t limit) {
  auto followed = co_await log_.follow(partition, after, limit);
  if (followed) followed_ = std::max(followed_, followed->next);
  co_return followed;
}

Task<Result<Commit>> WatchedStore::advance(Partition partition) {
  auto commit = co_await counted(log_.advance(partition));
  if (commit) committed_ = std::max(committed_, *commit);
  co_return commit;
}

Task<Result<std::optional<Envelope>>> WatchedStore::find(DeviceId device, ClientId id) {
  return counted(log_.find(device, id));
}
Task<Result<Page<Envelope>>> WatchedStore::read(ConversationId conversation, Seq from, Seq to, std::size_t limit) {
  return counted(log_.read(conversation, from, to, limit));
}
Task<Result<Seq>> WatchedStore::head(ConversationId conversation) { return counted(log_.head(conversation)); }
Task<Result<std::vector<Envelope>>> WatchedStore::get(std::vector<EventRef> refs) {
  return counted(log_.get(std::move(refs)));
}
Task<Result<Commit>> WatchedStore::retain(Retention retention, Time now) {
  return counted(log_.retain(retention, now));
}

Task<Result<void>> WatchedStore::post(std::vector<Post> posts) { return counted(inbox_.post(std::move(posts))); }
Task<Result<void>> WatchedStore::set_bookmark(Commit through) { return counted(inbox_.set_bookmark(through)); }
Task<Result<Commit>> WatchedStore::bookmark() { return counted(inbox_.bookmark()); }
Task<Result<Page<Notice>>> WatchedStore::read(AccountId account, Cursor after, std::size_t limit) {
  return counted(inbox_.read(account, after, limit));
}
Task<Result<Cursor>> WatchedStore::move(AccountId account, DeviceId device, Cursor to) {
  return counted(inbox_.move(account, device, to));
}
Task<Result<Cursor>> WatchedStore::cursor(AccountId account, DeviceId device) {
  return counted(inbox_.cursor(account, device));
}
Task<Result<void>> WatchedStore::forget(AccountId account, DeviceId device) {
  return counted(inbox_.forget(account, device));
}

Task<Result<std::shared_ptr<const Account>>> WatchedStore::account(AccountId id) {
  return counted(directory_.account(id));
}
Task<Result<AccountId>> WatchedStore::account_by_phone(std::string phone) {
  return counted(directory_.account_by_phone(std::move(phone)));
}
Task<Result<std::shared_ptr<const Device>>> WatchedStore::device(DeviceId id) { return counted(directory_.device(id)); }
Task<Result<std::vector<Device>>> WatchedStore::devices_of(AccountId account) {
  return counted(directory_.devices_of(account));
}
Task<Result<Ticket>> WatchedStore::ticket(std::string key) { return counted(directory_.ticket(std::move(key))); }
Task<Result<std::shared_ptr<const Conversation>>> WatchedStore::conversation(ConversationId id) {
  return counted(directory_.conversation(id));
}
Task<Result<Page<ConversationId>>> WatchedStore::conversations_of(AccountId account, ConversationId after,
                                                                  std::size_t limit) {
  return counted(directory_.conversations_of(account, after, limit));
}
Task<Result<std::vector<ConversationId>>> WatchedStore::newest_conversations_of(AccountId account, std::size_t limit) {
  return counted(directory_.newest_conversations_of(account, limit));
}
Task<Result<Page<Account>>> WatchedStore::accounts(AccountId after, std::size_t limit) {
  return counted(directory_.accounts(after, limit));
}
Task<Result<Page<Ticket>>> WatchedStore::tickets(std::string after, std::size_t limit) {
  return counted(directory_.tickets(std::move(after), limit));
}
Task<Result<std::uint64_t>> WatchedStore::put(Account account) { return counted(directory_.put(std::move(account))); }
Task<Result<std::uint64_t>> WatchedStore::put(Device device) { return counted(directory_.put(std::move(device))); }
Task<Result<std::uint64_t>> WatchedStore::put(Ticket ticket) { return counted(directory_.put(std::move(ticket))); }
Task<Result<void>> WatchedStore::erase(Ticket ticket) { return counted(directory_.erase(std::move(ticket))); }
Task<Result<std::vector<MemberReceipt>>> WatchedStore::marks(ConversationId conversation) {
  return counted(directory_.marks(conversation));
}
Task<Result<MarksChange>> WatchedStore::merge(ConversationId conversation, AccountId account, Receipt receipt,
                                              Durable durable) {
  return counted(directory_.merge(conversation, account, receipt, durable));
}

Task<Result<std::string>> WatchedStore::record(std::string name) { return counted(records_.record(std::move(name))); }
Task<Result<Page<Record>>> WatchedStore::records(std::string from, std::string to, std::size_t limit) {
  return counted(records_.records(std::move(from), std::move(to), limit));
}
Task<Result<void>> WatchedStore::write(std::vector<RecordChange> changes, Durable durable) {
  return counted(records_.write(std::move(changes), durable));
}

}  // namespace homing::test
