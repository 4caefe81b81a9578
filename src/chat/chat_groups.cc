// Chat: groups.
#include <algorithm>

#include "chat/chat.h"
#include "chat/drafted.h"
#include "chat/group_link.h"
#include "chat/rules.h"

namespace homing::chat {
namespace {

constexpr int kAttempts = 2;  // once more when somebody else changed the group in between

// As the group was made, whoever of its members is here no more.
bool came_of(const Header& header, const wire::CreateGroup& request) {
  const auto* created = std::get_if<GroupCreated>(&header.kind);
  return created != nullptr && created->name == request.name && created->description == request.description &&
         created->approval == request.approval && std::ranges::all_of(request.members, [&](AccountId member) {
           return std::ranges::find(created->members, member) != created->members.end();
         });
}

}  // namespace

Task<Result<Envelope>> Chat::create_group(Caller caller, wire::CreateGroup request) {
  for (AccountId member : request.members) {
    auto account = co_await resolve_addable(caller, member, "members");
    if (account) continue;
    auto first = co_await first_answer(caller, request.client_id, account.error());
    if (first && !came_of(first->sealed->header, request)) co_return fail(Code::client_id_reused, {}, "client_id");
    co_return first;
  }
  ConversationId id{random_.id()};
  std::string link;
  if (request.link == wire::CreateGroup::Link::yes) link = make_group_link(id, random_);
  auto verdict = rules::create_group(id, caller.account, request, std::move(link), clock_.now());
  if (!verdict) co_return std::unexpected(verdict.error());
  Draft draft = drafted(caller, request.client_id, id, Version{}, std::move(*verdict));
  co_return co_await log_.append(std::move(draft));
}

// What is refused now may have been done the first time.
template <class Request>
Task<Result<Envelope>> Chat::first_change(Caller caller, ConversationId id, Request request, Error refusal) {
  auto first = co_await first_answer(caller, request.client_id, std::move(refusal));
  if (!first || (first->conversation == id && rules::came_of(first->sealed->header, request))) co_return first;
  co_return fail(Code::client_id_reused, {}, "client_id");
}

// The group operations differ in their rule only.
template <class Request, class Rule>
Task<Result<Envelope>> Chat::change(Caller caller, ConversationId id, Knows knows, Request request, Rule rule) {
  for (int attempt = 1;; ++attempt) {
    Result<std::shared_ptr<const Conversation>> conversation;
    if (knows == Knows::as_member) {
      conversation = co_await visible(caller.account, id);
    } else {
      conversation = co_await directory_.conversation(id);
    }
    if (!conversation && conversation.error().code == Code::not_found) co_return fail(Code::unknown_conversation);
    if (!conversation) co_return std::unexpected(conversation.error());
    Result<rules::Verdict> verdict = rule(**conversation, caller.account, request);
    if (!verdict) co_return co_await first_change(caller, id, std::move(request), verdict.error());
    Draft draft = drafted(caller, request.client_id, id, (*conversation)->version, std::move(*verdict));
    auto envelope = co_await log_.append(std::move(draft));
    if (!envelope && envelope.error().code == Code::client_id_reused) {
      // Said again after the group has changed, the same request makes another event. The first one counts.
      co_return co_await first_change(caller, id, std::move(request), envelope.error());
    }
    if (envelope || envelope.error().code != Code::conflict || attempt == kAttempts) co_return envelope;
  }
}

Task<Result<Envelope>> Chat::change_members(Caller caller, wire::ChangeMembers request) {
  ConversationId id = request.conversation;
  for (AccountId member : request.add) {
    auto account = co_await resolve_addable(caller, member, "add");
    if (!account) co_return co_await first_change(caller, id, std::move(request), account.error());
  }
  co_return co_await change(caller, id, Knows::as_member, std::move(request), &rules::change_members);
}

Task<Result<Envelope>> Chat::rename_group(Caller caller, wire::RenameGroup request) {
  ConversationId id = request.conversation;
  co_return co_await change(caller, id, Knows::as_member, std::move(request), &rules::rename_group);
}

Task<Result<Envelope>> Chat::leave_group(Caller caller, wire::LeaveGroup request) {
  ConversationId id = request.conversation;
  co_return co_await change(caller, id, Knows::as_member, std::move(request), &rules::leave_group);
}

// An image that this account may send.
Task<Result<void>> Chat::may_picture(AccountId account, std::string file) {
  if (files_ == nullptr) co_return fail(Code::media_unknown, {}, "picture");
  auto found = co_await files_->find(account, file);
  if (!found) co_return fail(found.error().code, found.error().detail, "picture");
  if (found->kind != FileKind::image) co_return fail(Code::media_wrong_type, "A picture is an image.", "picture");
  std::vector<FileId> files{std::move(file)};
  auto claimed = co_await files_->claim(account, std::move(files));
  if (!claimed) co_return fail(claimed.error().code, claimed.error().detail, "picture");
  co_return claimed;
}

Task<Result<Envelope>> Chat::change_group(Caller caller, wire::ChangeGroup request) {
  ConversationId id = request.conversation;
  const auto* picture = std::get_if<wire::Picture>(&request.what);
  if (picture != nullptr && !picture->file.empty()) {
    auto allowed = co_await may_picture(caller.account, picture->file);
    if (!allowed) co_return co_await first_change(caller, id, std::move(request), allowed.error());
  }
  auto rule = [link = make_group_link(id, random_)](const Conversation& conversation, AccountId author,
                                                    const wire::ChangeGroup& said) {
    return rules::change_group(conversation, author, said, link);
  };
  co_return co_await change(caller, id, Knows::as_member, std::move(request), std::move(rule));
}

Task<Result<Envelope>> Chat::join_group(Caller caller, wire::JoinGroup request) {
  auto id = conversation_of_link(request.code);
  if (!id) co_return fail(Code::link_invalid, {}, "code");
  auto rule = [now = clock_.now()](const Conversation& conversation, AccountId author, const wire::JoinGroup& said) {
    return rules::join_group(conversation, author, said, now);
  };
  auto joined = co_await change(caller, *id, Knows::by_its_id, std::move(request), std::move(rule));
  if (!joined && joined.error().code == Code::unknown_conversation) co_return fail(Code::link_invalid, {}, "code");
  co_return joined;
}

Task<Result<Envelope>> Chat::withdraw_join(Caller caller, wire::WithdrawJoin request) {
  ConversationId id = request.conversation;
  co_return co_await change(caller, id, Knows::by_its_id, std::move(request), &rules::withdraw_join);
}

Task<Result<Envelope>> Chat::review_joins(Caller caller, wire::ReviewJoins request) {
  ConversationId id = request.conversation;
  if (request.decision == wire::Decision::approve) {
    for (AccountId account : request.accounts) {
      wire::Recipient to = account;
      auto person = co_await resolve(to);
      if (!person) co_return co_await first_change(caller, id, std::move(request), person.error());
    }
  }
  co_return co_await change(caller, id, Knows::as_member, std::move(request), &rules::review_joins);
}

Task<Result<wire::GroupPreview>> Chat::preview_group(Caller caller, wire::PreviewGroup request) {
  auto id = conversation_of_link(request.code);
  if (!id) co_return fail(Code::link_invalid, {}, "code");
  auto conversation = co_await directory_.conversation(*id);
  if (!conversation && conversation.error().code == Code::not_found) co_return fail(Code::link_invalid, {}, "code");
  if (!conversation) co_return std::unexpected(conversation.error());
  const Conversation& group = **conversation;
  if (!rules::opens(group, request.code)) co_return fail(Code::link_invalid, {}, "code");

  wire::GroupPreview preview;
  preview.conversation = group.id;
  preview.name = group.name;
  preview.description = group.description;
  preview.members = group.active_count();
  preview.created = group.created;
  if (rules::needs_approval(group, caller.account)) preview.approval = Approval::needed;
  if (group.asks_to_join(caller.account)) preview.place = wire::GroupPreview::Place::asked;
  if (group.member(caller.account) != nullptr) preview.place = wire::GroupPreview::Place::member;
  if (files_ != nullptr && !group.picture.empty()) {
    auto thumbnail = co_await files_->thumbnail(group.picture);
    if (thumbnail) preview.picture = std::move(*thumbnail);
  }
  co_return preview;
}

Task<Result<wire::GroupLink>> Chat::group_link(Caller caller, wire::GetGroupLink request) {
  auto conversation = co_await visible(caller.account, request.conversation);
  if (!conversation) co_return std::unexpected(conversation.error());
  auto admin = rules::needs_admin(**conversation, caller.account);
  if (!admin) co_return std::unexpected(admin.error());
  wire::GroupLink link{request.conversation, (*conversation)->link};
  co_return link;
}

Task<Result<wire::Joins>> Chat::joins(Caller caller, wire::GetJoins request) {
  auto conversation = co_await visible(caller.account, request.conversation);
  if (!conversation) co_return std::unexpected(conversation.error());
  auto admin = rules::needs_admin(**conversation, caller.account);
  if (!admin) co_return std::unexpected(admin.error());
  wire::Joins joins{request.conversation, (*conversation)->requests, {}};
  for (const JoinRequest& asked : joins.requests) {
    auto person = co_await directory_.account(asked.account);
    if (!person) continue;
    auto profile = co_await profile_for(caller.account, std::move(*person));
    if (!profile) co_return std::unexpected(profile.error());
    joins.people.push_back(std::move(*profile));
  }
  co_return joins;
}

}  // namespace homing::chat
