#include "chat/pushes.h"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "wire/push_notice.h"

namespace homing::chat {
namespace {

using std::chrono::milliseconds;

const std::string kPrefix = "push/";
constexpr std::size_t kAddressesAtOnce = 500;
constexpr milliseconds kLookEvery{500};
constexpr milliseconds kFirstPause{10'000};

std::string prefix_of(AccountId account) { return fmt::format("{}{:016x}/", kPrefix, account.value); }
std::string name_of(AccountId account, DeviceId device) {
  return prefix_of(account) + fmt::format("{:016x}", device.value);
}

// push/ACCOUNT/DEVICE
std::optional<std::pair<AccountId, DeviceId>> names_in(std::string_view name) {
  constexpr std::size_t kDigits = 16;
  if (name.size() != kPrefix.size() + 2 * kDigits + 1) return std::nullopt;
  std::uint64_t account = 0, device = 0;
  const char* at = name.data() + kPrefix.size();
  bool read = std::from_chars(at, at + kDigits, account, 16).ec == std::errc{} &&
              std::from_chars(at + kDigits + 1, at + 2 * kDigits + 1, device, 16).ec == std::errc{};
  if (!read) return std::nullopt;
  return std::pair(AccountId{account}, DeviceId{device});
}

milliseconds pause_after(int attempts, milliseconds asked) {
  milliseconds own = kFirstPause * (1 << std::min(attempts, 10));
  return std::min(std::max(own, asked), kPushAgainMax);
}

}  // namespace

Task<Result<void>> Pushes::load() {
  std::string from = kPrefix;
  for (More more = More::yes; more == More::yes;) {
    auto page = co_await world_.records.records(from, end_of(kPrefix), kAddressesAtOnce);
    if (!page) co_return std::unexpected(page.error());
    more = page->more;
    for (const Record& record : page->items) {
      from = record.name + '\0';
      auto names = names_in(record.name);
      if (names) state_.with([&](State& state) { state.reachable.insert(names->first); });
    }
  }
  reachable_ = state_.with([](const State& state) { return state.reachable.size(); });
  co_return Result<void>{};
}

Task<Result<void>> Pushes::set(Caller caller, PushAddress address) {
  if (auto checked = gateway_.check(address); !checked) co_return checked;
  std::vector<RecordChange> changes;
  changes.push_back(RecordChange{name_of(caller.account, caller.device), wire::store(address), Whatever{}});
  auto written = co_await world_.records.write(std::move(changes), Durable::now);
  if (!written) co_return written;
  state_.with([&](State& state) { state.reachable.insert(caller.account); });
  ++reachable_;  // never too few: this only spares a look into an empty set
  co_return Result<void>{};
}

Task<Result<void>> Pushes::clear(Caller caller) { return forget(caller.account, caller.device); }

Task<Result<void>> Pushes::forget(AccountId account, DeviceId device) {
  std::vector<RecordChange> changes;
  changes.push_back(RecordChange{name_of(account, device), std::nullopt, Whatever{}});
  auto written = co_await world_.records.write(std::move(changes), Durable::now);
  if (!written) co_return written;
  auto left = co_await addresses(account);
  if (!left) co_return std::unexpected(left.error());
  if (left->empty()) state_.with([&](State& state) { state.reachable.erase(account); });
  co_return Result<void>{};
}

Task<Result<std::vector<Pushes::Reachable>>> Pushes::addresses(AccountId account) {
  std::string from = prefix_of(account);
  auto page = co_await world_.records.records(from, end_of(from), kAddressesAtOnce);
  if (!page) co_return std::unexpected(page.error());
  std::vector<Reachable> result;
  for (const Record& record : page->items) {
    auto names = names_in(record.name);
    auto address = wire::load_push_address(record.value);
    if (!names || !address) co_return fail(Code::corrupt, "A push address cannot be read.");
    result.push_back(Reachable{names->second, std::move(*address)});
  }
  co_return result;
}

void Pushes::arrived(AccountId account, const EventRef& event) {
  if (reachable_ == 0) return;
  Time due = world_.clock.now() + kPushAfter;
  state_.with([&](State& state) {
    if (!state.reachable.contains(account)) return;
    auto known = state.waiting.find(account);
    if (known == state.waiting.end() && state.waiting.size() >= kPushesWaitingMax) return;
    if (known == state.waiting.end()) {
      state.waiting.emplace(account, Waiting{due, event, 0, {}});
      state.by_time.emplace(due, account);
      return;
    }
    // Told when the first of them is due; what is told is the newest.
    known->second.newest = event;
    known->second.told.clear();
  });
}

void Pushes::put(AccountId account, Waiting waiting) {
  state_.with([&](State& state) {
    if (state.waiting.contains(account)) return;  // something newer came meanwhile, and will be told
    state.by_time.emplace(waiting.due, account);
    state.waiting.emplace(account, std::move(waiting));
  });
}

std::optional<std::pair<AccountId, Pushes::Waiting>> Pushes::take_due() {
  Time now = world_.clock.now();
  return state_.with([&](State& state) -> std::optional<std::pair<AccountId, Waiting>> {
    if (state.by_time.empty() || state.by_time.begin()->first > now) return std::nullopt;
    AccountId account = state.by_time.begin()->second;
    state.by_time.erase(state.by_time.begin());
    auto found = state.waiting.find(account);
    std::pair<AccountId, Waiting> due{account, std::move(found->second)};
    state.waiting.erase(found);
    return due;
  });
}

Task<bool> Pushes::tell_due() {
  auto due = take_due();
  if (!due) co_return false;
  co_await tell(due->first, std::move(due->second));
  co_return true;
}

Task<void> Pushes::run() {
  auto executor = co_await boost::asio::this_coro::executor;
  for (;;) {
    while (under_way_ < kPushesAtOnce) {
      auto due = take_due();
      if (!due) break;
      ++under_way_;
      boost::asio::co_spawn(executor, tell(due->first, std::move(due->second)),
                            [this](std::exception_ptr) { --under_way_; });
    }
    co_await world_.clock.sleep(kLookEvery);
  }
}

void Pushes::note(const Result<PushAnswer>& answer) {
  using enum PushAnswer::What;
  if (answer && answer->what == taken) ++metrics_.taken;
  if (answer && answer->what == gone) ++metrics_.gone;
  if (!answer || answer->what == later || answer->what == refused) ++metrics_.failed;
}

Task<void> Pushes::tell(AccountId account, Waiting waiting) {
  auto reachable = co_await addresses(account);
  if (!reachable) {
    log::warn("push.failed", {{"code", static_cast<int>(reachable.error().code)}});
    co_return;
  }
  std::optional<milliseconds> again;
  for (Reachable& device : *reachable) {
    if (waiting.told.contains(device.device)) continue;
    auto record = co_await world_.directory.device(device.device);
    if (record && (*record)->life == Life::ended) {
      (void)co_await forget(account, device.device);
      continue;
    }
    auto place = co_await world_.inbox.cursor(account, device.device);
    if (!place || *place >= Cursor::at(waiting.newest.commit)) continue;  // fetched it by itself
    auto what = co_await message(account, waiting.newest, device.address.previews);
    if (!what || !*what) continue;
    PushMessage text = std::move(**what);
    auto answer = co_await gateway_.push(std::move(device.address), std::move(text));
    note(answer);
    if (answer && answer->what == PushAnswer::What::gone) {
      (void)co_await forget(account, device.device);
    } else if (!answer || answer->what == PushAnswer::What::later) {
      milliseconds asked = answer ? answer->after : milliseconds{0};
      again = std::max(again.value_or(milliseconds{0}), pause_after(waiting.attempts, asked));
    } else {
      if (answer->what == PushAnswer::What::refused) log::warn("push.refused", {{"device", device.device.value}});
      waiting.told.insert(device.device);
    }
  }
  if (!again || ++waiting.attempts >= kPushAttemptsMax) co_return;
  waiting.due = world_.clock.now() + *again;
  put(account, std::move(waiting));
}

Task<Result<std::optional<PushMessage>>> Pushes::message(AccountId account, EventRef event, Previews previews) {
  const std::optional<PushMessage> nothing;
  std::vector<EventRef> refs{event};
  auto envelopes = co_await world_.log.get(std::move(refs));
  if (!envelopes) co_return std::unexpected(envelopes.error());
  if (envelopes->empty()) co_return nothing;
  const Envelope& envelope = envelopes->front();
  const Header& header = envelope.sealed->header;
  if (header.deleted_by || expired(envelope, world_.clock.now())) co_return nothing;
  auto marks = co_await world_.directory.marks(event.conversation);
  if (!marks) co_return std::unexpected(marks.error());
  auto own = std::ranges::find(*marks, account, &MemberReceipt::account);
  if (own != marks->end() && own->receipt.seen >= event.seq) co_return nothing;  // read on another device

  wire::PushNotice shown;
  if (previews == Previews::yes) {
    auto author = co_await world_.directory.account(header.author);
    if (!author) co_return std::unexpected(author.error());
    auto conversation = co_await world_.directory.conversation(event.conversation);
    if (!conversation) co_return std::unexpected(conversation.error());
    shown.author = (*author)->name.empty() ? (*author)->phone : (*author)->name;
    if ((*conversation)->kind == ConversationKind::group) shown.group = (*conversation)->name;
    shown.mentioned = std::ranges::find(header.mentions, account) != header.mentions.end();
  }
  PushMessage message;
  message.text = wire::push_json(envelope, previews == Previews::yes ? &shown : nullptr);
  message.topic = fmt::format("c{:016x}", event.conversation.value);
  co_return std::optional(std::move(message));
}

Task<Result<std::vector<Pushes::Told>>> Pushes::test(AccountId account) {
  auto reachable = co_await addresses(account);
  if (!reachable) co_return std::unexpected(reachable.error());
  std::vector<Told> told;
  for (Reachable& device : *reachable) {
    PushMessage message{wire::push_test_json(), "test", std::chrono::minutes(5)};
    std::string endpoint = device.address.endpoint;
    auto answer = co_await gateway_.push(std::move(device.address), std::move(message));
    note(answer);
    if (answer && answer->what == PushAnswer::What::gone) (void)co_await forget(account, device.device);
    told.push_back(Told{device.device, std::move(endpoint), std::move(answer)});
  }
  co_return told;
}

}  // namespace homing::chat
