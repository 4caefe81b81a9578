#include "chat/contacts.h"

#include "chat/direct.h"

namespace homing::chat {
namespace {

bool has_both(const Conversation& conversation, AccountId a, AccountId b) {
  return conversation.kind == ConversationKind::direct && conversation.member(a) != nullptr &&
         conversation.member(b) != nullptr;
}

}  // namespace

Task<Result<bool>> are_contacts(Directory& directory, AccountId a, AccountId b) {
  for (unsigned probe = 0;; ++probe) {
    auto conversation = co_await directory.conversation(direct_id(a, b, probe));
    if (!conversation && conversation.error().code == Code::not_found) co_return false;
    if (!conversation) co_return std::unexpected(conversation.error());
    if (has_both(**conversation, a, b)) co_return true;
  }
}

Task<Result<bool>> admits(Directory& directory, std::shared_ptr<const Account> owner, Audience audience,
                          AccountId other) {
  if (owner->id == other) co_return true;
  if (owner->blocks(other) || audience == Audience::nobody) co_return false;
  if (audience == Audience::everyone) co_return true;
  co_return co_await are_contacts(directory, owner->id, other);
}

}  // namespace homing::chat
