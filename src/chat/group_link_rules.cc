// Rules: what a group shows of itself, and how people join it by a link.
#include <sodium.h>

#include <algorithm>

#include "chat/memberships.h"
#include "chat/rules.h"
#include "wire/limits.h"

namespace homing::rules {
namespace {

// In a time that does not depend on where they differ.
bool same_code(const std::string& a, const std::string& b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void forget_request(Conversation& conversation, AccountId account) {
  std::erase_if(conversation.requests, [&](const JoinRequest& request) { return request.account == account; });
}

// What the request makes of the group, and what is told of it.
struct Changing {
  Conversation& after;
  Event& event;
  std::string link;

  Result<void> operator()(const wire::Description& description) {
    after.description = description.text;
    event.header.kind = Described{description.text};
    return {};
  }
  Result<void> operator()(const wire::Picture& picture) {
    after.picture = picture.file;
    event.header.kind = Pictured{};
    if (!picture.file.empty()) event.header.media.push_back(picture.file);
    return {};
  }
  Result<void> operator()(Approval approval) {
    after.approval = approval;
    event.header.kind = ApprovalChanged{approval};
    return {};
  }
  Result<void> operator()(LinkChange change) {
    if (change == LinkChange::revoke && after.link.empty()) return fail(Code::link_invalid, {}, "link");
    after.link = change == LinkChange::renew ? std::move(link) : std::string();
    if (change == LinkChange::renew) {
      for (Membership& membership : after.members) membership.ending = Ending::left;
    }
    event.header.kind = LinkChanged{change};
    return {};
  }
};

}  // namespace

Result<Verdict> change_group(const Conversation& conversation, AccountId author, const wire::ChangeGroup& request,
                             std::string link) {
  if (auto admin = needs_admin(conversation, author); !admin) return std::unexpected(admin.error());
  Conversation after = conversation;
  Event event = happened(author, Posted{});
  Changing changing{after, event, std::move(link)};
  if (auto changed = std::visit(changing, request.what); !changed) return std::unexpected(changed.error());
  return Verdict{std::move(event), {}, std::move(after)};
}

bool needs_approval(const Conversation& conversation, AccountId account) {
  return conversation.approval == Approval::needed || conversation.was_removed(account);
}

bool opens(const Conversation& conversation, const std::string& code) {
  return conversation.kind == ConversationKind::group && !conversation.link.empty() &&
         conversation.active_count() > 0 && same_code(conversation.link, code);
}

Result<Verdict> join_group(const Conversation& conversation, AccountId author, const wire::JoinGroup& request,
                           Time now) {
  if (!opens(conversation, request.code)) return fail(Code::link_invalid, {}, "code");
  if (conversation.member(author) != nullptr) return fail(Code::already_member, "You are a member already.");
  if (conversation.asks_to_join(author)) return fail(Code::already_asked);
  if (conversation.active_count() >= limits::kGroupMembersMax) return fail(Code::group_full);

  Conversation after = conversation;
  if (!needs_approval(conversation, author)) {
    admit(after, {author});
    MembersChanged change{{author}, {}, {}, {}};
    return Verdict{happened(author, std::move(change)), {}, std::move(after)};
  }
  if (conversation.requests.size() >= limits::kJoinRequestsMax) return fail(Code::too_many_asking);
  after.requests.push_back(JoinRequest{author, now});
  return Verdict{happened(author, JoinAsked{}), not_admins(conversation), std::move(after)};
}

Result<Verdict> withdraw_join(const Conversation& conversation, AccountId author, const wire::WithdrawJoin&) {
  // To a stranger the conversation does not exist.
  if (!conversation.asks_to_join(author)) return fail(Code::unknown_conversation);
  Conversation after = conversation;
  forget_request(after, author);
  return Verdict{happened(author, JoinWithdrawn{}), not_admins(conversation), std::move(after)};
}

Result<Verdict> review_joins(const Conversation& conversation, AccountId author, const wire::ReviewJoins& request) {
  if (auto admin = needs_admin(conversation, author); !admin) return std::unexpected(admin.error());
  std::vector<AccountId> accounts = without_repeats(request.accounts);
  for (AccountId account : accounts) {
    if (!conversation.asks_to_join(account)) return fail(Code::not_asked, {}, "accounts");
  }
  Conversation after = conversation;
  if (request.decision == wire::Decision::approve) {
    admit(after, accounts);
    if (after.active_count() > limits::kGroupMembersMax) return fail(Code::group_full, {}, "accounts");
    MembersChanged change{std::move(accounts), {}, {}, {}};
    return Verdict{happened(author, std::move(change)), {}, std::move(after)};
  }
  for (AccountId account : accounts) forget_request(after, account);
  JoinsRejected rejected{std::move(accounts)};
  return Verdict{happened(author, std::move(rejected)), not_admins(conversation), std::move(after)};
}

bool came_of(const Header& header, const wire::ChangeGroup& request) {
  if (const auto* text = std::get_if<wire::Description>(&request.what)) {
    return header.kind == EventKind{Described{text->text}};
  }
  if (const auto* approval = std::get_if<Approval>(&request.what)) {
    return header.kind == EventKind{ApprovalChanged{*approval}};
  }
  if (const auto* link = std::get_if<LinkChange>(&request.what)) return header.kind == EventKind{LinkChanged{*link}};
  const std::string& file = std::get<wire::Picture>(request.what).file;
  bool same = file.empty() ? header.media.empty() : header.media == std::vector{file};
  return same && std::holds_alternative<Pictured>(header.kind);
}

// Whether one is let in at once or asked first is not what one says.
bool came_of(const Header& header, const wire::JoinGroup&) {
  const auto* change = std::get_if<MembersChanged>(&header.kind);
  return (change != nullptr && change->added == std::vector{header.author}) ||
         std::holds_alternative<JoinAsked>(header.kind);
}

bool came_of(const Header& header, const wire::WithdrawJoin&) {
  return std::holds_alternative<JoinWithdrawn>(header.kind);
}

bool came_of(const Header& header, const wire::ReviewJoins& request) {
  std::vector<AccountId> accounts = without_repeats(request.accounts);
  if (request.decision == wire::Decision::reject) return header.kind == EventKind{JoinsRejected{std::move(accounts)}};
  const auto* change = std::get_if<MembersChanged>(&header.kind);
  return change != nullptr && change->added == accounts && change->removed.empty() && change->promoted.empty();
}

}  // namespace homing::rules
