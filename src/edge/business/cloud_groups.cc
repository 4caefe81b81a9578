// The Groups API of the Cloud form, as far as this server has groups: no invitation links, no requests to join.
#include <boost/json/array.hpp>

#include "edge/business/ascii_json.h"
#include "edge/business/cloud.h"
#include "edge/business/lenient.h"
#include "edge/business/request.h"

namespace homing::business {
namespace {

constexpr std::size_t kSubjectMax = 128;  // code points
constexpr std::size_t kParticipantsMax = 8;

Answer<std::string> subject_of(const json::object& said) {
  auto subject = text_in(said, "subject");
  if (!subject || subject->empty()) return refuse(131008, "subject is required");
  if (code_points(*subject) > kSubjectMax || subject->size() > 200) return refuse(131009, "subject is too long");
  return std::move(*subject);
}

// Said to be refused rather than dropped without a word.
Answer<void> check_kept(const json::object& said) {
  if (text_in(said, "description").value_or("").empty()) return {};
  return refuse(100, "description cannot be kept: groups have none here");
}

json::object summary(const Conversation& conversation) {
  return {{"id", js(group_id(conversation.id))},
          {"subject", js(conversation.name)},
          {"created_at", js(std::to_string(conversation.created.ms / 1000))}};
}

}  // namespace

Cloud::Done Cloud::create_group(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  if (auto kept = check_kept(*said); !kept) co_return std::unexpected(kept.error());
  auto subject = subject_of(*said);
  if (!subject) co_return std::unexpected(subject.error());
  wire::CreateGroup create;
  create.client_id = calls_.client_id(std::string(request.header("idempotency-key")));
  create.name = std::move(*subject);
  std::string request_id = business::request_id(create.client_id);
  auto made = co_await calls_.chat().create_group(known.caller, std::move(create));
  if (!made) co_return refuse(made.error());
  json::object out{
      {"messaging_product", "whatsapp"}, {"request_id", js(request_id)}, {"id", js(group_id(made->conversation))}};
  co_return out;
}

Cloud::Done Cloud::groups(Known known, edge::Request request) {
  wire::ListConversations list;
  if (auto after = parse_group_id(request.query.get("after").value_or(std::string_view{}))) list.after = *after;
  json::array groups;
  auto found = co_await calls_.chat().conversations(known.caller, list);
  if (!found) co_return refuse(found.error());
  for (const wire::ConversationView& view : found->conversations) {
    if (view.active && view.conversation.kind == ConversationKind::group) groups.push_back(summary(view.conversation));
  }
  json::object cursors;
  if (found->next) cursors["after"] = js(group_id(found->next));
  json::object data, paging, out;
  data["groups"] = std::move(groups);
  paging["cursors"] = std::move(cursors);
  out["data"] = std::move(data);
  out["paging"] = std::move(paging);
  co_return out;
}

Cloud::Done Cloud::group(Known known, std::string id) {
  auto view = co_await calls_.group(std::move(known), std::move(id));
  if (!view) co_return std::unexpected(view.error());
  json::array participants;
  for (const wire::Profile& person : view->people)
    participants.push_back(json::object{{"wa_id", js(digits_of(person.phone))}});
  json::object out{{"id", js(group_id(view->conversation.id))},
                   {"messaging_product", "whatsapp"},
                   {"subject", js(view->conversation.name)},
                   {"description", ""},
                   {"suspended", false},
                   {"creation_timestamp", view->conversation.created.ms / 1000},
                   {"join_approval_mode", "approval_required"},
                   {"total_participant_count", participants.size()}};
  out["participants"] = std::move(participants);
  co_return out;
}

Cloud::Done Cloud::set_group(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  if (auto kept = check_kept(*said); !kept) co_return std::unexpected(kept.error());
  auto subject = subject_of(*said);
  if (!subject) co_return std::unexpected(subject.error());
  wire::RenameGroup rename;
  rename.client_id = calls_.client_id(std::string(request.header("idempotency-key")));
  rename.conversation = *parse_group_id(request.param("id"));
  rename.name = std::move(*subject);
  auto renamed = co_await calls_.chat().rename_group(known.caller, std::move(rename));
  if (!renamed) co_return refuse(renamed.error());
  co_return json::object{{"success", true}};
}

// Everybody is removed, then the bot leaves: nobody is in the group any more.
Cloud::Done Cloud::end_group(Known known, edge::Request request) {
  auto view = co_await calls_.group(known, std::string(request.param("id")));
  if (!view) co_return std::unexpected(view.error());
  wire::ChangeMembers change;
  change.client_id = calls_.client_id({});
  change.conversation = view->conversation.id;
  for (const wire::Profile& person : view->people) {
    if (person.id != known.caller.account) change.remove.push_back(person.id);
  }
  if (!change.remove.empty()) {
    auto changed = co_await calls_.chat().change_members(known.caller, std::move(change));
    if (!changed) co_return refuse(changed.error());
  }
  wire::LeaveGroup leave{calls_.client_id({}), view->conversation.id};
  auto left = co_await calls_.chat().leave_group(known.caller, leave);
  if (!left) co_return refuse(left.error());
  co_return json::object{{"success", true}};
}

Task<Answer<std::vector<AccountId>>> Cloud::participants(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto list = array_in(*said, "participants");
  if (!list || list->empty()) co_return refuse(131008, "participants is required");
  if (list->size() > kParticipantsMax) co_return refuse(131009, "participants must have at most 8 entries");
  std::vector<AccountId> accounts;
  for (const json::value& entry : *list) {
    auto one = object_of(entry);
    std::string user = one ? text_in(*one, "user").value_or("") : "";
    if (user.empty()) co_return refuse(131008, "participants[user] is required");
    auto person = co_await calls_.person(known, std::move(user));
    if (!person) co_return std::unexpected(person.error());
    accounts.push_back(person->id);
  }
  co_return accounts;
}

Cloud::Done Cloud::add_members(Known known, edge::Request request) {
  auto accounts = co_await participants(known, request);
  if (!accounts) co_return std::unexpected(accounts.error());
  wire::ChangeMembers change;
  change.add = std::move(*accounts);
  auto changed = co_await change_members(std::move(known), std::move(request), std::move(change));
  if (!changed) co_return std::unexpected(changed.error());
  co_return json::object{{"messaging_product", "whatsapp"}, {"success", true}};
}

Cloud::Done Cloud::remove_members(Known known, edge::Request request) {
  auto accounts = co_await participants(known, request);
  if (!accounts) co_return std::unexpected(accounts.error());
  wire::ChangeMembers change;
  change.remove = std::move(*accounts);
  auto changed = co_await change_members(std::move(known), std::move(request), std::move(change));
  if (!changed) co_return std::unexpected(changed.error());
  co_return json::object{{"messaging_product", "whatsapp"}, {"success", true}};
}

Task<Answer<void>> Cloud::change_members(Known known, edge::Request request, wire::ChangeMembers change) {
  auto id = parse_group_id(request.param("id"));
  if (!id) co_return std::unexpected(unknown_object(request.method, request.param("id")));
  change.conversation = *id;
  change.client_id = calls_.client_id(std::string(request.header("idempotency-key")));
  auto changed = co_await calls_.chat().change_members(known.caller, std::move(change));
  if (!changed) co_return refuse(changed.error());
  co_return Answer<void>{};
}

}  // namespace homing::business
