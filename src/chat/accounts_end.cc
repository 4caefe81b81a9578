// Accounts: how devices, accounts and tickets end.
#include "chat/accounts.h"
#include "chat/client_ids.h"
#include "chat/rules.h"
#include "wire/seal.h"

namespace homing::chat {
namespace {

constexpr int kAttempts = 5;  // when somebody changes the same record at the same moment
constexpr std::size_t kConversationsAtOnce = 200;
constexpr DeviceId kServer{};  // the device of what the server does by itself

}  // namespace

Task<Result<Device>> Accounts::revoke(DeviceId id) {
  auto device = co_await directory_.device(id);
  if (!device) co_return std::unexpected(device.error());
  Device copy = **device;
  co_return co_await end_device(std::move(copy));
}

Task<Result<Device>> Accounts::end_device(Device device) {
  if (device.life == Life::active) {
    device.life = Life::ended;
    device.secret_hash = {};
    auto stored = co_await directory_.put(device);
    if (!stored) co_return std::unexpected(stored.error());
    device.version = *stored;
  }
  auto forgotten = co_await inbox_.forget(device.account, device.id);
  if (!forgotten) co_return std::unexpected(forgotten.error());
  co_return device;
}

Task<Result<AccountId>> Accounts::end_devices(std::string phone) {
  auto normal = normal_phone(phone);
  if (!normal) co_return std::unexpected(normal.error());
  auto id = co_await directory_.account_by_phone(std::move(*normal));
  if (!id) co_return std::unexpected(id.error());
  auto devices = co_await directory_.devices_of(*id);
  if (!devices) co_return std::unexpected(devices.error());
  for (const Device& device : *devices) {
    auto ended = co_await end_device(device);
    if (!ended) co_return std::unexpected(ended.error());
  }
  co_return *id;
}

// The account itself goes last: if we stop in between, it can still be found by its phone and removed again.
Task<Result<Account>> Accounts::remove(std::string phone) {
  auto id = co_await end_devices(std::move(phone));
  if (!id) co_return std::unexpected(id.error());
  auto left = co_await leave_groups(*id);
  if (!left) co_return std::unexpected(left.error());

  for (int attempt = 1;; ++attempt) {
    auto current = co_await directory_.account(*id);
    if (!current) co_return std::unexpected(current.error());
    Account account = **current;
    account.life = Life::ended;
    auto stored = co_await directory_.put(account);
    if (!stored && stored.error().code == Code::conflict && attempt < kAttempts) continue;
    if (!stored) co_return std::unexpected(stored.error());
    account.version = *stored;
    // Those that somebody added it to meanwhile; from here on nobody can.
    auto last = co_await leave_groups(*id);
    if (!last) co_return std::unexpected(last.error());
    co_return account;
  }
}

Task<Result<void>> Accounts::leave_groups(AccountId account) {
  ConversationId after;
  for (;;) {
    auto page = co_await directory_.conversations_of(account, after, kConversationsAtOnce);
    if (!page) co_return std::unexpected(page.error());
    for (ConversationId id : page->items) {
      auto left = co_await leave_group(account, id);
      if (!left) co_return left;
    }
    if (page->more == More::no || page->items.empty()) co_return Result<void>{};
    after = page->items.back();
  }
}

// As if the person had left; nothing to do in a conversation of two, or where it is no member any more.
Task<Result<void>> Accounts::leave_group(AccountId account, ConversationId id) {
  for (int attempt = 1;; ++attempt) {
    auto conversation = co_await directory_.conversation(id);
    if (!conversation) co_return std::unexpected(conversation.error());
    auto verdict = rules::leave_group(**conversation, account, wire::LeaveGroup{});
    if (!verdict) co_return Result<void>{};

    Draft draft;
    draft.conversation = id;
    draft.device = kServer;
    draft.client_id = fresh_client_id(clock_.now(), random_);
    draft.expects = (*conversation)->version;
    draft.sealed = wire::seal(verdict->event, {});
    draft.becomes = std::move(verdict->becomes);
    auto envelope = co_await log_.append(std::move(draft));
    if (envelope) co_return Result<void>{};
    if (envelope.error().code != Code::conflict || attempt == kAttempts) co_return std::unexpected(envelope.error());
  }
}

Task<Result<std::string>> Accounts::sweep_tickets(std::string after, std::size_t limit) {
  auto page = co_await directory_.tickets(std::move(after), limit);
  if (!page) co_return std::unexpected(page.error());
  std::string next;
  if (page->more == More::yes && !page->items.empty()) next = page->items.back().key;
  Time now = clock_.now();
  for (Ticket& ticket : page->items) {
    if (ticket.expires > now) continue;
    auto erased = co_await directory_.erase(std::move(ticket));
    // `conflict`: it was used, or issued again, at this moment.
    if (!erased && erased.error().code != Code::conflict) co_return std::unexpected(erased.error());
  }
  co_return next;
}

}  // namespace homing::chat
