// Chat: what makes new events.
#include "base/check.h"
#include "chat/accounts.h"
#include "chat/chat.h"
#include "chat/contacts.h"
#include "chat/direct.h"
#include "chat/drafted.h"
#include "chat/rules.h"
#include "wire/seal.h"

namespace homing::chat {
namespace {

bool is_direct_between(const Conversation& conversation, AccountId a, AccountId b) {
  return conversation.kind == ConversationKind::direct && conversation.member(a) != nullptr &&
         conversation.member(b) != nullptr && conversation.members.size() == (a == b ? 1u : 2u);
}

AccountId other_side(const Conversation& conversation, AccountId account) {
  for (const Membership& membership : conversation.members) {
    if (membership.account != account) return membership.account;
  }
  return account;
}

// A status said again ends later than the first one: 24 hours from now. That makes it no other status.
bool same_but_its_end(const Sealed& again, const Body& body, const Envelope& first) {
  Event event{again.header, body};
  event.header.expires = first.sealed->header.expires;
  return wire::seal(event)->bytes == first.sealed->bytes;
}

// A refusal by the rules, as against a world that is unwell.
bool is_refusal(Code code) {
  int number = static_cast<int>(code);
  return (number >= 40 && number < 60) || number >= 70;
}

}  // namespace

Chat::Chat(EventLog& log, Inbox& inbox, Directory& directory, Hub& hub, Clock& clock, Random& random, Files* files)
    : log_(log), inbox_(inbox), directory_(directory), hub_(hub), clock_(clock), random_(random), files_(files) {}

Task<Result<std::shared_ptr<const Account>>> Chat::resolve(wire::Recipient to) {
  AccountId id;
  if (const auto* account = std::get_if<AccountId>(&to)) {
    id = *account;
  } else {
    auto phone = normal_phone(std::get<wire::Phone>(to).number);
    if (!phone) co_return std::unexpected(phone.error());
    auto found = co_await directory_.account_by_phone(*phone);
    if (!found)
      co_return fail(found.error().code == Code::not_found ? Code::unknown_recipient : found.error().code, {}, "to");
    id = *found;
  }
  auto account = co_await directory_.account(id);
  if (!account && account.error().code != Code::not_found) co_return std::unexpected(account.error());
  if (!account || (*account)->life == Life::ended) co_return fail(Code::unknown_recipient, {}, "to");
  co_return std::move(*account);
}

Task<Result<std::shared_ptr<const Conversation>>> Chat::visible(AccountId account, ConversationId id) {
  auto conversation = co_await directory_.conversation(id);
  if (!conversation) {
    co_return fail(conversation.error().code == Code::not_found ? Code::unknown_conversation
                                                                : conversation.error().code);
  }
  for (const Membership& membership : (*conversation)->members) {
    if (membership.account == account) co_return std::move(*conversation);
  }
  // To a stranger the conversation does not exist.
  co_return fail(Code::unknown_conversation);
}

Task<Result<Draft>> Chat::prepare(Caller caller, wire::Send send) {
  auto draft = co_await prepare_to(caller, std::move(send));
  if (!draft || draft->sealed->header.media.empty()) co_return draft;
  auto allowed = co_await may_show(caller.account, draft->sealed->header.media);
  if (!allowed) co_return std::unexpected(allowed.error());
  co_return draft;
}

Task<Result<void>> Chat::may_show(AccountId account, std::vector<std::string> media) {
  if (files_ == nullptr) co_return fail(Code::media_unknown, {}, "media");
  co_return co_await files_->claim(account, std::move(media));
}

Task<Result<Draft>> Chat::prepare_to(Caller caller, wire::Send send) {
  if (std::holds_alternative<wire::MyStatus>(send.to)) co_return co_await prepare_status(caller, std::move(send));
  if (const auto* id = std::get_if<ConversationId>(&send.to)) {
    auto conversation = co_await visible(caller.account, *id);
    if (!conversation) co_return std::unexpected(conversation.error());
    co_return co_await prepare_in(caller, std::move(*conversation), std::move(send));
  }
  auto recipient = co_await resolve(send.to);
  if (!recipient) co_return std::unexpected(recipient.error());
  co_return co_await prepare_direct(caller, std::move(*recipient), std::move(send));
}

Task<Result<Draft>> Chat::prepare_in(Caller caller, std::shared_ptr<const Conversation> conversation, wire::Send send) {
  if (send.reply_to || send.reacted_to) {
    auto head = co_await log_.head(conversation->id);
    if (!head) co_return std::unexpected(head.error());
    if (*head < send.reply_to) co_return fail(Code::seq_unknown, {}, "reply_to");
    if (*head < send.reacted_to) co_return fail(Code::seq_unknown, {}, "reacted_to");
  }
  std::shared_ptr<const Account> recipient;
  if (conversation->kind == ConversationKind::direct) {
    auto account = co_await directory_.account(other_side(*conversation, caller.account));
    if (!account) co_return std::unexpected(account.error());
    if ((*account)->life == Life::ended) co_return fail(Code::unknown_recipient, {}, "conversation");
    recipient = std::move(*account);
  }
  auto verdict = rules::post(*conversation, caller.account, send, recipient.get());
  if (!verdict) co_return std::unexpected(verdict.error());
  co_return drafted(caller, send.client_id, conversation->id, conversation->version, std::move(*verdict));
}

Task<Result<Draft>> Chat::prepare_direct(Caller caller, std::shared_ptr<const Account> recipient, wire::Send send) {
  for (unsigned probe = 0;; ++probe) {
    ConversationId id = direct_id(caller.account, recipient->id, probe);
    auto existing = co_await directory_.conversation(id);
    if (!existing && existing.error().code != Code::not_found) co_return std::unexpected(existing.error());
    if (existing && !is_direct_between(**existing, caller.account, recipient->id)) continue;
    if (existing) co_return co_await prepare_in(caller, std::move(*existing), std::move(send));
    if (send.reply_to) co_return fail(Code::seq_unknown, {}, "reply_to");
    if (send.reacted_to) co_return fail(Code::seq_unknown, {}, "reacted_to");
    auto verdict = rules::begin_direct(id, caller.account, *recipient, send, clock_.now());
    if (!verdict) co_return std::unexpected(verdict.error());
    co_return drafted(caller, send.client_id, id, Version{}, std::move(*verdict));
  }
}

Task<Result<Envelope>> Chat::commit(Caller caller, wire::Send send, Draft draft) {
  std::shared_ptr<const Sealed> sealed = draft.sealed;
  ConversationId wanted = draft.conversation;
  auto envelope = co_await log_.append(std::move(draft));
  // The same words to somebody else: the log knows what was said, not to whom.
  if (envelope && envelope->conversation != wanted) co_return fail(Code::client_id_reused, {}, "client_id");
  if (!envelope && envelope.error().code == Code::client_id_reused && std::holds_alternative<wire::MyStatus>(send.to)) {
    auto first = co_await log_.find(caller.device, send.client_id);
    if (!first) co_return std::unexpected(first.error());
    if (*first && same_but_its_end(*sealed, send.body, **first)) co_return std::move(**first);
  }
  if (envelope || envelope.error().code != Code::conflict) co_return envelope;
  // Somebody changed the members in between: look again, once.
  auto again = co_await prepare(caller, send);
  if (!again) co_return co_await first_answer(caller, send, again.error());
  Draft second = std::move(*again);
  co_return co_await log_.append(std::move(second));
}

Task<Result<Envelope>> Chat::send(Caller caller, wire::Send send) {
  auto draft = co_await prepare(caller, send);
  if (!draft) co_return co_await first_answer(caller, send, draft.error());
  Draft ready = std::move(*draft);
  co_return co_await commit(caller, std::move(send), std::move(ready));
}

Task<Result<Envelope>> Chat::first_answer(Caller caller, ClientId client_id, Error refusal) {
  if (!is_refusal(refusal.code)) co_return std::unexpected(std::move(refusal));
  auto found = co_await log_.find(caller.device, client_id);
  if (!found) co_return std::unexpected(found.error());
  if (!*found) co_return std::unexpected(std::move(refusal));
  co_return std::move(**found);
}

Task<Result<Envelope>> Chat::first_answer(Caller caller, wire::Send send, Error refusal) {
  auto first = co_await first_answer(caller, send.client_id, std::move(refusal));
  if (!first) co_return first;
  auto same = co_await went_to(caller, *first, send.to);
  if (!same) co_return std::unexpected(same.error());
  if (*same && rules::came_of(*first, send)) co_return first;
  co_return fail(Code::client_id_reused, {}, "client_id");
}

// Also when whom it went to is here no more.
Task<Result<bool>> Chat::went_to(Caller caller, Envelope envelope, wire::Recipient to) {
  if (const auto* id = std::get_if<ConversationId>(&to)) co_return *id == envelope.conversation;
  auto conversation = co_await directory_.conversation(envelope.conversation);
  if (!conversation) co_return std::unexpected(conversation.error());
  if (std::holds_alternative<wire::MyStatus>(to)) co_return (*conversation)->kind == ConversationKind::status;
  if ((*conversation)->kind != ConversationKind::direct) co_return false;
  AccountId other = other_side(**conversation, caller.account);
  if (const auto* account = std::get_if<AccountId>(&to)) co_return *account == other;
  auto phone = normal_phone(std::get<wire::Phone>(to).number);
  if (!phone) co_return false;
  auto person = co_await directory_.account(other);
  if (!person) co_return std::unexpected(person.error());
  co_return (*person)->phone == *phone;
}

Task<Result<std::shared_ptr<const Account>>> Chat::resolve_addable(Caller caller, AccountId account,
                                                                   std::string field) {
  wire::Recipient to = account;
  auto person = co_await resolve(to);
  if (!person) co_return person;
  auto wanted = co_await admits(directory_, *person, (*person)->privacy.groups, caller.account);
  if (!wanted) co_return std::unexpected(wanted.error());
  if (!*wanted) co_return fail(Code::not_wanted, "Somebody lets not everybody add them to groups.", std::move(field));
  co_return person;
}

}  // namespace homing::chat
