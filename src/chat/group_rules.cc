// Rules: groups, who is in them and who decides.
#include <algorithm>

#include "chat/memberships.h"
#include "chat/rules.h"
#include "wire/limits.h"

namespace homing::rules {

Result<void> needs_admin(const Conversation& conversation, AccountId author) {
  if (conversation.kind != ConversationKind::group) return fail(Code::not_a_group);
  const Membership* membership = conversation.member(author);
  if (membership == nullptr) return fail(Code::not_a_member);
  if (membership->role != Role::admin) return fail(Code::not_an_admin);
  return {};
}

Result<Verdict> create_group(ConversationId id, AccountId author, const wire::CreateGroup& request, std::string link,
                             Time now) {
  std::vector<AccountId> members{author};
  for (AccountId account : without_repeats(request.members)) {
    if (account != author) members.push_back(account);
  }
  if (members.size() > limits::kGroupMembersMax) return fail(Code::group_full, {}, "members");

  Conversation conversation;
  conversation.id = id;
  conversation.kind = ConversationKind::group;
  conversation.name = request.name;
  conversation.created = now;
  conversation.description = request.description;
  conversation.approval = request.approval;
  conversation.link = std::move(link);
  for (AccountId account : members) {
    Role role = account == author ? Role::admin : Role::member;
    conversation.members.push_back(Membership{account, role, kThisEvent, {}});
  }
  GroupCreated created{request.name, std::move(members), request.description, request.approval};
  return Verdict{happened(author, std::move(created)), {}, std::move(conversation)};
}

Result<Verdict> change_members(const Conversation& conversation, AccountId author, const wire::ChangeMembers& request) {
  if (auto admin = needs_admin(conversation, author); !admin) return std::unexpected(admin.error());

  MembersChanged change{without_repeats(request.add), without_repeats(request.remove), without_repeats(request.promote),
                        without_repeats(request.demote)};
  Conversation after = conversation;
  for (AccountId account : change.removed) {
    Membership* membership = running(after, account);
    if (membership == nullptr) return fail(Code::not_a_member, "Somebody to be removed is not a member.", "remove");
    if (contains(change.added, account) || contains(change.promoted, account) || contains(change.demoted, account)) {
      return fail(Code::invalid_argument, "The same account cannot be removed and something else at once.", "remove");
    }
    membership->until = kThisEvent;
    membership->ending = account == author ? Ending::left : Ending::removed;
  }
  for (AccountId account : change.added) {
    if (running(after, account) != nullptr) return fail(Code::already_member, {}, "add");
  }
  admit(after, change.added);
  for (AccountId account : change.promoted) {
    Membership* membership = running(after, account);
    if (membership == nullptr) return fail(Code::not_a_member, "Somebody to be promoted is not a member.", "promote");
    membership->role = Role::admin;
  }
  for (AccountId account : change.demoted) {
    Membership* membership = running(after, account);
    if (membership == nullptr) return fail(Code::not_a_member, "Somebody to be demoted is not a member.", "demote");
    if (contains(change.promoted, account)) {
      return fail(Code::invalid_argument, "The same account cannot be promoted and demoted at once.", "demote");
    }
    membership->role = Role::member;
  }
  if (!change.demoted.empty() && heir(after)) return fail(Code::last_admin, {}, "demote");
  if (after.active_count() > limits::kGroupMembersMax) return fail(Code::group_full, {}, "add");
  if (auto next = heir(after)) {
    change.promoted.push_back(*next);
    running(after, *next)->role = Role::admin;
  }
  forget_old_members(after);
  return Verdict{happened(author, std::move(change)), {}, std::move(after)};
}

Result<Verdict> rename_group(const Conversation& conversation, AccountId author, const wire::RenameGroup& request) {
  if (auto admin = needs_admin(conversation, author); !admin) return std::unexpected(admin.error());
  Conversation after = conversation;
  after.name = request.name;
  Renamed renamed{request.name};
  return Verdict{happened(author, std::move(renamed)), {}, std::move(after)};
}

Result<Verdict> leave_group(const Conversation& conversation, AccountId author, const wire::LeaveGroup&) {
  if (conversation.kind != ConversationKind::group) return fail(Code::not_a_group);
  if (conversation.member(author) == nullptr) return fail(Code::not_a_member);
  Conversation after = conversation;
  running(after, author)->until = kThisEvent;
  MembersChanged change{{}, {author}, {}, {}};
  if (auto next = heir(after)) {
    change.promoted.push_back(*next);
    running(after, *next)->role = Role::admin;
  }
  forget_old_members(after);
  return Verdict{happened(author, std::move(change)), {}, std::move(after)};
}

bool came_of(const Header& header, const wire::ChangeMembers& request) {
  const auto* change = std::get_if<MembersChanged>(&header.kind);
  if (change == nullptr || change->added != without_repeats(request.add)) return false;
  if (change->removed != without_repeats(request.remove)) return false;
  if (change->demoted != without_repeats(request.demote)) return false;
  return std::ranges::all_of(request.promote, [&](AccountId account) { return contains(change->promoted, account); });
}

bool came_of(const Header& header, const wire::RenameGroup& request) {
  const auto* renamed = std::get_if<Renamed>(&header.kind);
  return renamed != nullptr && renamed->name == request.name;
}

bool came_of(const Header& header, const wire::LeaveGroup&) {
  const auto* change = std::get_if<MembersChanged>(&header.kind);
  return change != nullptr && change->added.empty() && change->removed == std::vector{header.author};
}

}  // namespace homing::rules
