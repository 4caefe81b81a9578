// RocksStore as a Directory, and as an Inbox.
#include <algorithm>

#include "store/newest.h"
#include "store/rocks/committed.h"
#include "store/rocks/keys.h"
#include "wire/stored.h"

namespace homing {

using rocks::Family;
using rocks::Group;
using rocks::key;
using rocks::Look;
using rocks::Reach;

// Keys of the directory family: 'a' account, 'p' phone, 'd' device, 'v' device of an account, 't' ticket,
// 'c' conversation, 'm' membership, 'h' newest Seq of a conversation (written behind).

namespace {

template <class Record>
std::uint64_t version_of(const Result<Record>& stored) {
  return stored ? stored->version : 0;
}

template <class Cache, class Id, class Load>
auto cached(Cache& cache, Id id, rocks::Database& database, const std::string& name, Load load, Look& look)
    -> Result<std::shared_ptr<const typename decltype(load(std::string_view{}))::value_type>> {
  if (auto known = cache.find(id)) return *known;
  std::uint64_t edition = cache.edition(id);
  auto bytes = database.get(Family::directory, name, look);
  if (!bytes) return std::unexpected(bytes.error());
  auto loaded = load(std::string_view(*bytes));
  if (!loaded) return std::unexpected(loaded.error());
  using Record = typename decltype(load(std::string_view{}))::value_type;
  return cache.offer(id, std::make_shared<const Record>(std::move(*loaded)), edition);
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
  auto read = [this, id](Look& look) {
    return cached(accounts_, id, *database_, key('a', id.value), wire::load_account, look);
  };
  Look look(Reach::memory);
  if (auto found = read(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(read));
}

Task<Result<std::shared_ptr<const Conversation>>> RocksStore::conversation(ConversationId id) {
  auto read = [this, id](Look& look) {
    return cached(conversations_, id, *database_, key('c', id.value), wire::load_conversation, look);
  };
  Look look(Reach::memory);
  if (auto found = read(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(read));
}

Task<Result<std::shared_ptr<const Device>>> RocksStore::device(DeviceId id) {
  auto read = [this, id](Look& look) { return device(id, look); };
  Look look(Reach::memory);
  if (auto found = read(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(read));
}

Result<std::shared_ptr<const Device>> RocksStore::device(DeviceId id, Look& look) {
  return cached(devices_, id, *database_, key('d', id.value), wire::load_device, look);
}

Task<Result<AccountId>> RocksStore::account_by_phone(std::string phone) {
  auto read = [this, name = key('p', phone)](Look& look) -> Result<AccountId> {
    auto bytes = database_->get(Family::directory, name, look);
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->size() != 8) return fail(Code::corrupt, "A stored phone number cannot be read.");
    return AccountId{rocks::get_u64(*bytes)};
  };
  Look look(Reach::memory);
  if (auto found = read(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(read));
}

Task<Result<std::vector<Device>>> RocksStore::devices_of(AccountId account) {
  auto read = [this, account](Look& look) { return devices(account, look); };
  Look look(Reach::memory);
  if (auto found = read(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(read));
}

Result<std::vector<Device>> RocksStore::devices(AccountId account, Look& look) {
  std::vector<DeviceId> ids;
  auto scanned = database_->scan(Family::directory, key('v', account.value), key('v', account.value + 1), look,
                                 [&](std::string_view name, std::string_view) {
                                   ids.push_back(DeviceId{rocks::get_u64(name, 9)});
                                   return true;
                                 });
  if (!scanned) return std::unexpected(scanned.error());
  std::vector<Device> devices;
  for (DeviceId id : ids) {
    auto found = device(id, look);
    if (!found) return std::unexpected(found.error());
    devices.push_back(**found);
  }
  return devices;
}

Task<Result<Ticket>> RocksStore::ticket(std::string name) {
  auto read = [this, name = key('t', name)](Look& look) -> Result<Ticket> {
    auto bytes = database_->get(Family::directory, name, look);
    if (!bytes) return std::unexpected(bytes.error());
    return wire::load_ticket(*bytes);
  };
  Look look(Reach::memory);
  if (auto found = read(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(read));
}

Task<Result<Page<ConversationId>>> RocksStore::conversations_of(AccountId account, ConversationId after,
                                                                std::size_t limit) {
  auto read = [this, account, after, limit](Look& look) { return conversations(account, after, limit, look); };
  Look look(Reach::memory);
  if (auto page = read(look); !look.wants_disk()) co_return page;
  co_return co_await reads_.cold(std::move(read));
}

Result<Page<ConversationId>> RocksStore::conversations(AccountId account, ConversationId after, std::size_t limit,
                                                       Look& look) {
  Page<ConversationId> page;
  auto scanned = database_->scan(Family::directory, key('m', account.value, after.value + 1),
                                 key('m', account.value + 1), look, [&](std::string_view name, std::string_view) {
                                   if (page.items.size() == limit) page.more = More::yes;
                                   if (page.more == More::no)
                                     page.items.push_back(ConversationId{rocks::get_u64(name, 9)});
                                   return page.more == More::no;
                                 });
  if (!scanned) return std::unexpected(scanned.error());
  return page;
}

// Thousands of records may be asked for: never on an I/O thread.
Task<Result<std::vector<ConversationId>>> RocksStore::newest_conversations_of(AccountId account, std::size_t limit) {
  auto read = [this, account, limit](Look& look) { return newest_conversations(account, limit, look); };
  co_return co_await reads_.cold(std::move(read));
}

Result<std::vector<ConversationId>> RocksStore::newest_conversations(AccountId account, std::size_t limit, Look& look) {
  auto ids = conversations(account, {}, kConversationsComparedMax, look);
  if (!ids) return std::unexpected(ids.error());
  std::vector<std::pair<Commit, ConversationId>> places;
  places.reserve(ids->items.size());
  for (ConversationId id : ids->items) {
    auto head = head_of(id, look);
    if (!head) return std::unexpected(head.error());
    auto place = overlay_.find(id, head->seq);
    if (!place) {
      auto stored = database_->get(Family::index, key(id, head->seq), look);
      if (!stored && stored.error().code != Code::not_found) return std::unexpected(stored.error());
      place = stored && stored->size() == 8 ? Commit{rocks::get_u64(*stored)} : Commit{};
    }
    places.emplace_back(*place, id);
  }
  return newest_of(std::move(places), limit);
}

Task<Result<Page<Account>>> RocksStore::accounts(AccountId after, std::size_t limit) {
  auto read = [this, after, limit](Look& look) { return accounts(after, limit, look); };
  Look look(Reach::memory);
  if (auto page = read(look); !look.wants_disk()) co_return page;
  co_return co_await reads_.cold(std::move(read));
}

Result<Page<Account>> RocksStore::accounts(AccountId after, std::size_t limit, Look& look) {
  Page<Account> page;
  Result<void> readable;
  auto scanned = database_->scan(Family::directory, key('a', after.value + 1), std::string(1, 'a' + 1), look,
                                 [&](std::string_view, std::string_view value) {
                                   if (page.items.size() == limit) page.more = More::yes;
                                   if (page.more == More::yes) return false;
                                   auto account = wire::load_account(value);
                                   if (!account) readable = std::unexpected(account.error());
                                   if (account) page.items.push_back(std::move(*account));
                                   return account.has_value();
                                 });
  if (!scanned) return std::unexpected(scanned.error());
  if (!readable) return std::unexpected(readable.error());
  return page;
}

Task<Result<Page<Ticket>>> RocksStore::tickets(std::string after, std::size_t limit) {
  auto read = [this, limit, after = std::move(after)](Look& look) { return tickets(after, limit, look); };
  Look look(Reach::memory);
  if (auto page = read(look); !look.wants_disk()) co_return page;
  co_return co_await reads_.cold(std::move(read));
}

Result<Page<Ticket>> RocksStore::tickets(const std::string& after, std::size_t limit, Look& look) {
  Page<Ticket> page;
  Result<void> readable;
  auto scanned = database_->scan(Family::directory, key('t', after) + '\0', std::string(1, 't' + 1), look,
                                 [&](std::string_view, std::string_view value) {
                                   if (page.items.size() == limit) page.more = More::yes;
                                   if (page.more == More::yes) return false;
                                   auto ticket = wire::load_ticket(value);
                                   if (!ticket) readable = std::unexpected(ticket.error());
                                   if (ticket) page.items.push_back(std::move(*ticket));
                                   return ticket.has_value();
                                 });
  if (!scanned) return std::unexpected(scanned.error());
  if (!readable) return std::unexpected(readable.error());
  return page;
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
      Look look(Reach::disk);
      (void)inboxes_.remove(changed->account, changed->id,
                            look);  // what cannot be read now is read again when it is needed
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
  auto read = [this, conversation](Look& look) { return marks_.of(conversation, look); };
  Look look(Reach::memory);
  if (auto found = read(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(read));
}

// What lies on disk is fetched before the moment is held, so that nobody waits for the disk with it.
Result<MarksChange> RocksStore::merge(ConversationId conversation, AccountId account, Receipt receipt, Look& look) {
  if (look.reach() == Reach::disk) {
    if (auto known = marks_.know(conversation, look); !known) return std::unexpected(known.error());
  }
  std::shared_lock moment(moment_);
  return marks_.merge(conversation, account, receipt, look);
}

Task<Result<MarksChange>> RocksStore::merge(ConversationId conversation, AccountId account, Receipt receipt,
                                            Durable durable) {
  auto merge_now = [this, conversation, account, receipt](Look& look) {
    return merge(conversation, account, receipt, look);
  };
  Look look(Reach::memory);
  auto change = merge_now(look);
  if (look.wants_disk()) change = co_await reads_.cold(std::move(merge_now));
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
  auto read = [this, account, after, limit](Look& look) { return inboxes_.read(account, after, limit, look); };
  Look look(Reach::memory);
  if (auto page = read(look); !look.wants_disk()) co_return page;
  co_return co_await reads_.cold(std::move(read));
}

Task<Result<Cursor>> RocksStore::cursor(AccountId account, DeviceId device) {
  auto read = [this, account, device](Look& look) { return inboxes_.cursor(account, device, look); };
  Look look(Reach::memory);
  if (auto found = read(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(read));
}

Task<Result<Cursor>> RocksStore::move(AccountId account, DeviceId device, Cursor to) {
  auto move_now = [this, account, device, to](Look& look) { return move(account, device, to, look); };
  Look look(Reach::memory);
  if (auto was = move_now(look); !look.wants_disk()) co_return was;
  co_return co_await reads_.cold(std::move(move_now));
}

Result<Cursor> RocksStore::move(AccountId account, DeviceId device, Cursor to, Look& look) {
  if (look.reach() == Reach::disk) {
    if (auto known = inboxes_.know_places(account, look); !known) return std::unexpected(known.error());
  }
  std::shared_lock moment(moment_);
  return inboxes_.move(account, device, to, look);
}

Task<Result<void>> RocksStore::forget(AccountId account, DeviceId device) {
  auto forget_now = [this, account, device](Look& look) { return forget(account, device, look); };
  Look look(Reach::memory);
  if (auto gone = forget_now(look); !look.wants_disk()) co_return gone;
  co_return co_await reads_.cold(std::move(forget_now));
}

Result<void> RocksStore::forget(AccountId account, DeviceId device, Look& look) {
  if (look.reach() == Reach::disk) {
    if (auto known = inboxes_.know_places(account, look); !known) return known;
  }
  std::shared_lock moment(moment_);
  return inboxes_.remove(account, device, look);
}

}  // namespace homing
