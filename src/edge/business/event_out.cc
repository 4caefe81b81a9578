#include "edge/business/event_out.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "edge/business/ascii_json.h"
#include "edge/business/event_content.h"
#include "edge/business/group_calls.h"
#include "edge/business/lenient.h"

namespace homing::business {
namespace {

std::string seconds(Time time) { return std::to_string(time.ms / 1000); }

// The question says what kind of answer it has; only rows have descriptions.
Tapped tapped(const Arrived& arrived, const v1::Content& content) {
  if (!content.interactive_reply().description().empty()) return Tapped::row;
  if (!arrived.quoted || arrived.quoted->sealed == nullptr) return Tapped::button;
  return content_of(*arrived.quoted->sealed).interactive().has_choices() ? Tapped::row : Tapped::button;
}

json::object message_object(const Arrived& arrived, const Wamids& wamids, Api api) {
  const Envelope& envelope = arrived.envelope;
  const Header& header = envelope.sealed->header;
  json::object message;
  message["from"] = js(digits_of(arrived.author.phone));
  message["id"] = js(wamids.name(envelope.conversation, envelope.seq, api));
  message["timestamp"] = js(seconds(envelope.time));
  if (header.reply_to) {
    json::object context;
    if (arrived.quoted) context["from"] = js(digits_of(arrived.quoted->phone));
    context["id"] = js(wamids.name(envelope.conversation, header.reply_to, api));
    message["context"] = std::move(context);
  }
  if (arrived.kind == ConversationKind::group) message["group_id"] = js(group_id(envelope.conversation));

  v1::Content content = content_of(*envelope.sealed);
  if (std::holds_alternative<Edited>(header.kind)) {
    add_unsupported("A message was edited.", message);
  } else if (std::holds_alternative<Deleted>(header.kind) || header.deleted_by) {
    add_unsupported("A message was deleted.", message);
  } else if (const Reacted* reacted = std::get_if<Reacted>(&header.kind)) {
    message["type"] = "reaction";
    message["reaction"] = json::object{{"message_id", js(wamids.name(envelope.conversation, reacted->seq, api))},
                                       {"emoji", js(content.reaction().emoji())}};
  } else {
    add_content(content, tapped(arrived, content), api, message);
  }
  return message;
}

json::object status_object(const Progress& progress, Api api) {
  json::object status;
  status["id"] = js(in_form(progress.message_id, api));
  status["status"] = js(word(progress.step));
  status["timestamp"] = js(seconds(progress.time));
  std::string person = digits_of(progress.recipient_phone);
  if (!progress.group) {
    status["recipient_id"] = js(person);
  } else {
    status["recipient_type"] = "group";
    status["recipient_id"] = js(group_id(*progress.group));
    if (!person.empty()) status["recipient_participant_id"] = js(person);
  }
  if (api == Api::on_premises) status["type"] = "message";
  if (!progress.callback_data.empty()) status["biz_opaque_callback_data"] = js(progress.callback_data);
  if (progress.step == Progress::Step::failed) {
    std::string_view details = progress.failure.details;
    if (details.empty()) details = graph_facts(progress.failure.code).title;
    status["errors"] = json::array{error_object(progress.failure.code, details, api)};
  }
  return status;
}

json::array participants(const std::vector<Person>& people) {
  json::array out;
  for (const Person& person : people) {
    out.push_back(json::object{{"input", js(person.phone)}, {"wa_id", js(digits_of(person.phone))}});
  }
  return out;
}

// What happened to a group, and under which field it is told. Nothing: bots are not told.
struct GroupNews {
  std::string_view field;
  json::array groups;
};
GroupNews group_news(const GroupChanged& changed) {
  const Envelope& envelope = changed.envelope;
  auto entry = [&](std::string_view type) {
    return json::object{{"timestamp", js(seconds(envelope.time))},
                        {"group_id", js(group_id(envelope.conversation))},
                        {"type", js(type)},
                        {"request_id", js(request_id(envelope.client_id))}};
  };
  const EventKind& kind = envelope.sealed->header.kind;
  if (std::holds_alternative<GroupCreated>(kind)) {
    json::object created = entry("group_create");
    created["subject"] = js(changed.subject);
    if (!changed.invite_link.empty()) created["invite_link"] = js(changed.invite_link);
    return {"group_lifecycle_update", {std::move(created)}};
  }
  if (const Renamed* renamed = std::get_if<Renamed>(&kind)) {
    json::object settings = entry("group_settings_update");
    settings["subject"] = js(renamed->name);
    return {"group_settings_update", {std::move(settings)}};
  }
  if (const Described* described = std::get_if<Described>(&kind)) {
    json::object settings = entry("group_settings_update");
    settings["description"] = js(described->description);
    return {"group_settings_update", {std::move(settings)}};
  }
  if (std::holds_alternative<Pictured>(kind)) {
    json::object settings = entry("group_settings_update");
    const auto& media = envelope.sealed->header.media;
    settings["profile_picture"] = json::object{{"id", js(media.empty() ? std::string() : media.front())}};
    return {"group_settings_update", {std::move(settings)}};
  }
  if (changed.asking) {
    bool asks = std::holds_alternative<JoinAsked>(kind);
    json::object request = entry(asks ? "group_join_request_created" : "group_join_request_revoked");
    request["join_request_id"] = js(join_request_id(envelope.sealed->header.author));
    request["wa_id"] = js(digits_of(changed.asking->phone));
    return {"group_participants_update", {std::move(request)}};
  }
  if (changed.group == GroupChanged::Group::ended) return {"group_lifecycle_update", {entry("group_delete")}};
  GroupNews news{"group_participants_update", {}};
  if (!changed.added.empty()) {
    json::object added = entry("group_add_participants");
    added["added_participants"] = participants(changed.added);
    bool by_itself = std::get<MembersChanged>(kind).added == std::vector{envelope.sealed->header.author};
    if (by_itself) added["reason"] = "invite_link";
    news.groups.push_back(std::move(added));
  }
  if (!changed.removed.empty()) {
    json::object removed = entry("group_remove_participants");
    removed["removed_participants"] = participants(changed.removed);
    news.groups.push_back(std::move(removed));
  }
  return news;
}

// {"object","entry":[{"id","changes":[{"value","field"}]}]}
std::string in_envelope(const Receiver& bot, std::string_view field, json::object parts) {
  json::object value{{"messaging_product", "whatsapp"},
                     {"metadata", json::object{{"display_phone_number", js(digits_of(bot.phone))},
                                               {"phone_number_id", js(bot.phone_number_id)}}}};
  for (auto& part : parts) value[part.key()] = std::move(part.value());
  json::object change{{"value", std::move(value)}, {"field", js(field)}};
  json::object entry{{"id", js(bot.waba_id)}, {"changes", json::array{std::move(change)}}};
  return ascii_json(json::object{{"object", "whatsapp_business_account"}, {"entry", json::array{std::move(entry)}}});
}

json::object parts_of(const Arrived& arrived, const Wamids& wamids, Api api) {
  json::object contact{{"profile", json::object{{"name", js(arrived.author.name)}}},
                       {"wa_id", js(digits_of(arrived.author.phone))}};
  return {{"contacts", json::array{std::move(contact)}},
          {"messages", json::array{message_object(arrived, wamids, api)}}};
}

// What somebody said or did about something said; the rest is what happens to groups.
bool is_message(const Envelope& envelope) {
  const EventKind& kind = envelope.sealed->header.kind;
  return std::holds_alternative<Posted>(kind) || std::holds_alternative<Reacted>(kind) ||
         std::holds_alternative<Edited>(kind) || std::holds_alternative<Deleted>(kind);
}

}  // namespace

std::string_view word(Progress::Step step) {
  switch (step) {
    case Progress::Step::sent: return "sent";
    case Progress::Step::delivered: return "delivered";
    case Progress::Step::read: return "read";
    case Progress::Step::failed: return "failed";
  }
  return "failed";
}

std::string webhook_body(const Receiver& bot, const BotEvent& event, const Wamids& wamids, Api api) {
  json::object parts;
  if (const Arrived* arrived = std::get_if<Arrived>(&event)) {
    if (arrived->kind == ConversationKind::status || !is_message(arrived->envelope)) return {};
    parts = parts_of(*arrived, wamids, api);
  } else if (const GroupChanged* changed = std::get_if<GroupChanged>(&event)) {
    if (api == Api::on_premises) return {};
    GroupNews news = group_news(*changed);
    if (news.groups.empty()) return {};
    parts["groups"] = std::move(news.groups);
    return in_envelope(bot, news.field, std::move(parts));
  } else {
    parts["statuses"] = json::array{status_object(std::get<Progress>(event), api)};
  }
  return api == Api::cloud ? in_envelope(bot, "messages", std::move(parts)) : ascii_json(parts);
}

}  // namespace homing::business
