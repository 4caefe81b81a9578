#include "edge/rest/unread.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "edge/rest/query.h"
#include "wire/limits.h"

namespace homing::rest {
namespace {

using edge::Response;
using std::chrono::milliseconds;

constexpr std::size_t kMailBytes = 256 * 1024;
// Who waits looks into the inbox so often; a waiting request costs nothing in between.
constexpr milliseconds kLookEvery{500};
// The edge gives a request a minute: a wait ends before.
constexpr milliseconds kWaitMax{55'000};
// Something may be given out a moment before the place behind it counts.
constexpr int kPlaceAttempts = 3;
constexpr milliseconds kPlaceAgainAfter{50};

}  // namespace

Task<Result<Cursor>> Unread::moved_to(Caller caller, std::string written, std::string field) {
  auto number = number_from(written);
  if (!number) co_return fail(Code::invalid_argument, "This is no place that was given out.", std::move(field));
  Cursor stated{*number};
  for (int attempt = 1;; ++attempt) {
    auto place = co_await chat_.place(caller, stated);
    if (!place || *place >= stated) co_return place;
    if (attempt == kPlaceAttempts) break;
    co_await clock_.sleep(kPlaceAgainAfter);
  }
  co_return fail(Code::invalid_argument, "This is no place that was given out.", std::move(field));
}

Task<Response> Unread::acknowledge(edge::Request request) {
  auto caller = co_await gate_.enter(request, Act::write);
  if (!caller) co_return edge::refused(caller.error());
  auto up_to = wire::parse_acknowledgement(request.body);
  if (!up_to) co_return edge::refused(up_to.error());
  auto place = co_await moved_to(*caller, std::move(*up_to), "up_to");
  if (!place) co_return edge::refused(place.error());
  co_return edge::json(200, "{}");
}

Task<Response> Unread::get(edge::Request request) {
  auto caller = co_await gate_.enter(request, Act::read);
  if (!caller) co_return edge::refused(caller.error());
  if (auto user = request.query.get("user_id")) {
    auto own = co_await people_.check_caller(*caller, std::string(*user), "user_id");
    if (!own) co_return edge::refused(own.error());
  }
  auto limit = number_in(request.query, "limit", 1, limits::kUnreadPageMax, limits::kUnreadPageMax);
  if (!limit) co_return edge::refused(limit.error());
  auto wait = number_in(request.query, "wait", 0, limits::kUnreadWaitSecondsMax, 0);
  if (!wait) co_return edge::refused(wait.error());
  std::string after(request.query.get("after").value_or("0"));
  auto place = co_await moved_to(*caller, std::move(after), "after");
  if (!place) co_return edge::refused(place.error());

  Time end = clock_.now() + std::min(milliseconds(*wait * 1000), kWaitMax);
  Cursor from = *place;
  std::optional<Waits::Wait> waiting;
  for (;;) {
    auto page = co_await read(*caller, from, *limit);
    if (!page) co_return edge::refused(page.error());
    Time now = clock_.now();
    bool over = (waiting && waiting->over()) || (request.hung_up && request.hung_up());
    if (!page->messages.empty() || now >= end || over || !ready_()) {
      auto json = co_await written(*caller, std::move(*page));
      if (!json) co_return edge::refused(json.error());
      co_return edge::json(200, std::move(*json));
    }
    from = page->next;
    if (!waiting) waiting.emplace(waits_, caller->device);
    co_await clock_.sleep(std::min(kLookEvery, end - now));
    // The token may have ended meanwhile, and what comes now is not for who had it.
    auto still = co_await gate_.enter(request, Act::read);
    if (!still) co_return edge::refused(still.error());
  }
}

Task<Result<Unread::Page>> Unread::read(Caller caller, Cursor after, std::size_t limit) {
  Page page;
  page.next = after;
  std::size_t bytes = 0;
  for (;;) {
    auto mail = co_await chat_.mail(caller, page.next, kMailBytes);
    if (!mail) co_return std::unexpected(mail.error());
    for (wire::ServerFrame& frame : mail->frames) {
      auto* delivery = std::get_if<wire::Delivery>(&frame.body);
      if (delivery == nullptr) continue;  // ticks are not for here
      if (page.messages.size() == limit || bytes >= limits::kUnreadPageBytesMax) {
        page.more = More::yes;
        co_return page;
      }
      page.next = delivery->position;
      // What this person wrote elsewhere, and who came and went, is passed.
      const Header& header = delivery->envelope.sealed->header;
      if (header.author == caller.account || !wire::is_message(delivery->envelope)) continue;
      bytes += delivery->envelope.sealed->bytes.size();
      page.messages.push_back(std::move(delivery->envelope));
    }
    page.next = mail->next;
    if (mail->more == More::no) co_return page;
  }
}

Task<Result<std::string>> Unread::written(Caller caller, Page page) {
  std::unordered_map<ConversationId, wire::Context> rooms;
  std::unordered_map<AccountId, wire::Profile> people;
  std::string out = "{\"messages\":[";
  for (const Envelope& envelope : page.messages) {
    auto room = rooms.find(envelope.conversation);
    if (room == rooms.end()) {
      wire::GetConversation wanted{envelope.conversation};
      auto view = co_await chat_.conversation(caller, wanted);
      wire::Context context;
      if (view) {
        context.kind = view->conversation.kind;
        context.group_name = view->conversation.name;
      } else if (view.error().code != Code::unknown_conversation) {
        co_return std::unexpected(view.error());
      }
      room = rooms.emplace(envelope.conversation, std::move(context)).first;
    }
    AccountId author = envelope.sealed->header.author;
    auto person = people.find(author);
    if (person == people.end()) {
      wire::FindAccounts wanted{{}, {author}};
      auto found = co_await chat_.find_accounts(caller, std::move(wanted));
      if (!found) co_return std::unexpected(found.error());
      wire::Profile profile;
      if (!found->accounts.empty()) profile = found->accounts.front();
      person = people.emplace(author, std::move(profile)).first;
    }
    wire::Context context = room->second;
    context.author = person->second;
    if (out.back() != '[') out += ',';
    out += wire::message_json(envelope, context);
  }
  out += fmt::format("],\"next\":\"{}\",\"more\":{}}}", page.next.value, page.more == More::yes);
  co_return out;
}

}  // namespace homing::rest
