#include "chat/accounts.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "chat/token.h"
#include "wire/limits.h"

namespace homing::chat {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t kCodesPerHour = 5;
constexpr std::uint32_t kAttemptsPerCode = 5;
constexpr milliseconds kCodeValid = std::chrono::minutes(10);
constexpr milliseconds kBudgetWindow = std::chrono::hours(1);

Result<void> check_names(const std::string& name, const std::string& device_name) {
  if (name.size() > limits::kProfileNameBytesMax) return fail(Code::invalid_argument, "The name is too long.", "name");
  if (device_name.size() > limits::kProfileNameBytesMax)
    return fail(Code::invalid_argument, "The device name is too long.", "device_name");
  return {};
}

std::string invite_key(const std::string& code) { return "invite/" + to_hex(hash_secret(code)); }
std::string code_key(const std::string& phone) { return "code/" + phone; }
// How many codes may still be sent to this phone in this hour.
std::string budget_key(const std::string& phone) { return "codes/" + phone; }

Hash256 code_hash(const std::string& phone, const std::string& code) { return hash_secret(phone + " " + code); }

// Nobody's: what a token for an unknown device is compared with, so that it takes the same path as a wrong one.
const Device kNobody{};

}  // namespace

Accounts::Accounts(EventLog& log, Directory& directory, Inbox& inbox, Clock& clock, Random& random,
                   std::optional<CodeSender> sender)
    : log_(log), directory_(directory), inbox_(inbox), clock_(clock), random_(random), sender_(std::move(sender)) {}

Task<Result<NewDevice>> Accounts::add(std::string phone, std::string name, std::string device_name) {
  auto normal = normal_phone(phone);
  if (!normal) co_return std::unexpected(normal.error());
  if (auto checked = check_names(name, device_name); !checked) co_return std::unexpected(checked.error());

  auto account = co_await find_or_create(*normal, std::move(name));
  if (!account) co_return std::unexpected(account.error());
  co_return co_await add_device(*account, std::move(*normal), std::move(device_name));
}

Task<Result<NewDevice>> Accounts::add_bot(std::string phone, std::string name) {
  auto normal = normal_phone(phone);
  if (!normal) co_return std::unexpected(normal.error());
  if (auto checked = check_names(name, {}); !checked) co_return std::unexpected(checked.error());

  auto id = co_await create(*normal, std::move(name), Nature::bot);
  if (!id && id.error().code == Code::phone_taken) {
    id = co_await directory_.account_by_phone(*normal);
    if (!id) co_return std::unexpected(id.error());
    auto account = co_await directory_.account(*id);
    if (!account) co_return std::unexpected(account.error());
    if ((*account)->nature != Nature::bot) co_return fail(Code::phone_taken, {}, "phone");
  }
  if (!id) co_return std::unexpected(id.error());
  co_return co_await add_device(*id, std::move(*normal), "API");
}

Task<Result<Page<Account>>> Accounts::list(AccountId after, std::size_t limit) {
  Page<Account> listed;
  for (;;) {
    auto page = co_await directory_.accounts(after, limit);
    if (!page) co_return std::unexpected(page.error());
    if (!page->items.empty()) after = page->items.back().id;
    for (Account& account : page->items) {
      if (account.life == Life::active) listed.items.push_back(std::move(account));
    }
    listed.more = page->more;
    if (listed.more == More::no || !listed.items.empty()) co_return listed;
  }
}

Task<Result<AccountId>> Accounts::find(std::string phone) {
  auto normal = normal_phone(phone);
  if (!normal) co_return std::unexpected(normal.error());
  co_return co_await directory_.account_by_phone(std::move(*normal));
}

Task<Result<Invite>> Accounts::invite(milliseconds valid_for) {
  std::array<std::uint8_t, 16> secret;
  random_.fill(secret);
  Invite invite{to_base64url(secret), clock_.now() + valid_for};

  Ticket ticket;
  ticket.key = invite_key(invite.code);
  ticket.hash = hash_secret(invite.code);
  ticket.issued = clock_.now();
  ticket.expires = invite.expires;
  ticket.attempts_left = 1;
  auto stored = co_await directory_.put(std::move(ticket));
  if (!stored) co_return std::unexpected(stored.error());
  co_return invite;
}

Task<Result<std::vector<Device>>> Accounts::devices(std::string phone) {
  auto normal = normal_phone(phone);
  if (!normal) co_return std::unexpected(normal.error());
  auto id = co_await directory_.account_by_phone(std::move(*normal));
  if (!id) co_return std::unexpected(id.error());
  co_return co_await directory_.devices_of(*id);
}

Task<Result<void>> Accounts::send_code(std::string phone) {
  if (!sender_) co_return fail(Code::registration_closed);
  auto normal = normal_phone(phone);
  if (!normal) co_return std::unexpected(normal.error());
  if (auto spent = co_await spend_budget(budget_key(*normal), kCodesPerHour, "phone"); !spent)
    co_return std::unexpected(spent.error());

  std::string code = std::to_string(1'000'000 + random_.below(1'000'000)).substr(1);
  Ticket ticket;
  ticket.key = code_key(*normal);
  ticket.hash = code_hash(*normal, code);
  ticket.issued = clock_.now();
  ticket.expires = ticket.issued + kCodeValid;
  ticket.attempts_left = kAttemptsPerCode;
  auto older = co_await directory_.ticket(ticket.key);
  if (older) ticket.version = older->version;
  if (!older && older.error().code != Code::not_found) co_return std::unexpected(older.error());
  auto stored = co_await directory_.put(std::move(ticket));
  if (!stored) co_return std::unexpected(stored.error());

  co_return co_await (*sender_)(std::move(*normal), std::move(code));
}

Task<Result<void>> Accounts::spend_budget(std::string key, std::uint32_t count, std::string field) {
  Time now = clock_.now();
  auto found = co_await directory_.ticket(key);
  if (!found && found.error().code != Code::not_found) co_return std::unexpected(found.error());

  Ticket budget = found ? *found : Ticket{};
  if (!found || budget.expires <= now) {
    budget.key = std::move(key);
    budget.issued = now;
    budget.expires = now + kBudgetWindow;
    budget.attempts_left = count;
  }
  if (budget.attempts_left == 0) {
    Error refused{Code::too_many_attempts, {}, std::move(field), budget.expires - now};
    co_return std::unexpected(std::move(refused));
  }
  --budget.attempts_left;
  auto stored = co_await directory_.put(std::move(budget));
  if (!stored) co_return std::unexpected(stored.error());
  co_return Result<void>{};
}

Task<Result<void>> Accounts::use_code(std::string phone, std::string code) {
  auto ticket = co_await directory_.ticket(code_key(phone));
  if (!ticket) {
    co_return ticket.error().code == Code::not_found ? fail(Code::code_expired, {}, "code")
                                                     : std::unexpected(ticket.error());
  }
  if (ticket->expires <= clock_.now()) co_return fail(Code::code_expired, {}, "code");
  if (ticket->attempts_left == 0) co_return fail(Code::too_many_attempts, {}, "code");

  // The attempt counts before it is looked at: guesses at the same moment conflict here.
  --ticket->attempts_left;
  auto counted = co_await directory_.put(*ticket);
  if (!counted) co_return std::unexpected(counted.error());
  ticket->version = *counted;
  if (!same_secret(ticket->hash, code_hash(phone, code))) co_return fail(Code::code_wrong, {}, "code");

  auto used = co_await directory_.erase(std::move(*ticket));
  if (!used) co_return std::unexpected(used.error());
  co_return Result<void>{};
}

Task<Result<NewDevice>> Accounts::register_by_code(std::string phone, std::string code, std::string name,
                                                   std::string device_name) {
  if (!sender_) co_return fail(Code::registration_closed);
  auto normal = normal_phone(phone);
  if (!normal) co_return std::unexpected(normal.error());
  if (auto checked = check_names(name, device_name); !checked) co_return std::unexpected(checked.error());
  if (auto used = co_await use_code(*normal, std::move(code)); !used) co_return std::unexpected(used.error());

  auto account = co_await find_or_create(*normal, std::move(name));
  if (!account) co_return std::unexpected(account.error());
  co_return co_await add_device(*account, std::move(*normal), std::move(device_name));
}

Task<Result<NewDevice>> Accounts::register_by_invite(std::string phone, std::string invite, std::string name,
                                                     std::string device_name) {
  auto normal = normal_phone(phone);
  if (!normal) co_return std::unexpected(normal.error());
  if (auto checked = check_names(name, device_name); !checked) co_return std::unexpected(checked.error());

  // The invite is looked at first: only who has one may learn whether a phone is taken.
  auto ticket = co_await directory_.ticket(invite_key(invite));
  if (!ticket && ticket.error().code != Code::not_found) co_return std::unexpected(ticket.error());
  if (!ticket || ticket->expires <= clock_.now()) co_return fail(Code::invite_invalid, {}, "invite");
  auto holder = co_await directory_.account_by_phone(*normal);
  if (holder) co_return fail(Code::phone_taken, {}, "phone");
  if (holder.error().code != Code::not_found) co_return std::unexpected(holder.error());

  auto used = co_await directory_.erase(std::move(*ticket));
  if (!used) {
    co_return used.error().code == Code::conflict ? fail(Code::invite_invalid, {}, "invite")
                                                  : std::unexpected(used.error());
  }
  auto account = co_await create(*normal, std::move(name));
  if (!account) co_return std::unexpected(account.error());
  co_return co_await add_device(*account, std::move(*normal), std::move(device_name));
}

Task<Result<Caller>> Accounts::authenticate(std::string token) {
  auto parts = parse_token(token);
  if (!parts) co_return fail(Code::unauthenticated);
  Hash256 hash = hash_secret(parts->secret);

  auto found = co_await directory_.device(parts->device);
  if (!found && found.error().code != Code::not_found) co_return std::unexpected(found.error());
  const Device& device = found ? **found : kNobody;
  if (!same_secret(device.secret_hash, hash) || !found || device.life != Life::active) {
    co_return fail(Code::unauthenticated);
  }

  auto account = co_await directory_.account(device.account);
  if (!account && account.error().code != Code::not_found) co_return std::unexpected(account.error());
  if (!account || (*account)->life != Life::active) co_return fail(Code::unauthenticated);
  Caller caller{device.account, device.id};
  co_return caller;
}

// Two at the same moment would both find room. So who adds a device also moves the account's version from the one that
// was read before the count: of two only one can, and the other takes its device back and counts again.
Task<Result<NewDevice>> Accounts::add_device(AccountId account, std::string phone, std::string device_name) {
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    auto owner = co_await directory_.account(account);
    if (!owner) co_return std::unexpected(owner.error());
    if ((*owner)->life == Life::ended) co_return fail(Code::conflict, "This account is being removed.");
    auto others = co_await directory_.devices_of(account);
    if (!others) co_return std::unexpected(others.error());
    auto active = std::ranges::count(*others, Life::active, &Device::life);
    if (static_cast<std::size_t>(active) >= limits::kDevicesMax) {
      co_return fail(Code::invalid_argument, "This account has as many devices as it may have. Revoke one first.");
    }

    std::string secret = new_secret();
    Device device;
    device.id = DeviceId{random_.id()};
    device.account = account;
    device.secret_hash = hash_secret(secret);
    device.name = device_name;
    device.created = clock_.now();
    auto stored = co_await directory_.put(device);
    if (!stored) co_return std::unexpected(stored.error());
    device.version = *stored;

    Account unchanged = **owner;
    auto counted = co_await directory_.put(std::move(unchanged));
    if (counted) {
      NewDevice made{account, std::move(phone), device.id, make_token(device.id, secret)};
      co_return made;
    }
    auto taken_back = co_await end_device(std::move(device));
    if (!taken_back) co_return std::unexpected(taken_back.error());
    if (counted.error().code != Code::conflict || attempt == kAttempts) co_return std::unexpected(counted.error());
  }
}

std::string Accounts::new_secret() {
  std::array<std::uint8_t, kSecretBytes> bytes;
  random_.fill(bytes);
  return to_base64url(bytes);
}

Task<Result<AccountId>> Accounts::create(std::string phone, std::string name, Nature nature) {
  Account account;
  account.id = AccountId{random_.id()};
  account.phone = std::move(phone);
  account.name = std::move(name);
  account.created = clock_.now();
  account.nature = nature;
  auto stored = co_await directory_.put(account);
  if (!stored) co_return std::unexpected(stored.error());
  co_return account.id;
}

Task<Result<AccountId>> Accounts::find_or_create(std::string phone, std::string name) {
  auto found = co_await directory_.account_by_phone(phone);
  if (found || found.error().code != Code::not_found) co_return found;
  auto created = co_await create(phone, std::move(name));
  // Somebody else was faster: then it exists now.
  if (!created && created.error().code == Code::phone_taken)
    co_return co_await directory_.account_by_phone(std::move(phone));
  co_return created;
}

}  // namespace homing::chat
