// Who may log in as a bot, and with which password.
#include "edge/business/bot_users.h"

#include <sodium.h>

#include <algorithm>

#include "bots.pb.h"
#include "edge/business/bots.h"

namespace homing::business {
namespace {

// Argon2id: some ten milliseconds of one thread. Logins are counted by address.
constexpr unsigned long long kHashOperations = 3;
constexpr std::size_t kHashMemory = 8 * 1024 * 1024;
constexpr std::size_t kNameBytesMax = 64;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string store(const std::string& number_id, const std::string& password_hash) {
  stored::BotUser record;
  record.set_number_id(number_id);
  record.set_password_hash(password_hash);
  return record.SerializeAsString();
}

Result<void> check_password(std::string_view password, const char* field) {
  if (is_good_password(password)) return {};
  return fail(Code::invalid_argument, "8 to 64 characters with a digit, letters of both cases and a mark.", field);
}

}  // namespace

const BotUser* Bot::user(std::string_view name) const {
  auto found = std::ranges::find(users, name, &BotUser::name);
  return found == users.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> Bot::generation_of(std::string_view name) const {
  if (name.empty()) return generation;
  const BotUser* found = user(name);
  if (found == nullptr) return std::nullopt;
  return found->generation;
}

bool is_good_password(std::string_view password) {
  auto any = [&](auto is) { return std::ranges::any_of(password, is); };
  return password.size() >= 8 && password.size() <= 64 && any(is_digit) &&
         any([](char c) { return c >= 'a' && c <= 'z'; }) && any([](char c) { return c >= 'A' && c <= 'Z'; }) &&
         any([](char c) {
           return std::string_view("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~").find(c) != std::string_view::npos;
         });
}

bool is_user_name(std::string_view name) {
  return name.size() <= kNameBytesMax && std::ranges::any_of(name, is_letter) && std::ranges::all_of(name, [](char c) {
           return is_letter(c) || is_digit(c) || std::string_view("-_.@").find(c) != std::string_view::npos;
         });
}

Task<Result<std::string>> Bots::hash(std::string password) {
  std::function<Result<std::string>()> work = [password = std::move(password)]() -> Result<std::string> {
    char hash[crypto_pwhash_STRBYTES];
    int failed = crypto_pwhash_str(hash, password.data(), password.size(), kHashOperations, kHashMemory);
    if (failed != 0) return fail(Code::unavailable, "There is no memory to hash a password.");
    return std::string(hash);
  };
  co_return co_await hashing_.run(std::move(work));
}

Task<Result<void>> Bots::check(std::string hash, std::string password) {
  std::function<Result<bool>()> work = [hash = std::move(hash), password = std::move(password)]() -> Result<bool> {
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
  };
  auto right = co_await hashing_.run(std::move(work));
  if (!right) co_return std::unexpected(right.error());
  if (!*right) co_return fail(Code::unauthenticated);
  co_return Result<void>{};
}

Task<Result<Bots::Holder>> Bots::holder(std::string user) {
  if (!is_user_name(user)) {
    auto bot = co_await by_name(phone_record(user));
    if (!bot) co_return std::unexpected(bot.error());
    std::string own = bot->password_hash;
    std::uint64_t generation = bot->generation;
    Holder itself{std::move(*bot), {}, std::move(own), generation};
    co_return itself;
  }
  auto bytes = co_await records_.record(user_record(user));
  if (!bytes) co_return std::unexpected(bytes.error());
  stored::BotUser record;
  if (!record.ParseFromString(*bytes)) co_return fail(Code::corrupt);
  auto bot = co_await by_number(record.number_id());
  if (!bot) co_return std::unexpected(bot.error());
  auto generation = bot->generation_of(user);
  if (!generation) co_return fail(Code::not_found);
  Holder further{std::move(*bot), std::move(user), record.password_hash(), *generation};
  co_return further;
}

Task<Result<void>> Bots::add_user(std::string number_id, std::string name, std::string password) {
  if (!is_user_name(name)) {
    co_return fail(Code::invalid_argument, "1 to 64 letters, digits and -_.@, with a letter.", "username");
  }
  if (auto fine = check_password(password, "password"); !fine) co_return fine;
  auto bot = co_await by_number(number_id);
  if (!bot) co_return std::unexpected(bot.error());
  if (bot->users.size() >= kUsersMax) co_return fail(Code::invalid_argument, "There are too many users.", "username");
  auto hashed = co_await hash(std::move(password));
  if (!hashed) co_return std::unexpected(hashed.error());

  std::vector<RecordChange> record;
  record.push_back({user_record(name), store(number_id, *hashed), IfAbsent{}});
  std::function<void(Bot&)> add = [name, now = clock_.now(), generation = random_.id()](Bot& changed) {
    if (changed.user(name) == nullptr) changed.users.push_back(BotUser{name, now, generation});
  };
  auto changed = co_await change_with(std::move(number_id), std::move(add), std::move(record));
  if (!changed) co_return std::unexpected(changed.error());
  co_return Result<void>{};
}

Task<Result<void>> Bots::set_password(std::string number_id, std::string name, std::string password) {
  auto replaced = co_await replace_password(std::move(number_id), std::move(name), std::move(password));
  if (!replaced) co_return std::unexpected(replaced.error());
  co_return Result<void>{};
}

// The password and its generation change in one write, so no token outlives the password it was given for.
Task<Result<std::uint64_t>> Bots::replace_password(std::string number_id, std::string name, std::string password) {
  if (auto fine = check_password(password, "password"); !fine) co_return std::unexpected(fine.error());
  auto hashed = co_await hash(std::move(password));
  if (!hashed) co_return std::unexpected(hashed.error());
  std::uint64_t generation = random_.id();
  std::function<void(Bot&)> set = [name, hash = *hashed, generation](Bot& bot) {
    if (name.empty()) {
      bot.password_hash = hash;
      bot.generation = generation;
    }
    for (BotUser& user : bot.users) {
      if (user.name == name) user.generation = generation;
    }
  };
  std::vector<RecordChange> besides;
  if (!name.empty()) {
    auto was = co_await records_.record(user_record(name));
    if (!was) co_return std::unexpected(was.error());
    stored::BotUser record;
    if (!record.ParseFromString(*was)) co_return fail(Code::corrupt);
    if (record.number_id() != number_id) co_return fail(Code::not_found);
    besides.push_back({user_record(name), store(number_id, *hashed), IfEquals{*was}});
  }
  auto changed = co_await change_with(std::move(number_id), std::move(set), std::move(besides));
  if (!changed) co_return std::unexpected(changed.error());
  co_return generation;
}

Task<Result<void>> Bots::remove_user(std::string number_id, std::string name) {
  auto bot = co_await by_number(number_id);
  if (!bot) co_return std::unexpected(bot.error());
  if (bot->user(name) == nullptr) co_return fail(Code::not_found);
  std::vector<RecordChange> record;
  record.push_back({user_record(name), std::nullopt, Whatever{}});
  std::function<void(Bot&)> remove = [name](Bot& changed) {
    std::erase_if(changed.users, [&](const BotUser& user) { return user.name == name; });
  };
  auto changed = co_await change_with(std::move(number_id), std::move(remove), std::move(record));
  if (!changed) co_return std::unexpected(changed.error());
  co_return Result<void>{};
}

}  // namespace homing::business
