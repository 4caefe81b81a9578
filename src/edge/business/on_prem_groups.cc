// Groups of the On-Premises form.
#include <boost/json/array.hpp>
#include <utility>
#include <vector>

#include "edge/business/ascii_json.h"
#include "edge/business/group_calls.h"
#include "edge/business/lenient.h"
#include "edge/business/on_prem.h"
#include "edge/business/request.h"

namespace homing::business {
namespace {

constexpr std::size_t kSubjectBytesMax = 200;
constexpr std::size_t kPeopleMax = 256;

Answer<std::string> subject_of(const json::object& said) {
  auto subject = text_in(said, "subject");
  if (!subject || subject->empty()) return refuse(131008, "subject is required");
  if (subject->size() > kSubjectBytesMax) return refuse(131009, "subject is too long");
  return std::move(*subject);
}

json::object in_list(json::object group) {
  json::object out;
  out["groups"] = json::array{std::move(group)};
  return out;
}

}  // namespace

OnPremises::Done OnPremises::create_group(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto subject = subject_of(*said);
  if (!subject) co_return std::unexpected(subject.error());
  wire::CreateGroup create;
  create.client_id = calls_.client_id(std::string(request.header("idempotency-key")));
  create.name = std::move(*subject);
  auto made = co_await calls_.chat().create_group(known.caller, std::move(create));
  if (!made) co_return refuse(made.error());
  json::object group{{"id", js(group_id(made->conversation))}, {"creation_time", made->time.ms / 1000}};
  co_return in_list(std::move(group));
}

OnPremises::Done OnPremises::groups(Known known, edge::Request) {
  json::array groups;
  wire::ListConversations list;
  do {
    auto found = co_await calls_.chat().conversations(known.caller, list);
    if (!found) co_return refuse(found.error());
    for (const wire::ConversationView& view : found->conversations) {
      if (view.active && view.conversation.kind == ConversationKind::group) {
        groups.push_back(json::object{{"id", js(group_id(view.conversation.id))}});
      }
    }
    list.after = found->next;
  } while (list.after);
  json::object out;
  out["groups"] = std::move(groups);
  co_return out;
}

OnPremises::Done OnPremises::group(Known known, edge::Request request) {
  auto view = co_await calls_.group(known, std::string(request.param("id")));
  if (!view) co_return std::unexpected(view.error());
  json::array admins, participants;
  for (const wire::Profile& person : view->people) {
    std::string wa_id = digits_of(person.phone);
    participants.push_back(js(wa_id));
    const Membership* member = view->conversation.member(person.id);
    if (member != nullptr && member->role == Role::admin) admins.push_back(js(wa_id));
  }
  json::object group{{"id", js(group_id(view->conversation.id))},
                     {"creation_time", view->conversation.created.ms / 1000},
                     {"subject", js(view->conversation.name)}};
  group["admins"] = std::move(admins);
  group["participants"] = std::move(participants);
  co_return in_list(std::move(group));
}

OnPremises::Done OnPremises::rename_group(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto subject = subject_of(*said);
  if (!subject) co_return std::unexpected(subject.error());
  auto id = parse_group_id(request.param("id"));
  if (!id) co_return std::unexpected(unknown_object("put", request.param("id")));
  wire::RenameGroup rename{calls_.client_id({}), *id, std::move(*subject)};
  auto renamed = co_await calls_.chat().rename_group(known.caller, std::move(rename));
  if (!renamed) co_return refuse(renamed.error());
  co_return json::object();
}

Task<Answer<std::vector<AccountId>>> OnPremises::people(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto list = array_in(*said, "wa_ids");
  if (!list || list->empty()) co_return refuse(131008, "wa_ids is required");
  if (list->size() > kPeopleMax) co_return refuse(131009, "wa_ids must have at most 256 entries");
  std::vector<AccountId> accounts;
  for (const json::value& item : *list) {
    auto person = co_await calls_.person(known, text_of(item).value_or(""));
    if (!person) co_return std::unexpected(person.error());
    accounts.push_back(person->id);
  }
  co_return accounts;
}

OnPremises::Done OnPremises::remove_members(Known known, edge::Request request) {
  return change_members(std::move(known), std::move(request), &wire::ChangeMembers::remove);
}

OnPremises::Done OnPremises::promote(Known known, edge::Request request) {
  return change_members(std::move(known), std::move(request), &wire::ChangeMembers::promote);
}

OnPremises::Done OnPremises::demote(Known known, edge::Request request) {
  return change_members(std::move(known), std::move(request), &wire::ChangeMembers::demote);
}

// The link stays the same until it is revoked; the next one who asks gets a new one.
OnPremises::Done OnPremises::invite(Known known, edge::Request request) {
  auto id = parse_group_id(request.param("id"));
  if (!id) co_return std::unexpected(unknown_object("get", request.param("id")));
  auto code = co_await calls_.group_code(std::move(known), *id);
  if (!code) co_return std::unexpected(code.error());
  co_return in_list(json::object{{"link", js(invite_address(files_.origin_of(request), *code))}});
}

OnPremises::Done OnPremises::revoke_invite(Known known, edge::Request request) {
  auto id = parse_group_id(request.param("id"));
  if (!id) co_return std::unexpected(unknown_object("delete", request.param("id")));
  wire::ChangeGroup revoke{{}, *id, LinkChange::revoke};
  auto revoked = co_await calls_.change_group(std::move(known), *id, {}, std::move(revoke));
  if (!revoked) co_return std::unexpected(revoked.error());
  co_return json::object();
}

// These people, in that part of the change.
OnPremises::Done OnPremises::change_members(Known known, edge::Request request,
                                            std::vector<AccountId> wire::ChangeMembers::* part) {
  auto accounts = co_await people(known, request);
  if (!accounts) co_return std::unexpected(accounts.error());
  auto id = parse_group_id(request.param("id"));
  if (!id) co_return std::unexpected(unknown_object(request.method, request.param("id")));
  wire::ChangeMembers change;
  change.client_id = calls_.client_id({});
  change.conversation = *id;
  change.*part = std::move(*accounts);
  auto changed = co_await calls_.chat().change_members(known.caller, std::move(change));
  if (!changed) co_return refuse(changed.error());
  co_return json::object();
}

OnPremises::Done OnPremises::leave(Known known, edge::Request request) {
  auto id = parse_group_id(request.param("id"));
  if (!id) co_return std::unexpected(unknown_object("post", request.param("id")));
  wire::LeaveGroup leave{calls_.client_id({}), *id};
  auto left = co_await calls_.chat().leave_group(known.caller, leave);
  if (!left) co_return refuse(left.error());
  co_return json::object();
}

}  // namespace homing::business
