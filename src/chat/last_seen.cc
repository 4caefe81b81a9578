#include "chat/last_seen.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/log.h"

namespace homing::chat {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::chrono::milliseconds kWriteEvery = std::chrono::seconds(30);
constexpr std::size_t kDevicesAtOnce = 64;

std::string device_prefix(AccountId account) { return fmt::format("seen/{:016x}/", account.value); }
std::string device_name(AccountId account, DeviceId device) {
  return device_prefix(account) + fmt::format("{:016x}", device.value);
}
std::string person_name(AccountId account) { return fmt::format("here/{:016x}", account.value); }

template <class Number>
std::optional<Number> number(std::string_view text, int base) {
  Number value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Time time_of(std::int64_t minutes) { return Time{minutes * kMinuteMs}; }

}  // namespace

void LastSeen::note(std::string name) {
  Minutes now = clock_.now().ms / kMinuteMs;
  fresh_.with([&](auto& fresh) { fresh.insert_or_assign(std::move(name), now); });
}

std::optional<LastSeen::Minutes> LastSeen::noted(const std::string& name) const {
  return fresh_.with([&](const auto& fresh) -> std::optional<Minutes> {
    auto found = fresh.find(name);
    if (found == fresh.end()) return std::nullopt;
    return found->second;
  });
}

void LastSeen::device_left(AccountId account, DeviceId device) { note(device_name(account, device)); }
void LastSeen::person_left(AccountId account) { note(person_name(account)); }

Task<Result<Time>> LastSeen::person(AccountId account) {
  std::string name = person_name(account);
  if (auto fresh = noted(name)) co_return time_of(*fresh);
  auto record = co_await records_.record(std::move(name));
  if (!record && record.error().code == Code::not_found) co_return Time{};
  if (!record) co_return std::unexpected(record.error());
  auto minutes = number<Minutes>(*record, 10);
  if (!minutes) co_return fail(Code::corrupt, "When somebody was last here cannot be read.");
  co_return time_of(*minutes);
}

Task<Result<std::vector<std::pair<DeviceId, Time>>>> LastSeen::devices(AccountId account) {
  std::map<DeviceId, Minutes> seen;
  const std::string prefix = device_prefix(account);
  std::string from = prefix;
  for (More more = More::yes; more == More::yes;) {
    auto page = co_await records_.records(from, end_of(prefix), kDevicesAtOnce);
    if (!page) co_return std::unexpected(page.error());
    more = page->more;
    for (const Record& record : page->items) {
      from = record.name + '\0';
      auto device = number<std::uint64_t>(std::string_view(record.name).substr(prefix.size()), 16);
      auto minutes = number<Minutes>(record.value, 10);
      if (!device || !minutes) co_return fail(Code::corrupt, "When a device was last here cannot be read.");
      seen[DeviceId{*device}] = *minutes;
    }
  }
  fresh_.with([&](const auto& fresh) {
    for (auto it = fresh.lower_bound(prefix); it != fresh.end() && it->first.starts_with(prefix); ++it) {
      auto device = number<std::uint64_t>(std::string_view(it->first).substr(prefix.size()), 16);
      if (device) seen[DeviceId{*device}] = it->second;
    }
  });
  std::vector<std::pair<DeviceId, Time>> result;
  result.reserve(seen.size());
  for (const auto& [device, minutes] : seen) result.emplace_back(device, time_of(minutes));
  co_return result;
}

Task<Result<void>> LastSeen::forget(AccountId account, DeviceId device) {
  std::string name = device_name(account, device);
  fresh_.with([&](auto& fresh) { fresh.erase(name); });
  std::vector<RecordChange> changes;
  changes.push_back(RecordChange{std::move(name), std::nullopt, Whatever{}});
  co_return co_await records_.write(std::move(changes), Durable::later);
}

// What is being written stays until it is there, so that nobody finds neither.
Task<Result<void>> LastSeen::flush() {
  std::string after;
  for (;;) {
    std::vector<RecordChange> changes;
    fresh_.with([&](const auto& fresh) {
      for (auto it = fresh.upper_bound(after); it != fresh.end() && changes.size() < kRecordChangesMax; ++it) {
        changes.push_back(RecordChange{it->first, std::to_string(it->second), Whatever{}});
      }
    });
    if (changes.empty()) co_return Result<void>{};
    std::vector<RecordChange> written = changes;
    auto done = co_await records_.write(std::move(changes), Durable::later);
    if (!done) co_return done;
    after = written.back().name;
    fresh_.with([&](auto& fresh) {
      for (const RecordChange& change : written) {
        auto found = fresh.find(change.name);
        if (found != fresh.end() && std::to_string(found->second) == *change.value) fresh.erase(found);
      }
    });
  }
}

Task<void> LastSeen::run() {
  for (;;) {
    co_await clock_.sleep(kWriteEvery);
    auto written = co_await flush();
    if (!written) log::warn("last_seen.write_failed", {{"code", static_cast<int>(written.error().code)}});
  }
}

}  // namespace homing::chat
