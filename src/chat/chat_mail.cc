// Chat: an inbox as the frames that a device gets.
#include <algorithm>
#include <unordered_map>

#include "chat/chat.h"

namespace homing::chat {
namespace {

constexpr std::size_t kNoticesAtOnce = 64;  // bounds what a cold read holds in memory: 64 envelopes of 64 KiB

std::vector<EventRef> events_of(const std::vector<Notice>& notices) {
  std::vector<EventRef> refs;
  refs.reserve(notices.size());
  for (const Notice& notice : notices) {
    if (const auto* arrived = std::get_if<EventArrived>(&notice.news)) refs.push_back(arrived->event);
  }
  return refs;
}

bool names(const EventRef& ref, const Envelope& envelope) {
  return ref.conversation == envelope.conversation && ref.seq == envelope.seq;
}

}  // namespace

Task<Result<Chat::Mail>> Chat::mail(Caller caller, Cursor after, std::size_t bytes) {
  Mail mail;
  mail.next = after;
  auto page = co_await inbox_.read(caller.account, after, kNoticesAtOnce);
  if (!page) co_return std::unexpected(page.error());
  if (page->items.empty()) co_return mail;
  std::vector<EventRef> refs = events_of(page->items);
  std::vector<Envelope> envelopes;
  if (!refs.empty()) {
    auto got = co_await log_.get(std::move(refs));
    if (!got) co_return std::unexpected(got.error());
    envelopes = std::move(*got);
  }

  mail.more = page->more;
  std::size_t next_envelope = 0;  // get() answers in the order asked and leaves out what retention dropped
  std::size_t used = 0;
  Time now = clock_.now();
  for (const Notice& notice : page->items) {
    if (used >= bytes) {
      mail.more = More::yes;
      break;
    }
    if (const auto* arrived = std::get_if<EventArrived>(&notice.news)) {
      if (next_envelope < envelopes.size() && names(arrived->event, envelopes[next_envelope])) {
        Envelope& envelope = envelopes[next_envelope++];
        // The device that sent it has its answer already.
        if (envelope.device != caller.device && !expired(envelope, now)) {
          used += envelope.sealed->bytes.size() + 64;
          wire::Delivery delivery{notice.at, std::move(envelope)};
          mail.frames.push_back(wire::ServerFrame{0, std::move(delivery)});
        }
      }
    } else {
      ConversationId id = std::get<MarksMoved>(notice.news).conversation;
      auto conversation = co_await directory_.conversation(id);
      if (conversation) {
        auto receipts = co_await receipts_for(caller.account, std::move(*conversation));
        if (!receipts) co_return std::unexpected(receipts.error());
        receipts->position = notice.at;
        mail.frames.push_back(wire::ServerFrame{0, *receipts});
        used += 48;
      } else if (conversation.error().code != Code::not_found) {
        co_return std::unexpected(conversation.error());
      }
    }
    mail.next = notice.at;
  }
  co_return mail;
}

Task<Result<Cursor>> Chat::place(Caller caller, Cursor stated) {
  auto known = co_await inbox_.cursor(caller.account, caller.device);
  if (!known || stated <= *known) co_return known;
  auto bookmark = co_await inbox_.bookmark();
  if (!bookmark) co_return std::unexpected(bookmark.error());
  // Never given out by this server, e.g. before a backup was restored: begin again from what is known.
  if (stated.commit() > *bookmark) co_return known;
  auto moved = co_await acknowledge(caller, stated, Saying::again);
  if (!moved) co_return std::unexpected(moved.error());
  co_return stated;
}

Task<Result<wire::Welcome>> Chat::welcome(Caller caller, Cursor stated) {
  auto account = co_await directory_.account(caller.account);
  if (!account) co_return std::unexpected(account.error());
  // It may have been revoked while it connected, before its session could be found and ended.
  auto device = co_await directory_.device(caller.device);
  if (!device) co_return std::unexpected(device.error());
  if ((*device)->life == Life::ended || (*account)->life == Life::ended) co_return fail(Code::unauthenticated);
  auto known = co_await place(caller, stated);
  if (!known) co_return std::unexpected(known.error());
  stated = std::min(stated, *known);
  const Account& person = **account;
  wire::Welcome welcome;
  welcome.caller = caller;
  welcome.phone = person.phone;
  welcome.name = person.name;
  welcome.about = person.about;
  welcome.cursor = stated;
  welcome.time = clock_.now();
  welcome.read_receipts = person.read_receipts;
  welcome.blocked = person.blocked;
  welcome.picture = person.picture;
  welcome.privacy = person.privacy;
  co_return welcome;
}

}  // namespace homing::chat
