// Chat: messages that read otherwise later.
#include "chat/chat.h"
#include "chat/drafted.h"
#include "chat/rules.h"

namespace homing::chat {

Task<Result<Chat::Written>> Chat::written(ConversationId conversation, Seq seq) {
  auto page = co_await log_.read(conversation, seq, Seq{seq.value + 1}, 1);
  if (!page) co_return std::unexpected(page.error());
  if (page->items.empty()) co_return fail(Code::seq_unknown, {}, "seq");
  Written written{std::move(page->items.front()), std::nullopt};
  Seq edit = written.message.sealed->header.edit;
  if (!edit) co_return written;
  auto newest = co_await log_.read(conversation, edit, Seq{edit.value + 1}, 1);
  if (!newest) co_return std::unexpected(newest.error());
  if (!newest->items.empty()) written.newest = std::move(newest->items.front());
  co_return written;
}

// Both differ in their rule only. A message that somebody changes at the same moment is looked at again, once.
template <class Request, class Rule>
Task<Result<Envelope>> Chat::revise(Caller caller, Request request, Rule rule) {
  constexpr int kAttempts = 2;
  for (int attempt = 1;; ++attempt) {
    auto conversation = co_await visible(caller.account, request.conversation);
    if (!conversation) co_return std::unexpected(conversation.error());
    auto written = co_await this->written(request.conversation, request.seq);
    if (!written) co_return co_await first_answer(caller, request.client_id, written.error());
    std::shared_ptr<const Account> recipient;
    if ((*conversation)->kind == ConversationKind::direct) {
      for (const Membership& membership : (*conversation)->members) {
        if (membership.account == caller.account) continue;
        auto account = co_await directory_.account(membership.account);
        if (!account) co_return std::unexpected(account.error());
        recipient = std::move(*account);
      }
    }
    const Envelope* newest = written->newest ? &*written->newest : nullptr;
    Result<rules::Verdict> verdict = rule(**conversation, request, written->message, newest, recipient.get());
    if (!verdict) co_return co_await first_answer(caller, request.client_id, verdict.error());
    Draft draft =
        drafted(caller, request.client_id, request.conversation, (*conversation)->version, std::move(*verdict));
    auto envelope = co_await log_.append(std::move(draft));
    if (envelope || envelope.error().code != Code::conflict || attempt == kAttempts) co_return envelope;
  }
}

Task<Result<Envelope>> Chat::edit(Caller caller, wire::EditMessage request) {
  auto rule = [this, account = caller.account](const Conversation& conversation, const wire::EditMessage& edit,
                                               const Envelope& message, const Envelope* newest,
                                               const Account* recipient) {
    return rules::edit(conversation, account, edit, message, newest, recipient, clock_.now());
  };
  co_return co_await revise(caller, std::move(request), std::move(rule));
}

Task<Result<Envelope>> Chat::delete_for_everyone(Caller caller, wire::DeleteMessage request) {
  auto rule = [this, account = caller.account](const Conversation& conversation, const wire::DeleteMessage&,
                                               const Envelope& message, const Envelope* newest, const Account*) {
    return rules::delete_for_everyone(conversation, account, message, newest, clock_.now());
  };
  co_return co_await revise(caller, std::move(request), std::move(rule));
}

}  // namespace homing::chat
