// The Groups API of the Cloud form: groups, and who is in them.
#include <boost/json/array.hpp>

#include "edge/business/ascii_json.h"
#include "edge/business/cloud.h"
#include "edge/business/lenient.h"
#include "edge/business/request.h"

namespace homing::business {
namespace {

constexpr std::size_t kSubjectMax = 128;  // code points
constexpr std::size_t kDescriptionMax = 2048;
constexpr std::size_t kParticipantsMax = 8;
constexpr std::size_t kBodyBytesMax = 256 * 1024;  // without a picture

Answer<std::string> subject_of(const json::object& said) {
  auto subject = text_in(said, "subject");
  if (!subject || subject->empty()) return refuse(131008, "subject is required");
  if (code_points(*subject) > kSubjectMax || subject->size() > 200) return refuse(131009, "subject is too long");
  return std::move(*subject);
}

Answer<std::string> description_in(const json::object& said) {
  std::string text = text_in(said, "description").value_or("");
  if (code_points(text) > kDescriptionMax) return refuse(131009, "description is too long");
  return text;
}

Answer<Approval> approval_in(const json::object& said) {
  std::string mode = text_in(said, "join_approval_mode").value_or("");
  if (mode.empty() || mode == "auto_approve") return Approval::open;
  if (mode == "approval_required") return Approval::needed;
  return refuse(131009, "join_approval_mode must be approval_required or auto_approve");
}

bool says(const json::object& said, std::string_view member) { return text_in(said, member).has_value(); }

json::object summary(const Conversation& conversation) {
  return {{"id", js(group_id(conversation.id))},
          {"subject", js(conversation.name)},
          {"created_at", js(std::to_string(conversation.created.ms / 1000))}};
}

}  // namespace

Cloud::Done Cloud::create_group(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto subject = subject_of(*said);
  if (!subject) co_return std::unexpected(subject.error());
  auto description = description_in(*said);
  if (!description) co_return std::unexpected(description.error());
  auto approval = approval_in(*said);
  if (!approval) co_return std::unexpected(approval.error());
  wire::CreateGroup create;
  create.client_id = calls_.client_id(std::string(request.header("idempotency-key")));
  create.name = std::move(*subject);
  create.description = std::move(*description);
  create.approval = *approval;
  create.link = wire::CreateGroup::Link::yes;  // nobody can be in it but by that
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
  bool needs = view->conversation.approval == Approval::needed;
  json::object out{{"id", js(group_id(view->conversation.id))},
                   {"messaging_product", "whatsapp"},
                   {"subject", js(view->conversation.name)},
                   {"description", js(view->conversation.description)},
                   {"suspended", false},
                   {"creation_timestamp", view->conversation.created.ms / 1000},
                   {"join_approval_mode", needs ? "approval_required" : "auto_approve"},
                   {"total_participant_count", participants.size()}};
  out["participants"] = std::move(participants);
  co_return out;
}

// POST of a number or of a group; a group's may be a form that brings a picture.
Task<edge::Response> Cloud::update(edge::Request request, edge::Body& body) {
  auto known = co_await authenticate(calls_.bots(), request);
  std::string id(request.param("id"));
  auto group = parse_group_id(id);
  if (known && !group && id != known->bot.number_id && id != known->bot.waba_id) {
    known = std::unexpected(unknown_object("post", id));
  }
  if (known) {
    if (auto admitted = calls_.admit(*known); !admitted) known = std::unexpected(admitted.error());
  }
  if (!known) {
    (void)co_await body.drain(kBodyBytesMax);
    co_return refused(known.error());
  }
  Answer<json::object> done;
  if (group && request.header("content-type").starts_with("multipart/")) {
    auto form = co_await files_.upload_mixed(*known, request, body);
    if (!form) co_return refused(form.error());
    done = co_await set_group(std::move(*known), std::move(request), std::move(form->said), std::move(form->file));
  } else {
    auto text = co_await body.whole(kBodyBytesMax);
    if (!text) co_return refused(graph_error(text.error()));
    request.body = std::move(*text);
    auto said = members_of(request);
    if (!said) co_return refused(said.error());
    if (group) {
      done = co_await set_group(std::move(*known), std::move(request), std::move(*said), std::string());
    } else {
      done = co_await set_number(std::move(*known), std::move(request));
    }
  }
  if (!done) co_return refused(done.error());
  co_return answer(200, ascii_json(std::move(*done)));
}

// What it names, one after the other: each is an event of its own.
Cloud::Done Cloud::set_group(Known known, edge::Request request, json::object said, std::string picture) {
  ConversationId group = *parse_group_id(request.param("id"));
  std::string key(request.header("idempotency-key"));
  auto named = [&key](const char* what) { return key.empty() ? key : key + "/" + what; };
  auto description = description_in(said);
  if (!description) co_return std::unexpected(description.error());
  auto approval = approval_in(said);
  if (!approval) co_return std::unexpected(approval.error());
  bool nothing = picture.empty() && !says(said, "description") && !says(said, "join_approval_mode");
  if (says(said, "subject") || nothing) {
    auto subject = subject_of(said);
    if (!subject) co_return std::unexpected(subject.error());
    wire::RenameGroup rename{calls_.client_id(named("subject")), group, std::move(*subject)};
    auto renamed = co_await calls_.chat().rename_group(known.caller, std::move(rename));
    if (!renamed) co_return refuse(renamed.error());
  }
  std::vector<std::pair<const char*, wire::ChangeGroup>> changes;
  if (says(said, "description")) {
    changes.push_back({"description", {{}, group, wire::Description{std::move(*description)}}});
  }
  if (says(said, "join_approval_mode")) changes.push_back({"approval", {{}, group, *approval}});
  if (!picture.empty()) changes.push_back({"picture", {{}, group, wire::Picture{std::move(picture)}}});
  for (auto& [what, change] : changes) {
    auto changed = co_await calls_.change_group(known, group, named(what), std::move(change));
    if (!changed) co_return std::unexpected(changed.error());
  }
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
