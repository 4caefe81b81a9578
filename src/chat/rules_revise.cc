// Rules: messages that read otherwise later.
#include <algorithm>

#include "chat/rules.h"
#include "wire/limits.h"

namespace homing::rules {
namespace {

bool contains(const std::vector<AccountId>& accounts, AccountId account) {
  return std::ranges::find(accounts, account) != accounts.end();
}

// What both have in common: a member, and a message that this member sees and that is still there.
Result<void> at_hand(const Conversation& conversation, AccountId account, const Envelope& message, Time now) {
  if (conversation.member(account) == nullptr) return fail(Code::not_a_member);
  bool hidden = contains(message.sealed->hidden_from, account) || expired(message, now);
  if (hidden || !conversation.may_see(account, message.seq)) return fail(Code::seq_unknown, {}, "seq");
  const Header& header = message.sealed->header;
  if (!std::holds_alternative<Posted>(header.kind))
    return fail(Code::invalid_argument, "Only a message can be changed.", "seq");
  if (header.deleted_by) return fail(Code::message_deleted, {}, "seq");
  return {};
}

Revision revision(const Envelope& envelope, Header header, Body body) {
  EventRef ref{envelope.conversation, envelope.seq, envelope.commit};
  return Revision{ref, envelope.sealed, Event{std::move(header), std::move(body)}};
}

// Empty, but in its place: who it is from and when stay.
Header emptied(Header header) {
  header.media.clear();
  header.mentions.clear();
  return header;
}

}  // namespace

Result<Verdict> edit(const Conversation& conversation, AccountId author, const wire::EditMessage& request,
                     const Envelope& message, const Envelope* newest, const Account* recipient, Time now) {
  if (auto there = at_hand(conversation, author, message, now); !there) return std::unexpected(there.error());
  const Header& header = message.sealed->header;
  if (header.author != author) return fail(Code::not_the_author);
  if (conversation.kind == ConversationKind::status)
    return fail(Code::invalid_argument, "A status is not edited. Delete it and say another one.", "conversation");
  if (now - message.time > limits::kEditWindow) return fail(Code::too_late, {}, "seq");
  if (request.body.encoding != conversation.encoding)
    return fail(Code::invalid_argument, "This conversation has another encoding.", "body");

  for (AccountId account : request.mentions) {
    if (conversation.member(account) == nullptr)
      return fail(Code::not_a_member, "Only members can be mentioned.", "mentions");
  }

  Verdict verdict;
  verdict.event.header.author = author;
  verdict.event.header.kind = Edited{message.seq};
  verdict.event.header.expires = header.expires;
  verdict.event.header.mentions = request.mentions;
  verdict.event.body = request.body;
  // Who was not shown the message is not shown what became of it.
  verdict.hidden_from = message.sealed->hidden_from;
  bool blocked = recipient != nullptr && recipient->blocks(author);
  if (blocked && !contains(verdict.hidden_from, recipient->id)) verdict.hidden_from.push_back(recipient->id);

  Header reads = header;
  reads.edit = kThisEvent;
  reads.mentions = request.mentions;
  verdict.revises.push_back(revision(message, std::move(reads), request.body));
  if (newest != nullptr) {
    Header replaced = emptied(newest->sealed->header);
    replaced.edit = kThisEvent;
    Body nothing{request.body.encoding, {}};
    verdict.revises.push_back(revision(*newest, std::move(replaced), std::move(nothing)));
  }
  return verdict;
}

Result<Verdict> delete_for_everyone(const Conversation& conversation, AccountId author, const Envelope& message,
                                    const Envelope* newest, Time now) {
  if (auto there = at_hand(conversation, author, message, now); !there) return std::unexpected(there.error());
  bool admin = conversation.kind == ConversationKind::group && conversation.member(author)->role == Role::admin;
  if (!admin && message.sealed->header.author != author) return fail(Code::not_the_author);
  if (!admin && now - message.time > limits::kDeleteWindow) return fail(Code::too_late, {}, "seq");

  Verdict verdict;
  verdict.event.header.author = author;
  verdict.event.header.kind = Deleted{message.seq};
  verdict.hidden_from = message.sealed->hidden_from;
  for (const Envelope* envelope : {&message, newest}) {
    if (envelope == nullptr) continue;
    Header header = emptied(envelope->sealed->header);
    header.deleted_by = author;
    verdict.revises.push_back(revision(*envelope, std::move(header), Body{conversation.encoding, {}}));
  }
  return verdict;
}

}  // namespace homing::rules
