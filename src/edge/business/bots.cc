#include "edge/business/bots.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <memory>

#include "bots.pb.h"
#include "chat/phone.h"
#include "chat/token.h"
#include "edge/business/bot_users.h"

namespace homing::business {
namespace {

constexpr std::string_view kNumbers = "bot/number/";
constexpr std::chrono::milliseconds kLoginValid = std::chrono::days(7);
constexpr std::chrono::milliseconds kCallbackValid = std::chrono::days(30);
constexpr std::string_view kLogins = "bot/login/";
constexpr std::string_view kCallbacks = "bot/callback/";
constexpr std::string_view kLinks = "bot/link/";
constexpr std::size_t kPageMax = 256;
constexpr std::size_t kHashesWaitingMax = 64;

std::string number_name(std::string_view id) { return std::string(kNumbers).append(id); }
std::string account_name(AccountId id) { return "bot/account/" + std::to_string(id.value); }
std::string waba_name(std::string_view id) { return "bot/waba/" + std::string(id); }
std::string login_name(std::string_view token) { return std::string(kLogins) + chat::to_hex(chat::hash_secret(token)); }
std::string message_name(std::string_view prefix, DeviceId device, const ClientId& client_id) {
  return std::string(prefix) + std::to_string(device.value) + "/" + chat::to_hex(client_id);
}
std::string callback_name(DeviceId device, const ClientId& client_id) {
  return message_name(kCallbacks, device, client_id);
}
std::string link_name(DeviceId device, const ClientId& client_id) { return message_name(kLinks, device, client_id); }

std::string store(const Bot& bot) {
  stored::Bot out;
  out.set_number_id(bot.number_id);
  out.set_waba_id(bot.waba_id);
  out.set_account(bot.account.value);
  out.set_device(bot.device.value);
  out.set_phone(bot.phone);
  out.set_created_ms(bot.created.ms);
  out.set_sealed_app_secret(bot.sealed_app_secret);
  out.set_password_hash(bot.password_hash);
  out.set_generation(bot.generation);
  out.set_unregistered(bot.registered == Bot::Registered::no);
  out.set_address(bot.address);
  out.set_description(bot.description);
  out.set_email(bot.email);
  for (const std::string& website : bot.websites) out.add_websites(website);
  for (const BotUser& user : bot.users) {
    stored::BotUserName& name = *out.add_users();
    name.set_name(user.name);
    name.set_since_ms(user.since.ms);
    name.set_generation(user.generation);
  }
  for (const std::string& status : bot.untold) out.add_untold(status);
  out.set_vertical(bot.vertical);
  return out.SerializeAsString();
}

Result<Bot> load(const std::string& bytes) {
  stored::Bot in;
  if (!in.ParseFromString(bytes)) return fail(Code::corrupt, "A bot's record cannot be read.");
  Bot bot;
  bot.number_id = in.number_id();
  bot.waba_id = in.waba_id();
  bot.account = AccountId{in.account()};
  bot.device = DeviceId{in.device()};
  bot.phone = in.phone();
  bot.created = Time{in.created_ms()};
  bot.sealed_app_secret = in.sealed_app_secret();
  bot.password_hash = in.password_hash();
  bot.generation = in.generation();
  bot.registered = in.unregistered() ? Bot::Registered::no : Bot::Registered::yes;
  bot.address = in.address();
  bot.description = in.description();
  bot.email = in.email();
  bot.websites.assign(in.websites().begin(), in.websites().end());
  bot.vertical = in.vertical();
  for (const stored::BotUserName& user : in.users()) {
    bot.users.push_back(BotUser{user.name(), Time{user.since_ms()}, user.generation()});
  }
  bot.untold.assign(in.untold().begin(), in.untold().end());
  return bot;
}

// Nobody who was not let in is told why.
template <class T>
Result<T> hide_absence(Result<T> found) {
  if (!found && found.error().code == Code::not_found) return fail(Code::unauthenticated);
  return found;
}

}  // namespace

Bots::Bots(Records& records, Directory& directory, chat::Accounts& accounts, Clock& clock, Random& random, Keys keys)
    : records_(records),
      directory_(directory),
      accounts_(accounts),
      clock_(clock),
      random_(random),
      keys_(keys),
      hashing_(1, kHashesWaitingMax) {}

// Fifteen digits, the first of them not zero.
std::string Bots::fresh_number() {
  return std::to_string(100'000'000'000'000ull + random_.below(900'000'000'000'000ull));
}

std::string Bots::seal(const std::string& secret) {
  std::string sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size(), '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(sealed.data());
  random_.fill({bytes, crypto_secretbox_NONCEBYTES});
  crypto_secretbox_easy(bytes + crypto_secretbox_NONCEBYTES, reinterpret_cast<const unsigned char*>(secret.data()),
                        secret.size(), bytes, keys_.secrets.data());
  return sealed;
}

Result<std::string> Bots::app_secret(const Bot& bot) const {
  constexpr std::size_t kOverhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  const std::string& sealed = bot.sealed_app_secret;
  if (sealed.size() < kOverhead) return fail(Code::corrupt, "A bot's secret cannot be read.");
  const auto* bytes = reinterpret_cast<const unsigned char*>(sealed.data());
  std::string secret(sealed.size() - kOverhead, '\0');
  int failed =
      crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(secret.data()), bytes + crypto_secretbox_NONCEBYTES,
                                 sealed.size() - crypto_secretbox_NONCEBYTES, bytes, keys_.secrets.data());
  if (failed != 0) return fail(Code::corrupt, "A bot's secret was sealed with another server.key.");
  return secret;
}

Task<Result<NewBot>> Bots::add(std::string phone, std::string name) {
  auto device = co_await accounts_.add_bot(std::move(phone), std::move(name));
  if (!device) co_return std::unexpected(device.error());

  std::array<std::uint8_t, 16> secret;
  random_.fill(secret);
  std::array<std::uint8_t, 15> password;
  random_.fill(password);
  NewBot made;
  made.token = device->token;
  made.app_secret = chat::to_hex(secret);
  made.password = chat::to_base64url(password) + "-aA7";  // a mark, both cases and a digit, whatever came out
  made.bot.number_id = fresh_number();
  made.bot.waba_id = fresh_number();
  made.bot.account = device->account;
  made.bot.device = device->device;
  made.bot.phone = device->phone;
  made.bot.created = clock_.now();
  made.bot.sealed_app_secret = seal(made.app_secret);
  auto hashed = co_await hash(made.password);
  if (!hashed) co_return std::unexpected(hashed.error());
  made.bot.password_hash = std::move(*hashed);

  const Bot& bot = made.bot;
  std::vector<RecordChange> changes;
  changes.push_back({account_name(bot.account), bot.number_id, IfAbsent{}});
  changes.push_back({number_name(bot.number_id), store(bot), IfAbsent{}});
  changes.push_back({waba_name(bot.waba_id), bot.number_id, IfAbsent{}});
  changes.push_back({phone_record(bot.phone), bot.number_id, Whatever{}});
  auto written = co_await records_.write(std::move(changes), Durable::now);
  if (!written && written.error().code == Code::conflict) co_return fail(Code::phone_taken, {}, "phone");
  if (!written) co_return std::unexpected(written.error());
  co_return made;
}

Task<Result<std::vector<Bot>>> Bots::list() {
  std::vector<Bot> bots;
  std::string from(kNumbers), to = end_of(std::string(kNumbers));
  for (;;) {
    auto page = co_await records_.records(from, to, kPageMax);
    if (!page) co_return std::unexpected(page.error());
    for (const Record& record : page->items) {
      auto bot = load(record.value);
      if (!bot) co_return std::unexpected(bot.error());
      bots.push_back(std::move(*bot));
      from = record.name + '\0';
    }
    if (page->more == More::no || page->items.empty()) co_return bots;
  }
}

Task<Result<Bot>> Bots::by_number(std::string number_id) {
  auto bytes = co_await records_.record(number_name(number_id));
  if (!bytes) co_return std::unexpected(bytes.error());
  co_return load(*bytes);
}

Task<Result<Bot>> Bots::by_name(std::string record) {
  auto number_id = co_await records_.record(std::move(record));
  if (!number_id) co_return std::unexpected(number_id.error());
  co_return co_await by_number(std::move(*number_id));
}

Task<Result<Bot>> Bots::by_account(AccountId account) { co_return co_await by_name(account_name(account)); }

Task<Result<Bot>> Bots::by_phone(std::string phone) {
  auto normal = chat::normal_phone(phone);
  if (!normal) co_return std::unexpected(normal.error());
  co_return co_await by_name(phone_record(*normal));
}

Task<Result<void>> Bots::forget(Bot bot) {
  std::vector<RecordChange> changes;
  for (std::string name :
       {number_name(bot.number_id), account_name(bot.account), waba_name(bot.waba_id), phone_record(bot.phone)}) {
    changes.push_back({std::move(name), std::nullopt, Whatever{}});
  }
  for (const BotUser& user : bot.users) changes.push_back({user_record(user.name), std::nullopt, Whatever{}});
  co_return co_await records_.write(std::move(changes), Durable::now);
}

Task<Result<Bot>> Bots::change(std::string number_id, std::function<void(Bot&)> change) {
  return change_with(std::move(number_id), std::move(change), {});
}

Task<Result<Bot>> Bots::change_with(std::string number_id, std::function<void(Bot&)> change,
                                    std::vector<RecordChange> besides) {
  constexpr int kAttempts = 2;
  for (int attempt = 1;; ++attempt) {
    auto bytes = co_await records_.record(number_name(number_id));
    if (!bytes) co_return std::unexpected(bytes.error());
    auto bot = load(*bytes);
    if (!bot) co_return bot;
    change(*bot);
    std::vector<RecordChange> changes = besides;
    changes.push_back({number_name(number_id), store(*bot), IfEquals{*bytes}});
    auto written = co_await records_.write(std::move(changes), Durable::now);
    if (written) co_return bot;
    if (written.error().code != Code::conflict || attempt == kAttempts) co_return std::unexpected(written.error());
  }
}

Task<Result<Known>> Bots::authenticate(std::string token) {
  Known known;
  if (token.starts_with(kLoginTokenPrefix)) {
    auto bytes = hide_absence(co_await records_.record(login_name(token)));
    if (!bytes) co_return std::unexpected(bytes.error());
    stored::BotLogin login;
    if (!login.ParseFromString(*bytes)) co_return fail(Code::corrupt);
    if (Time{login.expires_ms()} <= clock_.now()) co_return fail(Code::unauthenticated);
    auto bot = hide_absence(co_await by_number(login.number_id()));
    if (!bot) co_return std::unexpected(bot.error());
    const BotUser* user = bot->user(login.user());
    Time begun = Time{login.expires_ms() - kLoginValid.count()};
    if (!login.user().empty() && (user == nullptr || begun < user->since)) co_return fail(Code::unauthenticated);
    if (bot->generation_of(login.user()) != login.generation()) co_return fail(Code::unauthenticated);
    auto active = co_await check_active(bot->account, bot->device);
    if (!active) co_return std::unexpected(active.error());
    known.caller = Caller{bot->account, bot->device};
    known.bot = std::move(*bot);
    known.user = login.user();
    co_return known;
  }
  auto caller = co_await accounts_.authenticate(std::move(token));
  if (!caller) co_return std::unexpected(caller.error());
  auto bot = hide_absence(co_await by_account(caller->account));
  if (!bot) co_return std::unexpected(bot.error());
  known.caller = *caller;
  known.bot = std::move(*bot);
  co_return known;
}

Task<Result<void>> Bots::check_active(AccountId account, DeviceId device) {
  auto its_device = hide_absence(co_await directory_.device(device));
  if (!its_device) co_return std::unexpected(its_device.error());
  auto its_account = hide_absence(co_await directory_.account(account));
  if (!its_account) co_return std::unexpected(its_account.error());
  bool active = (*its_device)->life == Life::active && (*its_account)->life == Life::active;
  if (!active) co_return fail(Code::unauthenticated);
  co_return Result<void>{};
}

Task<Result<Login>> Bots::login(std::string user, std::string password, std::string new_password) {
  if (!new_password.empty() && !is_good_password(new_password)) {
    co_return fail(Code::invalid_argument, "8 to 64 characters with a digit, letters of both cases and a mark.",
                   "new_password");
  }
  auto who = hide_absence(co_await holder(std::move(user)));
  if (!who) co_return std::unexpected(who.error());
  auto right = co_await check(who->password_hash, std::move(password));
  if (!right) co_return std::unexpected(right.error());
  auto active = co_await check_active(who->bot.account, who->bot.device);
  if (!active) co_return std::unexpected(active.error());

  if (!new_password.empty()) {
    auto set = co_await replace_password(who->bot.number_id, who->user, std::move(new_password));
    if (!set) co_return std::unexpected(set.error());
    who->generation = *set;
  }
  std::array<std::uint8_t, chat::kSecretBytes> secret;
  random_.fill(secret);
  Login login{std::string(kLoginTokenPrefix) + chat::to_base64url(secret), clock_.now() + kLoginValid};
  stored::BotLogin record;
  record.set_number_id(who->bot.number_id);
  record.set_expires_ms(login.expires.ms);
  record.set_user(who->user);
  record.set_generation(who->generation);
  std::vector<RecordChange> changes;
  changes.push_back({login_name(login.token), record.SerializeAsString(), Whatever{}});
  auto written = co_await records_.write(std::move(changes), Durable::now);
  if (!written) co_return std::unexpected(written.error());
  co_return login;
}

Task<Result<void>> Bots::logout(std::string token) {
  std::vector<RecordChange> changes;
  changes.push_back({login_name(token), std::nullopt, Whatever{}});
  co_return co_await records_.write(std::move(changes), Durable::now);
}

Task<Result<std::shared_ptr<const Account>>> Bots::account_of(Bot bot) {
  co_return co_await directory_.account(bot.account);
}

Task<Result<void>> Bots::keep_callback(DeviceId device, ClientId client_id, std::string data, Repeats repeats) {
  stored::BotCallback record;
  record.set_data(std::move(data));
  record.set_expires_ms((clock_.now() + kCallbackValid).ms);
  std::vector<RecordChange> changes;
  changes.push_back({callback_name(device, client_id), record.SerializeAsString(), Whatever{}});
  if (repeats == Repeats::never) co_return co_await records_.write(std::move(changes), Durable::later);
  changes.front().condition = IfAbsent{};
  auto written = co_await records_.write(std::move(changes), Durable::now);  // conditions have no `later`
  if (!written && written.error().code == Code::conflict) co_return Result<void>{};
  co_return written;
}

Task<Result<std::string>> Bots::callback(DeviceId device, ClientId client_id) {
  auto bytes = co_await records_.record(callback_name(device, client_id));
  if (!bytes && bytes.error().code == Code::not_found) co_return std::string();
  if (!bytes) co_return bytes;
  stored::BotCallback record;
  if (!record.ParseFromString(*bytes)) co_return fail(Code::corrupt);
  co_return std::move(*record.mutable_data());
}

Task<Result<std::optional<Bots::Linked>>> Bots::linked(DeviceId device, ClientId client_id) {
  auto bytes = co_await records_.record(link_name(device, client_id));
  if (!bytes && bytes.error().code == Code::not_found) co_return std::nullopt;
  if (!bytes) co_return std::unexpected(bytes.error());
  stored::BotLink record;
  if (!record.ParseFromString(*bytes)) co_return fail(Code::corrupt);
  Linked linked{record.said(), record.lost() ? Linked::Lost::yes : Linked::Lost::no};
  co_return linked;
}

Task<Result<Bots::Linked>> Bots::keep_linked(DeviceId device, ClientId client_id, std::string said) {
  stored::BotLink record;
  record.set_said(said);
  record.set_expires_ms((clock_.now() + kCallbackValid).ms);
  std::vector<RecordChange> changes;
  changes.push_back({link_name(device, client_id), record.SerializeAsString(), IfAbsent{}});
  auto written = co_await records_.write(std::move(changes), Durable::now);
  Linked mine{std::move(said), Linked::Lost::no};
  if (written) co_return mine;
  if (written.error().code != Code::conflict) co_return std::unexpected(written.error());
  auto first = co_await linked(device, client_id);
  if (!first) co_return std::unexpected(first.error());
  co_return first->value_or(std::move(mine));
}

Task<Result<void>> Bots::lose_linked(DeviceId device, ClientId client_id, std::string said) {
  stored::BotLink record;
  record.set_said(std::move(said));
  record.set_expires_ms((clock_.now() + kCallbackValid).ms);
  record.set_lost(true);
  std::vector<RecordChange> changes;
  changes.push_back({link_name(device, client_id), record.SerializeAsString(), Whatever{}});
  co_return co_await records_.write(std::move(changes), Durable::now);
}

// All kinds of records have their end in the same place; between them stand only those that stay.
Task<Result<std::string>> Bots::sweep(std::string after, std::size_t limit) {
  if (after.empty()) after = kCallbacks;
  auto page = co_await records_.records(after, end_of(std::string(kLogins)), limit);
  if (!page) co_return std::unexpected(page.error());
  std::vector<RecordChange> changes;
  for (const Record& record : page->items) {
    after = record.name + '\0';
    bool ends =
        record.name.starts_with(kLogins) || record.name.starts_with(kCallbacks) || record.name.starts_with(kLinks);
    stored::BotLogin read;
    if (!ends || !read.ParseFromString(record.value) || Time{read.expires_ms()} > clock_.now()) continue;
    changes.push_back({record.name, std::nullopt, Whatever{}});
  }
  if (!changes.empty()) {
    auto written = co_await records_.write(std::move(changes), Durable::later);
    if (!written) co_return std::unexpected(written.error());
  }
  co_return page->more == More::yes && !page->items.empty() ? after : std::string();
}

}  // namespace homing::business
