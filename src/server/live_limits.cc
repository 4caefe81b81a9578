#include "server/live_limits.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "server/settings.h"

namespace homing::server {
namespace {

const std::string kPrefix = "limits/";
constexpr std::array<std::string_view, 6> kKeys = {"limits.frames_per_second",      "limits.frames_burst",
                                                   "limits.api_per_second",         "limits.api_burst",
                                                   "limits.api_address_per_second", "limits.api_address_burst"};

const Setting* changeable(std::string_view key) {
  return std::ranges::find(kKeys, key) == kKeys.end() ? nullptr : find_setting(key);
}

}  // namespace

Task<Result<void>> LiveLimits::load() {
  auto page = co_await records_.records(kPrefix, end_of(kPrefix), kKeys.size() * 4);
  if (!page) co_return std::unexpected(page.error());
  for (const Record& record : page->items) {
    const Setting* setting = changeable(std::string_view(record.name).substr(kPrefix.size()));
    Result<void> done = setting == nullptr ? fail(Code::not_found) : server::set(now_, *setting, record.value);
    if (!done) log::warn("limits.passed_over", {{"key", record.name}});
  }
  apply_(now_);
  co_return Result<void>{};
}

std::vector<LiveLimits::Limit> LiveLimits::list() const {
  std::vector<Limit> limits;
  for (std::string_view key : kKeys) {
    const Setting& setting = *find_setting(key);
    limits.push_back(Limit{std::string(key), value_of(now_, setting), value_of(settings_, setting),
                           std::string(setting.unit), std::string(setting.doc)});
  }
  return limits;
}

Task<Result<void>> LiveLimits::set(std::string key, std::string value) {
  const Setting* setting = changeable(key);
  if (setting == nullptr) co_return fail(Code::not_found, "There is no limit with this key.", "key");
  Config changed = now_;
  if (auto done = server::set(changed, *setting, value.empty() ? value_of(settings_, *setting) : value); !done)
    co_return fail(Code::invalid_argument, done.error().detail, "value");
  std::vector<RecordChange> changes;
  std::optional<std::string> kept;
  if (!value.empty()) kept = value;
  changes.push_back(RecordChange{kPrefix + key, std::move(kept), Whatever{}});
  auto written = co_await records_.write(std::move(changes), Durable::now);
  if (!written) co_return written;
  if (auto done = server::set(now_, *setting, value_of(changed, *setting)); !done) co_return done;
  log::info("limits.changed", {{"key", key}, {"value", value_of(now_, *setting)}});
  apply_(now_);
  co_return Result<void>{};
}

}  // namespace homing::server
