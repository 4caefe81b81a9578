// Chat: statuses, and who types.
#include <algorithm>

#include "chat/chat.h"
#include "chat/direct.h"
#include "chat/drafted.h"
#include "chat/rules.h"

namespace homing::chat {
namespace {

constexpr std::size_t kConversationsAtOnce = 200;

// The other side of a direct conversation with two people in it.
std::optional<AccountId> partner(const Conversation& conversation, AccountId account) {
  if (conversation.kind != ConversationKind::direct) return std::nullopt;
  for (const Membership& membership : conversation.members) {
    if (membership.account != account) return membership.account;
  }
  return std::nullopt;
}

}  // namespace

Task<Result<Chat::Audience>> Chat::audience_of(AccountId account) {
  auto author = co_await directory_.account(account);
  if (!author) co_return std::unexpected(author.error());
  Audience audience;
  ConversationId after;
  for (bool more = true; more;) {
    auto page = co_await directory_.conversations_of(account, after, kConversationsAtOnce);
    if (!page) co_return std::unexpected(page.error());
    for (ConversationId id : page->items) {
      after = id;
      auto conversation = co_await directory_.conversation(id);
      if (!conversation) co_return std::unexpected(conversation.error());
      auto other = partner(**conversation, account);
      if (!other || (*author)->blocks(*other)) continue;
      auto person = co_await directory_.account(*other);
      if (!person) co_return std::unexpected(person.error());
      if ((*person)->life == Life::ended) continue;
      audience.accounts.push_back(*other);
      if ((*person)->blocks(account)) audience.blocking.push_back(*other);
    }
    more = page->more == More::yes && !page->items.empty();
  }
  co_return audience;
}

Task<Result<Draft>> Chat::prepare_status(Caller caller, wire::Send send) {
  auto audience = co_await audience_of(caller.account);
  if (!audience) co_return std::unexpected(audience.error());
  for (unsigned probe = 0;; ++probe) {
    ConversationId id = status_id(caller.account, probe);
    auto feed = co_await directory_.conversation(id);
    if (!feed && feed.error().code != Code::not_found) co_return std::unexpected(feed.error());
    bool mine = feed && (*feed)->kind == ConversationKind::status && (*feed)->member(caller.account) != nullptr &&
                (*feed)->member(caller.account)->role == Role::admin;
    if (feed && !mine) continue;
    const Conversation* existing = feed ? feed->get() : nullptr;
    auto verdict =
        rules::post_status(id, existing, caller.account, audience->accounts, audience->blocking, send, clock_.now());
    if (!verdict) co_return std::unexpected(verdict.error());
    Version expects = existing == nullptr ? Version{} : existing->version;
    co_return drafted(caller, send.client_id, id, expects, std::move(*verdict));
  }
}

Task<Result<void>> Chat::type(Caller caller, wire::Typing typing) {
  auto conversation = co_await visible(caller.account, typing.conversation);
  if (!conversation) co_return std::unexpected(conversation.error());
  const Conversation& room = **conversation;
  if (room.member(caller.account) == nullptr) co_return fail(Code::not_a_member);
  if (room.kind == ConversationKind::status) co_return fail(Code::not_the_author);
  std::vector<AccountId> others;
  for (const Membership& membership : room.members) {
    if (membership.active() && membership.account != caller.account) others.push_back(membership.account);
  }
  if (room.kind == ConversationKind::direct && !others.empty()) {
    auto other = co_await directory_.account(others.front());
    if (!other) co_return std::unexpected(other.error());
    if ((*other)->blocks(caller.account)) co_return Result<void>{};
  }
  hub_.whisper(others, wire::SomebodyTypes{typing.conversation, caller.account, typing.kind});
  co_return Result<void>{};
}

}  // namespace homing::chat
