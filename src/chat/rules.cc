#include "chat/rules.h"

#include <algorithm>
#include <unordered_set>

#include "chat/memberships.h"
#include "wire/limits.h"
#include "wire/seal.h"

namespace homing::rules {
namespace {

constexpr std::chrono::hours kStatusLife{24};

Event posted(AccountId author, const wire::Send& send) {
  Event event;
  event.header.author = author;
  event.header.kind = Posted{};
  if (send.reacted_to) event.header.kind = Reacted{send.reacted_to};
  event.header.media = send.media;
  event.header.reply_to = send.reply_to;
  event.header.expires = send.expires;
  event.header.mentions = send.mentions;
  event.body = send.body;
  return event;
}

std::vector<AccountId> hidden_from(const Account* recipient, AccountId author) {
  if (recipient == nullptr || !recipient->blocks(author)) return {};
  return {recipient->id};
}

// Whoever is mentioned is told so; that is nobody who cannot read it.
Result<void> only_members(const Conversation& conversation, const std::vector<AccountId>& mentions) {
  for (AccountId account : mentions) {
    if (conversation.member(account) == nullptr)
      return fail(Code::not_a_member, "Only members can be mentioned.", "mentions");
  }
  return {};
}

}  // namespace

Result<Verdict> post(const Conversation& conversation, AccountId author, const wire::Send& send,
                     const Account* recipient) {
  if (conversation.member(author) == nullptr) return fail(Code::not_a_member);
  // A status is answered in the conversation with its author; only the owner of the feed says something in it.
  if (conversation.kind == ConversationKind::status) return fail(Code::not_the_author);
  if (send.reacted_to && !conversation.may_see(author, send.reacted_to))
    return fail(Code::seq_unknown, {}, "reacted_to");
  if (send.body.encoding != conversation.encoding) {
    return fail(Code::invalid_argument, "This conversation has another encoding.", "body");
  }
  if (auto mentioned = only_members(conversation, send.mentions); !mentioned) return std::unexpected(mentioned.error());
  return Verdict{posted(author, send), hidden_from(recipient, author), std::nullopt};
}

Result<Verdict> begin_direct(ConversationId id, AccountId author, const Account& recipient, const wire::Send& send,
                             Time now) {
  Conversation conversation;
  conversation.id = id;
  conversation.kind = ConversationKind::direct;
  conversation.encoding = send.body.encoding;
  conversation.created = now;
  conversation.members.push_back(Membership{author, Role::member, kThisEvent, {}});
  if (recipient.id != author) conversation.members.push_back(Membership{recipient.id, Role::member, kThisEvent, {}});
  if (auto mentioned = only_members(conversation, send.mentions); !mentioned) return std::unexpected(mentioned.error());
  return Verdict{posted(author, send), hidden_from(&recipient, author), std::move(conversation)};
}

Result<Verdict> post_status(ConversationId id, const Conversation* feed, AccountId author,
                            const std::vector<AccountId>& audience, std::vector<AccountId> blocking,
                            const wire::Send& send, Time now) {
  if (send.reply_to) return fail(Code::seq_unknown, {}, "reply_to");
  if (send.reacted_to) return fail(Code::seq_unknown, {}, "reacted_to");
  if (audience.size() > limits::kStatusAudienceMax)
    return fail(Code::group_full, "Too many people for a status.", "to");
  for (AccountId account : send.mentions) {
    if (!contains(audience, account) && account != author)
      return fail(Code::not_a_member, "Only those who are shown a status can be mentioned.", "mentions");
  }
  if (feed != nullptr && send.body.encoding != feed->encoding) {
    return fail(Code::invalid_argument, "This conversation has another encoding.", "body");
  }
  Conversation after;
  if (feed != nullptr) {
    after = *feed;
  } else {
    after.id = id;
    after.kind = ConversationKind::status;
    after.encoding = send.body.encoding;
    after.created = now;
    after.members.push_back(Membership{author, Role::admin, kThisEvent, {}});
  }
  Verdict verdict{posted(author, send), std::move(blocking), std::nullopt};
  std::unordered_set<AccountId> wanted(audience.begin(), audience.end());
  wanted.erase(author);
  bool changed = feed == nullptr;
  for (Membership& membership : after.members) {
    if (!membership.active() || membership.account == author || wanted.erase(membership.account) == 1) continue;
    membership.until = kThisEvent;
    verdict.hidden_from.push_back(membership.account);  // the last one it would see
    changed = true;
  }
  for (AccountId account : audience) {
    if (wanted.erase(account) == 0) continue;
    after.members.push_back(Membership{account, Role::member, kThisEvent, {}});
    changed = true;
  }
  Time end = now + kStatusLife;
  if (send.expires == Time{} || send.expires > end) verdict.event.header.expires = end;
  if (changed) {
    forget_old_members(after);
    verdict.becomes = std::move(after);
  }
  return verdict;
}

bool came_of(const Envelope& first, const wire::Send& send) {
  const Sealed& sealed = *first.sealed;
  if (sealed.header.edit || sealed.header.deleted_by) return true;  // what it said first, nobody knows any more
  Event again = posted(sealed.header.author, send);
  again.header.expires = std::holds_alternative<wire::MyStatus>(send.to) ? sealed.header.expires : send.expires;
  if (const auto* id = std::get_if<ConversationId>(&send.to); id != nullptr && *id != first.conversation) return false;
  return wire::seal(again, {})->bytes == sealed.bytes;
}

}  // namespace homing::rules
