// MemoryStore as a Directory.
#include <algorithm>

#include "store/memory.h"
#include "store/newest.h"

namespace homing {
namespace {

template <class Map, class Key>
auto found_in(const Map& map, const Key& key) -> Result<typename Map::mapped_type> {
  auto found = map.find(key);
  if (found == map.end()) return fail(Code::not_found);
  return found->second;
}

// `stored` is the version on disk, 0 when there is none.
template <class Record>
bool moved(const Record& record, std::uint64_t stored) {
  return record.version != stored;
}

}  // namespace

Task<Result<std::shared_ptr<const Account>>> MemoryStore::account(AccountId id) {
  co_await turn();
  co_return found_in(disk_.accounts, id);
}

Task<Result<AccountId>> MemoryStore::account_by_phone(std::string phone) {
  co_await turn();
  co_return found_in(disk_.phones, phone);
}

Task<Result<std::shared_ptr<const Device>>> MemoryStore::device(DeviceId id) {
  co_await turn();
  co_return found_in(disk_.devices, id);
}

Task<Result<std::vector<Device>>> MemoryStore::devices_of(AccountId account) {
  co_await turn();
  std::vector<Device> devices;
  for (const auto& [id, device] : disk_.devices) {
    if (device->account == account) devices.push_back(*device);
  }
  co_return devices;
}

Task<Result<Ticket>> MemoryStore::ticket(std::string key) {
  co_await turn();
  co_return found_in(disk_.tickets, key);
}

Task<Result<std::shared_ptr<const Conversation>>> MemoryStore::conversation(ConversationId id) {
  co_await turn();
  co_return found_in(disk_.conversations, id);
}

Task<Result<Page<ConversationId>>> MemoryStore::conversations_of(AccountId account, ConversationId after,
                                                                 std::size_t limit) {
  co_await turn();
  Page<ConversationId> page;
  auto& memberships = disk_.memberships[account];
  for (auto it = memberships.upper_bound(after); it != memberships.end(); ++it) {
    if (page.items.size() == limit) {
      page.more = More::yes;
      break;
    }
    page.items.push_back(it->first);
  }
  co_return page;
}

Task<Result<std::vector<ConversationId>>> MemoryStore::newest_conversations_of(AccountId account, std::size_t limit) {
  co_await turn();
  std::vector<std::pair<Commit, ConversationId>> places;
  for (const auto& [id, member] : disk_.memberships[account]) {
    if (places.size() == kConversationsComparedMax) break;
    auto head = disk_.heads.find(id);
    auto place = head == disk_.heads.end() ? disk_.index.end() : disk_.index.find({id, head->second});
    places.emplace_back(place == disk_.index.end() ? Commit{} : place->second, id);
  }
  co_return newest_of(std::move(places), limit);
}

Task<Result<Page<Account>>> MemoryStore::accounts(AccountId after, std::size_t limit) {
  co_await turn();
  Page<Account> page;
  for (auto it = disk_.accounts.upper_bound(after); it != disk_.accounts.end(); ++it) {
    if (page.items.size() == limit) {
      page.more = More::yes;
      break;
    }
    page.items.push_back(*it->second);
  }
  co_return page;
}

Task<Result<Page<Ticket>>> MemoryStore::tickets(std::string after, std::size_t limit) {
  co_await turn();
  Page<Ticket> page;
  for (auto it = disk_.tickets.upper_bound(after); it != disk_.tickets.end(); ++it) {
    if (page.items.size() == limit) {
      page.more = More::yes;
      break;
    }
    page.items.push_back(it->second);
  }
  co_return page;
}

Task<Result<std::uint64_t>> MemoryStore::put(Account account) {
  co_await turn();
  auto stored = disk_.accounts.find(account.id);
  if (moved(account, stored == disk_.accounts.end() ? 0 : stored->second->version)) co_return fail(Code::conflict);
  auto holder = disk_.phones.find(account.phone);
  bool active = account.life == Life::active;
  if (active && holder != disk_.phones.end() && holder->second != account.id) co_return fail(Code::phone_taken);
  if (fate(faults_.on_put) == Fate::refused) co_return fail(Code::read_only);

  if (stored != disk_.accounts.end()) {
    auto before = disk_.phones.find(stored->second->phone);
    if (before != disk_.phones.end() && before->second == account.id) disk_.phones.erase(before);
  }
  if (active) disk_.phones[account.phone] = account.id;
  std::uint64_t version = ++account.version;
  AccountId id = account.id;
  disk_.accounts[id] = std::make_shared<const Account>(std::move(account));
  co_return version;
}

Task<Result<std::uint64_t>> MemoryStore::put(Device device) {
  co_await turn();
  auto stored = disk_.devices.find(device.id);
  if (moved(device, stored == disk_.devices.end() ? 0 : stored->second->version)) co_return fail(Code::conflict);
  if (fate(faults_.on_put) == Fate::refused) co_return fail(Code::read_only);
  std::uint64_t version = ++device.version;
  DeviceId id = device.id;
  disk_.devices[id] = std::make_shared<const Device>(std::move(device));
  co_return version;
}

Task<Result<std::uint64_t>> MemoryStore::put(Ticket ticket) {
  co_await turn();
  auto stored = disk_.tickets.find(ticket.key);
  if (moved(ticket, stored == disk_.tickets.end() ? 0 : stored->second.version)) co_return fail(Code::conflict);
  if (fate(faults_.on_put) == Fate::refused) co_return fail(Code::read_only);
  std::uint64_t version = ++ticket.version;
  std::string key = ticket.key;
  disk_.tickets[key] = std::move(ticket);
  co_return version;
}

Task<Result<void>> MemoryStore::erase(Ticket ticket) {
  co_await turn();
  auto stored = disk_.tickets.find(ticket.key);
  if (stored == disk_.tickets.end() || stored->second.version != ticket.version) co_return fail(Code::conflict);
  if (fate(faults_.on_put) == Fate::refused) co_return fail(Code::read_only);
  disk_.tickets.erase(stored);
  co_return Result<void>{};
}

Task<Result<std::vector<MemberReceipt>>> MemoryStore::marks(ConversationId conversation) {
  co_await turn();
  std::vector<MemberReceipt> result;
  for (const auto& [account, receipt] : derived_.marks[conversation]) result.push_back(MemberReceipt{account, receipt});
  co_return result;
}

Task<Result<MarksChange>> MemoryStore::merge(ConversationId conversation, AccountId account, Receipt receipt,
                                             Durable durable) {
  co_await turn();
  if (durable == Durable::now && fate(faults_.on_put) == Fate::refused) co_return fail(Code::read_only);
  auto& marks = derived_.marks[conversation];
  MarksChange change;
  if (auto known = marks.find(account); known != marks.end()) change.was = known->second;
  change.is = merged(change.was, receipt);
  if (change.was != change.is) {
    for (const auto& [member, mark] : marks) change.before.push_back(MemberReceipt{member, mark});
    marks[account] = change.is;
  }
  if (durable == Durable::now) flush();
  co_return change;
}

}  // namespace homing
