#include "webhooks/queue.h"

#include <charconv>
#include <functional>
#include <queue>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "webhooks.pb.h"

namespace homing::webhooks {
namespace {

constexpr std::string_view kLane = "hook/lane/";
constexpr std::string_view kMail = "hook/mail/";
constexpr std::string_view kTries = "hook/tries/";
constexpr std::string_view kDead = "hook-dead/";
constexpr std::size_t kHexDigits = 16;
constexpr std::size_t kReadAtOnce = 16;  // bodies may be large

// Of one bot, or of all.
std::string prefix_of(std::string_view table, AccountId bot) {
  return bot ? fmt::format("{}{:016x}/", table, bot.value) : std::string(table);
}
std::string name_of(std::string_view table, LaneId lane) {
  return fmt::format("{}{:016x}/{:016x}", table, lane.bot.value, lane.conversation.value);
}
std::string name_of(std::string_view table, LaneId lane, std::uint64_t order) {
  return fmt::format("{}{:016x}/{:016x}/{:016x}", table, lane.bot.value, lane.conversation.value, order);
}

std::optional<std::uint64_t> take_hex(std::string_view& text) {
  std::uint64_t value = 0;
  if (text.size() < kHexDigits) return std::nullopt;
  auto [end, error] = std::from_chars(text.data(), text.data() + kHexDigits, value, 16);
  if (error != std::errc() || end != text.data() + kHexDigits) return std::nullopt;
  text.remove_prefix(kHexDigits);
  if (text.starts_with('/')) text.remove_prefix(1);
  return value;
}

struct Place {
  LaneId lane;
  std::uint64_t order = 0;
};
Result<Place> place_of(std::string_view table, std::string_view name) {
  std::string_view rest = name.substr(table.size());
  auto bot = take_hex(rest);
  auto conversation = take_hex(rest);
  auto order = take_hex(rest);
  if (!bot || !conversation || !order) return fail(Code::corrupt, "A webhook record has a strange name.");
  return Place{LaneId{AccountId{*bot}, ConversationId{*conversation}}, *order};
}

template <class Message>
Result<Message> parse(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) return fail(Code::corrupt, "A webhook record cannot be read.");
  return message;
}

std::string to_bytes(const LaneMarks& marks) {
  stored::WebhookLane out;
  out.set_next(marks.next);
  out.set_arrived(marks.arrived.value);
  out.set_delivered(marks.delivered.value);
  out.set_read(marks.read.value);
  return out.SerializeAsString();
}

std::string to_bytes(const Mail& mail, Time added) {
  stored::WebhookMail out;
  out.set_kind(mail.kind);
  out.set_body(mail.body);
  out.set_added_ms(added.ms);
  return out.SerializeAsString();
}

}  // namespace

Queue::Queue(Records& records, Clock& clock) : records_(records), clock_(clock) {}

Task<Result<std::vector<Record>>> Queue::some(std::string from, std::string to, std::size_t limit) {
  auto page = co_await records_.records(std::move(from), std::move(to), limit);
  if (!page) co_return std::unexpected(page.error());
  co_return std::move(page->items);
}

Task<Result<std::optional<LaneMarks>>> Queue::marks(LaneId lane) {
  auto bytes = co_await records_.record(name_of(kLane, lane));
  if (!bytes && bytes.error().code == Code::not_found) co_return std::nullopt;
  if (!bytes) co_return std::unexpected(bytes.error());
  auto read = parse<stored::WebhookLane>(*bytes);
  if (!read) co_return std::unexpected(read.error());
  co_return LaneMarks{read->next(), Seq{read->arrived()}, Seq{read->delivered()}, Seq{read->read()}};
}

Task<Result<LaneMarks>> Queue::add(LaneId lane, std::optional<LaneMarks> was, LaneMarks is, std::vector<Mail> mails) {
  CHECK(mails.size() <= kMailsAtOnce) << "the caller splits what it adds";
  is.next = was ? was->next : LaneMarks{}.next;
  std::vector<RecordChange> changes;
  changes.reserve(mails.size() + 1);
  for (const Mail& mail : mails) {
    if (mail.body.size() > kBodyBytesMax) co_return fail(Code::too_big, "The body is too large for a webhook.");
    changes.push_back(RecordChange{name_of(kMail, lane, is.next++), to_bytes(mail, clock_.now())});
  }
  RecordChange moved{name_of(kLane, lane), to_bytes(is), IfAbsent{}};
  if (was) moved.condition = IfEquals{to_bytes(*was)};
  changes.push_back(std::move(moved));
  auto written = co_await records_.write(std::move(changes), Durable::now);
  if (!written) co_return std::unexpected(written.error());
  co_return is;
}

Task<Result<std::optional<Waiting>>> Queue::first(LaneId lane, std::uint64_t from) {
  auto found = co_await some(name_of(kMail, lane, from), end_of(name_of(kMail, lane) + "/"), 1);
  if (!found) co_return std::unexpected(found.error());
  if (found->empty()) co_return std::nullopt;
  auto place = place_of(kMail, found->front().name);
  if (!place) co_return std::unexpected(place.error());
  auto read = parse<stored::WebhookMail>(found->front().value);
  if (!read) co_return std::unexpected(read.error());
  co_return Waiting{place->order, Mail{read->kind(), std::move(*read->mutable_body())}, Time{read->added_ms()}};
}

Task<Result<std::optional<Tries>>> Queue::tries(LaneId lane) {
  auto bytes = co_await records_.record(name_of(kTries, lane));
  if (!bytes && bytes.error().code == Code::not_found) co_return std::nullopt;
  if (!bytes) co_return std::unexpected(bytes.error());
  auto read = parse<stored::WebhookTries>(*bytes);
  if (!read) co_return std::unexpected(read.error());
  co_return Tries{read->order(), read->attempts(), Time{read->due_ms()}, read->refusal(), read->refusals()};
}

Task<Result<void>> Queue::set_tries(LaneId lane, Tries tries) {
  stored::WebhookTries out;
  out.set_order(tries.order);
  out.set_attempts(tries.attempts);
  out.set_due_ms(tries.due.ms);
  out.set_refusal(tries.refusal);
  out.set_refusals(tries.refusals);
  std::vector<RecordChange> changes{RecordChange{name_of(kTries, lane), out.SerializeAsString()}};
  co_return co_await records_.write(std::move(changes), Durable::later);
}

Task<Result<void>> Queue::done(LaneId lane, std::uint64_t order) {
  std::vector<RecordChange> changes{RecordChange{name_of(kMail, lane, order), std::nullopt},
                                    RecordChange{name_of(kTries, lane), std::nullopt}};
  co_return co_await records_.write(std::move(changes), Durable::now);
}

Task<Result<void>> Queue::bury(LaneId lane, Waiting waiting, Tries tries) {
  stored::WebhookMail out;
  out.set_kind(waiting.mail.kind);
  out.set_body(waiting.mail.body);
  out.set_added_ms(waiting.added.ms);
  out.set_attempts(tries.attempts);
  out.set_refusal(tries.refusal);
  std::vector<RecordChange> changes{RecordChange{name_of(kMail, lane, waiting.order), std::nullopt},
                                    RecordChange{name_of(kTries, lane), std::nullopt},
                                    RecordChange{name_of(kDead, lane, waiting.order), out.SerializeAsString()}};
  co_return co_await records_.write(std::move(changes), Durable::now);
}

Task<Result<std::optional<LaneId>>> Queue::next_lane(LaneId after) {
  std::string from = after.bot ? end_of(name_of(kMail, after) + "/") : std::string(kMail);
  auto found = co_await some(std::move(from), end_of(std::string(kMail)), 1);
  if (!found) co_return std::unexpected(found.error());
  if (found->empty()) co_return std::nullopt;
  auto place = place_of(kMail, found->front().name);
  if (!place) co_return std::unexpected(place.error());
  co_return place->lane;
}

Task<Result<Page<DeadLetter>>> Queue::dead(AccountId bot, LaneId after, std::uint64_t after_order, std::size_t limit) {
  std::string prefix = prefix_of(kDead, bot);
  std::string from = after_order == 0 ? prefix : name_of(kDead, after, after_order + 1);
  auto found = co_await records_.records(std::move(from), end_of(prefix), limit);
  if (!found) co_return std::unexpected(found.error());
  Page<DeadLetter> page{{}, found->more};
  for (const Record& record : found->items) {
    auto place = place_of(kDead, record.name);
    if (!place) co_return std::unexpected(place.error());
    auto read = parse<stored::WebhookMail>(record.value);
    if (!read) co_return std::unexpected(read.error());
    page.items.push_back(
        DeadLetter{place->lane, place->order, read->kind(), Time{read->added_ms()}, read->attempts(), read->refusal()});
  }
  co_return page;
}

// One bot after the other. Of the letters that stay only names are in memory, and no more than may stay.
Task<Result<std::size_t>> Queue::tidy(std::size_t dead_per_bot_max) {
  using Letter = std::pair<Time, std::string>;
  std::priority_queue<Letter, std::vector<Letter>, std::greater<>> kept;  // the oldest on top
  AccountId bot;
  std::size_t dropped = 0;
  Time oldest = clock_.now() - kDeadKept;
  for (std::string from(kDead);;) {
    auto found = co_await records_.records(from, end_of(std::string(kDead)), kReadAtOnce);
    if (!found) co_return std::unexpected(found.error());
    std::vector<RecordChange> changes;
    for (Record& record : found->items) {
      from = record.name + '\0';
      auto place = place_of(kDead, record.name);
      if (!place) co_return std::unexpected(place.error());
      auto read = parse<stored::WebhookMail>(record.value);
      if (!read) co_return std::unexpected(read.error());
      if (place->lane.bot != bot) kept = {};
      bot = place->lane.bot;
      kept.emplace(Time{read->added_ms()}, std::move(record.name));
      while (!kept.empty() && (kept.size() > dead_per_bot_max || kept.top().first < oldest)) {
        changes.push_back(RecordChange{kept.top().second, std::nullopt});
        kept.pop();
      }
    }
    dropped += changes.size();
    if (!changes.empty()) {
      auto written = co_await records_.write(std::move(changes), Durable::later);
      if (!written) co_return std::unexpected(written.error());
    }
    if (found->more == More::no || found->items.empty()) co_return dropped;
  }
}

Task<Result<std::size_t>> Queue::revive(AccountId bot) {
  std::size_t revived = 0;
  std::string prefix = prefix_of(kDead, bot);
  for (;;) {
    auto found = co_await some(prefix, end_of(prefix), kReadAtOnce);
    if (!found) co_return std::unexpected(found.error());
    if (found->empty()) co_return revived;
    std::vector<RecordChange> changes;
    for (Record& record : *found) {
      auto place = place_of(kDead, record.name);
      if (!place) co_return std::unexpected(place.error());
      auto read = parse<stored::WebhookMail>(record.value);
      if (!read) co_return std::unexpected(read.error());
      Mail mail{read->kind(), std::move(*read->mutable_body())};
      changes.push_back(RecordChange{name_of(kMail, place->lane, place->order), to_bytes(mail, clock_.now())});
      changes.push_back(RecordChange{std::move(record.name), std::nullopt});
      changes.push_back(RecordChange{name_of(kTries, place->lane), std::nullopt});
    }
    auto written = co_await records_.write(std::move(changes), Durable::now);
    if (!written) co_return std::unexpected(written.error());
    revived += found->size();
  }
}

Task<Result<void>> Queue::forget_tries(AccountId bot) { co_return co_await erase_all(prefix_of(kTries, bot)); }

Task<Result<void>> Queue::clear(AccountId bot) {
  CHECK(bot) << "of one bot";
  // The marks go last: until then nothing is added twice.
  for (std::string_view table : {kTries, kMail, kDead, kLane}) {
    auto erased = co_await erase_all(prefix_of(table, bot));
    if (!erased) co_return erased;
  }
  co_return Result<void>{};
}

Task<Result<void>> Queue::erase_all(std::string prefix) {
  for (;;) {
    auto found = co_await some(prefix, end_of(prefix), kReadAtOnce);
    if (!found) co_return std::unexpected(found.error());
    if (found->empty()) co_return Result<void>{};
    std::vector<RecordChange> changes;
    for (Record& record : *found) changes.push_back(RecordChange{std::move(record.name), std::nullopt});
    auto erased = co_await records_.write(std::move(changes), Durable::now);
    if (!erased) co_return erased;
  }
}

}  // namespace homing::webhooks
