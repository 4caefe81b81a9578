// RocksStore as a Directory, and as an Inbox.
#include <algorithm>

#include "store/rocks/committed.h"
#include "store/rocks/keys.h"
#include "wire/stored.h"

namespace homing {

using rocks::Family;
using rocks::Group;
using rocks::key;

// Keys of the directory family: 'a' account, 'p' phone, 'd' device, 'v' device of an account, 't' ticket,
// 'c' conversation, 'm' membership, 'h' newest Seq of a conversation (written behind).

namespace {

template <class Record>
std::uint64_t version_of(const Result<Record>& stored) {
  return stored ? stored->version : 0;
}

template <class Cache, class Id, class Load>
auto cached(Cache& cache, Id id, rocks::Database& database, const std::string& name, Load load)
    -> Result<std::shared_ptr<const typename decltype(load(std::string_view{}))::value_type>> {
  if (auto known = cache.find(id)) return *known;
  auto bytes = database.get(Family::directory, name);
  if (!bytes) return std::unexpected(bytes.error());
  auto loaded = load(std::string_view(*bytes));
  if (!loaded) return std::unexpected(loaded.error());
  using Record = typename decltype(load(std::string_view{}))::value_type;
  return cache.put_if_absent(id, std::make_shared<const Record>(std::move(*loaded)));
}

}  // namespace

Result<std::string> RocksStore::record(const Group& group, const std::string& name) {
  if (auto staged = group.records.find(name); staged != group.records.end()) {
    if (staged->second.empty()) return fail(Code::not_found);
    return staged->second;
  }
  return database_->get(Family::directory, name);
}

// An empty value takes the record away.
void RocksStore::stage_record(Group& group, const std::string& name, std::string value) {
  if (value.empty()) {
    group.batch.Delete(database_->family(Family::directory), name);
  } else {
    group.batch.Put(database_->family(Family::directory), name, value);
  }
  group.records[name] = std::move(value);
}

void RocksStore::stage_conversation(Group& group, Conversation conversation, Seq seq) {
  for (Membership& membership : conversation.members) {
    if (membership.since == kThisEvent) {
      membership.since = seq;
      group.batch.Put(database_->family(Family::directory), key('m', membership.account.value, conversation.id.value),
                      "m");
    }
    if (membership.until == kThisEvent) membership.until = seq;
  }
  conversation.version = Version{seq.value};
  group.batch.Put(database_->family(Family::directory), key('c', conversation.id.value), wire::store(conversation));
  group.conversations.push_back(std::make_shared<const Conversation>(std::move(conversation)));
}

Task<Result<std::shared_ptr<const Account>>> RocksStore::account(AccountId id) {
  co_return cached(accounts_, id, *database_, key('a', id.value), wire::load_account);
}

Task<Result<std::shared_ptr<const Device>>> RocksStore::device(DeviceId id) {
  co_return cached(devices_, id, *database_, key('d', id.value), wire::load_device);
}

Task<Result<std::shared_ptr<const Conversation>>> RocksStore::conversation(ConversationId id) {
  co_return cached(conversations_, id, *database_, key('c', id.value), wire::load_conversation);
}

Task<Result<AccountId>> RocksStore::account_by_phone(std::string phone) {
  auto bytes = database_->get(Family::directory, key('p', phone));
  if (!bytes) co_return std::unexpected(bytes.error());
  if (bytes->size() != 8) co_return fail(Code::corrupt, "A stored phone number cannot be read.");
  co_return AccountId{rocks::get_u64(*bytes)};
}

Task<Result<std::vector<Device>>> RocksStore::devices_of(AccountId account) {
  std::vector<DeviceId> ids;
  auto scanned = database_->scan(Family::directory, key('v', account.value), key('v', account.value + 1),
                                 [&](std::string_view name, std::string_view) {
                                   ids.push_back(DeviceId{rocks::get_u64(name, 9)});
                                   return true;
                                 });
  if (!scanned) co_return std::unexpected(scanned.error());
  std::vector<Device> devices;
  for (DeviceId id : ids) {
    auto device = co_await this->device(id);
    if (!device) co_return std::unexpected(device.error());
    devices.push_back(**device);
  }
  co_return devices;
}

Task<Result<Ticket>> RocksStore::ticket(std::string name) {
  auto bytes = database_->get(Family::directory, key('t', name));
  if (!bytes) co_return std::unexpected(bytes.error());
  co_return wire::load_ticket(*bytes);
}

Task<Result<Page<ConversationId>>> RocksStore::conversations_of(AccountId account, ConversationId after,
                                                                std::size_t limit) {
  Page<ConversationId> page;
  auto scanned = database_->scan(Family::directory, key('m', account.value, after.value + 1),
                                 key('m', account.value + 1), [&](std::string_view name, std::string_view) {
                                   if (page.items.size() == limit) page.more = More::yes;
                                   if (page.more == More::no)
                                     page.items.push_back(ConversationId{rocks::get_u64(name, 9)});
                                   return page.more == More::no;
                                 });
  if (!scanned) co_return std::unexpected(scanned.error());
  co_return page;
}

Task<Result<Page<Account>>> RocksStore::accounts(AccountId after, std::size_t limit) {
  Page<Account> page;
  Result<void> readable;
  auto scanned = database_->scan(Family::directory, key('a', after.value + 1), std::string(1, 'a' + 1),
                                 [&](std::string_view, std::string_view value) {
                                   if (page.items.size() == limit) page.more = More::yes;
                                   if (page.more == More::yes) return false;
                                   auto account = wire::load_account(value);
                                   if (!account) readable = std::unexpected(account.error());
                                   if (account) page.items.push_back(std::move(*account));
                                   return account.has_value();
                                 });
  if (!scanned) co_return std::unexpected(scanned.error());
  if (!readable) co_return std::unexpected(readable.error());
  co_return page;
}

Task<Result<Page<Ticket>>> RocksStore::tickets(std::string after, std::size_t limit) {
  Page<Ticket> page;
  Result<void> readable;
  auto scanned = database_->scan(Family::directory, key('t', after) + '\0', std::string(1, 't' + 1),
                                 [&](std::string_view, std::string_view value) {
                                   if (page.items.size() == limit) page.more = More::yes;
                                   if (page.more == More::yes) return false;
                                   auto ticket = wire::load_ticket(value);
                                   if (!ticket) readable = std::unexpected(ticket.error());
                                   if (ticket) page.items.push_back(std::move(*ticket));
                                   return ticket.has_value();
                                 });
  if (!scanned) co_return std::unexpected(scanned.error());
  if (!readable) co_return std::unexpected(readable.error());
  co_return page;
}

Task<Result<std::uint64_t>> RocksStore::put(Account account) {
  auto changed = std::make_shared<Account>(std::move(account));
  std::function<Result<std::uint64_t>(Group&)> stage = [this, changed](Group& group) -> Result<std::uint64_t> {
    auto bytes = record(group, key('a', changed->id.value));
    if (!bytes && bytes.error().code != Code::not_found) return std::unexpected(bytes.error());
    Result<Account> stored = bytes ? wire::load_account(*bytes) : fail(Code::not_found);
    if (bytes && !stored) return std::unexpected(stored.error());
    if (version_of(stored) != changed->version) return fail(Code::conflict);

    bool active = changed->life == Life::active;
    auto holder = record(group, key('p', changed->phone));
    bool others = holder && holder->size() == 8 && rocks::get_u64(*holder) != changed->id.value;
    if (active && others) return fail(Code::phone_taken);
    if (stored && stored->life == Life::active && (stored->phone != changed->phone || !active)) {
      stage_record(group, key('p', stored->phone), {});
    }
    if (active) stage_record(group, key('p', changed->phone), key(changed->id.value));
    ++changed->version;
    stage_record(group, key('a', changed->id.value), wire::store(*changed));
    return changed->version;
  };
  std::function<void(const std::uint64_t&)> publish = [this, changed](const std::uint64_t&) {
    accounts_.put(changed->id, std::make_shared<const Account>(*changed));
  };
  return committed<std::uint64_t>(std::move(stage), std::move(publish));
}

Task<Result<std::uint64_t>> RocksStore::put(Device device) {
  auto changed = std::make_shared<Device>(std::move(device));
  std::function<Result<std::uint64_t>(Group&)> stage = [this, changed](Group& group) -> Result<std::uint64_t> {
    auto bytes = record(group, key('d', changed->id.value));
    if (!bytes && bytes.error().code != Code::not_found) return std::unexpected(bytes.error());
    Result<Device> stored = bytes ? wire::load_device(*bytes) : fail(Code::not_found);
    if (bytes && !stored) return std::unexpected(stored.error());
    if (version_of(stored) != changed->version) return fail(Code::conflict);
    ++changed->version;
    stage_record(group, key('d', changed->id.value), wire::store(*changed));
    stage_record(group, key('v', changed->account.value, changed->id.value),
                 changed->life == Life::active ? "active" : "ended");
    return changed->version;
  };
  std::function<void(const std::uint64_t&)> publish = [this, changed](const std::uint64_t&) {
    devices_.put(changed->id, std::make_shared<const Device>(*changed));
    if (changed->life == Life::active) {
      inboxes_.add(changed->account, changed->id);
    } else {
      (void)inboxes_.remove(changed->account, changed->id);  // what cannot be read now is read again when it is needed
    }
  };
  return committed<std::uint64_t>(std::move(stage), std::move(publish));
}

Task<Result<std::uint64_t>> RocksStore::put(Ticket ticket) {
  auto changed = std::make_shared<Ticket>(std::move(ticket));
  std::function<Result<std::uint64_t>(Group&)> stage = [this, changed](Group& group) -> Result<std::uint64_t> {
    auto bytes = record(group, key('t', changed->key));
    if (!bytes && bytes.error().code != Code::not_found) return std::unexpected(bytes.error());
    Result<Ticket> stored = bytes ? wire::load_ticket(*bytes) : fail(Code::not_found);
    if (bytes && !stored) return std::unexpected(stored.error());
    if (version_of(stored) != changed->version) return fail(Code::conflict);
    ++changed->version;
    stage_record(group, key('t', changed->key), wire::store(*changed));
    return changed->version;
  };
  return committed<std::uint64_t>(std::move(stage));
}

Task<Result<void>> RocksStore::erase(Ticket ticket) {
  auto gone = std::make_shared<const Ticket>(std::move(ticket));
  std::function<Result<bool>(Group&)> stage = [this, gone](Group& group) -> Result<bool> {
    auto bytes = record(group, key('t', gone->key));
    if (!bytes) return fail(bytes.error().code == Code::not_found ? Code::conflict : bytes.error().code);
    auto stored = wire::load_ticket(*bytes);
    if (!stored) return std::unexpected(stored.error());
    if (stored->version != gone->version) return fail(Code::conflict);
    stage_record(group, key('t', gone->key), {});
    return true;
  };
  auto erased = co_await committed<bool>(std::move(stage));
  if (!erased) co_return std::unexpected(erased.error());
  co_return Result<void>{};
}

Task<Result<std::vector<MemberReceipt>>> RocksStore::marks(ConversationId conversation) {
  co_return marks_.of(conversation);
}

Result<MarksChange> RocksStore::merge_now(ConversationId conversation, AccountId account, Receipt receipt) {
  std::shared_lock moment(moment_);
  return marks_.merge(conversation, account, receipt);
}

Task<Result<MarksChange>> RocksStore::merge(ConversationId conversation, AccountId account, Receipt receipt,
                                            Durable durable) {
  auto change = merge_now(conversation, account, receipt);
  if (!change || durable == Durable::later) co_return change;
  auto whole = co_await this->conversation(conversation);
  if (!whole && whole.error().code != Code::not_found) co_return std::unexpected(whole.error());
  // Also when nothing moved: an earlier merge, and the notices about it, may still be on their way to the disk.
  Receipt is = change->is;
  std::function<Result<bool>(Group&)> stage = [this, conversation, account, is,
                                               members = whole.value_or(nullptr)](Group& group) -> Result<bool> {
    if (members) inboxes_.stage_moved(*members, group.batch);
    marks_.stage(conversation, group.batch);
    group.batch.Put(database_->family(Family::marks), key(conversation.value, account.value), wire::store(is));
    return true;
  };
  auto written = co_await committed<bool>(std::move(stage));
  if (!written) co_return std::unexpected(written.error());
  co_return change;
}

Task<Result<void>> RocksStore::post(std::vector<Post> posts) {
  {
    std::shared_lock moment(moment_);
    inboxes_.post(posts);
  }
  co_return Result<void>{};
}
Task<Result<void>> RocksStore::set_bookmark(Commit through) {
  {
    std::shared_lock moment(moment_);
    inboxes_.set_bookmark(through);
  }
  co_return Result<void>{};
}
Task<Result<Commit>> RocksStore::bookmark() { co_return inboxes_.bookmark(); }
Task<Result<Page<Notice>>> RocksStore::read(AccountId account, Cursor after, std::size_t limit) {
  co_return inboxes_.read(account, after, limit);
}
Task<Result<Cursor>> RocksStore::move(AccountId account, DeviceId device, Cursor to) {
  std::shared_lock moment(moment_);  // never held across an await
  co_return inboxes_.move(account, device, to);
}
Task<Result<Cursor>> RocksStore::cursor(AccountId account, DeviceId device) {
  co_return inboxes_.cursor(account, device);
}
Task<Result<void>> RocksStore::forget(AccountId account, DeviceId device) {
  std::shared_lock moment(moment_);
  co_return inboxes_.remove(account, device);
}

}  // namespace homing
