#include "webhooks/subscription.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "chat/token.h"
#include "webhooks.pb.h"

namespace homing::webhooks {
namespace {

constexpr std::string_view kPrefix = "hook-set/";
constexpr int kOk = 200;
constexpr int kAttempts = 5;  // when somebody changes the same one at the same moment

std::string name_of(AccountId bot) { return fmt::format("{}{:016x}", kPrefix, bot.value); }

Result<Subscription> load(const std::string& name, const std::string& bytes) {
  stored::Webhook in;
  Subscription out;
  auto [end, error] = std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), out.bot.value, 16);
  if (error != std::errc() || end != name.data() + name.size() || !in.ParseFromString(bytes)) {
    return fail(Code::corrupt, "A webhook's record cannot be read.");
  }
  out.target = Target{in.url(),
                      in.verify_token(),
                      {in.fields().begin(), in.fields().end()},
                      in.on_premises() ? Form::on_premises : Form::cloud};
  out.app_secret = in.app_secret();
  out.device = DeviceId{in.device()};
  out.since = Commit{in.since_commit()};
  return out;
}

std::string percent(std::string_view text) {
  std::string out;
  for (unsigned char c : text) {
    bool plain = std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~';
    out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return out;
}

Result<void> check_target(const Target& target) {
  if (auto fine = check_url(target.url); !fine) return fine;
  if (target.verify_token.size() > kVerifyTokenBytesMax) {
    return fail(Code::invalid_argument, "The verify token is too long.", "verify_token");
  }
  bool many = target.fields.size() > kFieldsMax;
  for (const std::string& field : target.fields) many = many || field.size() > kFieldBytesMax;
  if (many) return fail(Code::invalid_argument, "These are too many fields, or one is too long.", "fields");
  return {};
}

}  // namespace

std::string handshake_url(const std::string& url, const std::string& challenge, const std::string& verify_token) {
  std::string base = url.substr(0, url.find('#'));
  char joint = base.find('?') == std::string::npos ? '?' : '&';
  return fmt::format("{}{}hub.mode=subscribe&hub.challenge={}&hub.verify_token={}", base, joint, challenge,
                     percent(verify_token));
}

Subscriptions::Subscriptions(Records& records, Inbox& inbox, Random& random, Ask ask)
    : records_(records), inbox_(inbox), random_(random), ask_(std::move(ask)) {}

Task<Result<Subscription>> Subscriptions::get(AccountId bot) {
  std::string name = name_of(bot);
  auto bytes = co_await records_.record(name);
  if (!bytes) co_return std::unexpected(bytes.error());
  co_return load(name, *bytes);
}

Task<Result<Page<Subscription>>> Subscriptions::list(AccountId after, std::size_t limit) {
  std::string from = name_of(AccountId{after.value + 1});
  auto found = co_await records_.records(std::move(from), end_of(std::string(kPrefix)), limit);
  if (!found) co_return std::unexpected(found.error());
  Page<Subscription> page{{}, found->more};
  for (const Record& record : found->items) {
    auto read = load(record.name, record.value);
    if (!read) co_return std::unexpected(read.error());
    page.items.push_back(std::move(*read));
  }
  co_return page;
}

Task<Result<Subscription>> Subscriptions::set(AccountId bot, Target target, std::string app_secret) {
  if (auto fine = check_target(target); !fine) co_return std::unexpected(fine.error());
  if (target.form == Form::cloud) {
    auto shaken = co_await shake_hands(target);
    if (!shaken) co_return std::unexpected(shaken.error());
  }
  for (int attempt = 1;; ++attempt) {
    auto before = co_await bytes_of(bot);
    if (!before) co_return std::unexpected(before.error());
    auto wanted = co_await changed_to(bot, *before, target, app_secret);
    if (!wanted) co_return wanted;
    auto stored = co_await store(*wanted, std::move(*before));
    if (!stored && stored.error().code == Code::conflict && attempt < kAttempts) continue;
    if (!stored) co_return std::unexpected(stored.error());
    changed_(bot);
    co_return wanted;
  }
}

Task<Result<std::optional<std::string>>> Subscriptions::bytes_of(AccountId bot) {
  auto bytes = co_await records_.record(name_of(bot));
  if (!bytes && bytes.error().code == Code::not_found) co_return std::nullopt;
  if (!bytes) co_return std::unexpected(bytes.error());
  co_return std::move(*bytes);
}

Task<Result<Subscription>> Subscriptions::changed_to(AccountId bot, std::optional<std::string> before, Target target,
                                                     std::string app_secret) {
  Subscription wanted;
  if (before) {
    auto known = load(name_of(bot), *before);
    if (!known) co_return known;
    wanted = std::move(*known);
  } else {
    auto bookmark = co_await inbox_.bookmark();
    if (!bookmark) co_return std::unexpected(bookmark.error());
    wanted.bot = bot;
    wanted.device = DeviceId{random_.id()};
    wanted.since = *bookmark;
  }
  wanted.target = std::move(target);
  if (!app_secret.empty()) wanted.app_secret = std::move(app_secret);
  if (wanted.app_secret.empty()) {
    std::array<std::uint8_t, 16> bytes;
    random_.fill(bytes);
    wanted.app_secret = chat::to_hex(bytes);
  }
  co_return wanted;
}

Task<Result<void>> Subscriptions::remove(AccountId bot) {
  std::vector<RecordChange> changes{RecordChange{name_of(bot), std::nullopt}};
  auto erased = co_await records_.write(std::move(changes), Durable::now);
  if (!erased) co_return erased;
  changed_(bot);
  co_return Result<void>{};
}

Task<Result<Subscription>> Subscriptions::renew_device(Subscription subscription) {
  DeviceId revoked = subscription.device;
  for (int attempt = 1;; ++attempt) {
    auto before = co_await bytes_of(subscription.bot);
    if (!before) co_return std::unexpected(before.error());
    if (!*before) co_return fail(Code::not_found);
    auto known = load(name_of(subscription.bot), **before);
    if (!known || known->device != revoked) co_return known;
    known->device = DeviceId{random_.id()};
    auto stored = co_await store(*known, std::move(*before));
    if (!stored && stored.error().code == Code::conflict && attempt < kAttempts) continue;
    if (!stored) co_return std::unexpected(stored.error());
    co_return known;
  }
}

Task<Result<void>> Subscriptions::store(Subscription subscription, std::optional<std::string> before) {
  stored::Webhook out;
  out.set_url(subscription.target.url);
  out.set_verify_token(subscription.target.verify_token);
  for (const std::string& field : subscription.target.fields) out.add_fields(field);
  out.set_on_premises(subscription.target.form == Form::on_premises);
  out.set_app_secret(subscription.app_secret);
  out.set_device(subscription.device.value);
  out.set_since_commit(subscription.since.value);
  RecordChange change{name_of(subscription.bot), out.SerializeAsString(), IfAbsent{}};
  if (before) change.condition = IfEquals{std::move(*before)};
  std::vector<RecordChange> changes{std::move(change)};
  co_return co_await records_.write(std::move(changes), Durable::now);
}

Task<Result<void>> Subscriptions::shake_hands(Target target) {
  std::string challenge = std::to_string(random_.below(1'000'000'000) + 1'000'000'000);
  HttpRequest request;
  request.url = handshake_url(target.url, challenge, target.verify_token);
  request.limit = kHandshakeLimit;
  auto answer = co_await ask_(std::move(request));
  bool unanswered = !answer && (answer.error().code == Code::unavailable || answer.error().code == Code::rate_limited);
  if (!answer && !unanswered) co_return std::unexpected(answer.error());
  if (!answer) co_return fail(Code::invalid_argument, "The URL did not answer: " + answer.error().detail, "url");
  if (answer->status == 400 || answer->status == 401 || answer->status == 403) {
    co_return fail(Code::invalid_argument,
                   fmt::format("The URL refused the verify token: it answered {}.", answer->status), "verify_token");
  }
  if (answer->status != kOk) {
    co_return fail(Code::invalid_argument, fmt::format("The URL answered {} instead of 200.", answer->status), "url");
  }
  std::string body = std::move(answer->body);
  if (body.ends_with('\n')) body.pop_back();
  if (body.ends_with('\r')) body.pop_back();
  if (body != challenge) co_return fail(Code::invalid_argument, "The URL did not answer with the challenge.", "url");
  co_return Result<void>{};
}

}  // namespace homing::webhooks
