// Server frames: values to bytes. The three frames that every message causes are written by hand in binary form.
#include "frames.pb.h"
#include "wire/bytes.h"
#include "wire/convert.h"
#include "wire/errors.h"
#include "wire/frame.h"
#include "wire/schema.h"

namespace homing::wire {
namespace {

// Field numbers of homing.v1.ServerFrame.
constexpr unsigned kRequest = 1, kSent = 4, kDelivery = 5, kReceipts = 6;

void put(std::string& out, const Sent& sent) {
  auto time = static_cast<std::uint64_t>(sent.time.ms);
  put_length(out, kSent, field_size(sent.conversation.value) + field_size(sent.seq.value) + field_size(time));
  put_field(out, 1, sent.conversation.value);
  put_field(out, 2, sent.seq.value);
  put_field(out, 3, time);
}

void put(std::string& out, const Delivery& delivery) {
  const Envelope& envelope = delivery.envelope;
  auto time = static_cast<std::uint64_t>(envelope.time.ms);
  std::size_t inner = field_size(envelope.conversation.value) + field_size(envelope.seq.value) + field_size(time) +
                      bytes_size(envelope.sealed->bytes.size());
  put_length(out, kDelivery, field_size(delivery.position.value) + bytes_size(inner));
  put_field(out, 1, delivery.position.value);
  put_length(out, 2, inner);
  put_field(out, 1, envelope.conversation.value);
  put_field(out, 2, envelope.seq.value);
  put_field(out, 3, time);
  put_bytes(out, 4, envelope.sealed->bytes);
}

void put(std::string& out, const Receipts& receipts) {
  const std::uint64_t fields[] = {receipts.position.value, receipts.conversation.value, receipts.delivered_to.value,
                                  receipts.read_to.value, receipts.own_read_to.value};
  std::size_t size = 0;
  for (std::uint64_t field : fields) size += field_size(field);
  put_length(out, kReceipts, size);
  unsigned number = 1;
  for (std::uint64_t field : fields) put_field(out, number++, field);
}

using wire::fill;  // those of convert.h beside those below

void fill(v1::Receipts& out, const Receipts& receipts) {
  out.set_position(receipts.position.value);
  out.set_conversation(receipts.conversation.value);
  out.set_delivered_to(receipts.delivered_to.value);
  out.set_read_to(receipts.read_to.value);
  out.set_own_read_to(receipts.own_read_to.value);
}

void fill(v1::Account& out, const Profile& profile) {
  out.set_id(profile.id.value);
  out.set_phone(profile.phone);
  out.set_name(profile.name);
  out.set_about(profile.about);
  out.set_bot(profile.nature == Nature::bot);
  out.set_picture(profile.picture);
}

void fill(v1::Conversation& out, const ConversationView& view) {
  out.set_id(view.conversation.id.value);
  out.set_kind(static_cast<v1::ConversationKind>(view.conversation.kind));
  out.set_name(view.conversation.name);
  for (const Membership& membership : view.conversation.members) {
    if (!membership.active()) continue;
    auto& member = *out.add_members();
    member.set_account(membership.account.value);
    member.set_role(membership.role == Role::admin ? v1::admin : v1::member);
  }
  for (const Profile& person : view.people) fill(*out.add_people(), person);
  out.set_last_seq(view.last_seq.value);
  fill(*out.mutable_receipts(), view.receipts);
  if (view.last) fill(*out.mutable_last(), *view.last);
  out.set_active(view.active);
  if (view.conversation.kind != ConversationKind::group) return;
  out.set_description(view.conversation.description);
  out.set_picture(view.conversation.picture);
  out.set_approval(view.conversation.approval == Approval::needed);
  out.set_join_requests(static_cast<std::uint32_t>(view.conversation.requests.size()));
  out.set_created_ms(view.conversation.created.ms);
}

void fill(v1::Presence& out, const Presence& presence) {
  out.set_account(presence.account.value);
  out.set_online(presence.online);
  out.set_last_seen_ms(presence.last_seen.ms);
}

// Any frame as its generated class.
struct Filler {
  v1::ServerFrame& out;

  void operator()(const Error& error) const {
    auto& body = *out.mutable_error();
    body.set_code(static_cast<v1::ErrorCode>(error.code));
    body.set_text(error.detail.empty() ? facts(error.code).text : error.detail);
    body.set_field(error.field);
    body.set_retry_after_ms(static_cast<std::uint32_t>(error.retry_after.count()));
  }
  void operator()(const Welcome& welcome) const {
    auto& body = *out.mutable_welcome();
    body.set_account(welcome.caller.account.value);
    body.set_device(welcome.caller.device.value);
    body.set_phone(welcome.phone);
    body.set_name(welcome.name);
    body.set_about(welcome.about);
    body.set_cursor(welcome.cursor.value);
    body.set_time_ms(welcome.time.ms);
    body.set_ping_ms(static_cast<std::uint32_t>(welcome.ping.count()));
    body.set_read_receipts(welcome.read_receipts == ReadReceipts::shown);
    for (AccountId account : welcome.blocked) body.add_blocked(account.value);
    body.set_picture(welcome.picture);
    body.set_push_key(welcome.push_key);
    body.mutable_privacy()->set_last_seen(static_cast<v1::Audience>(welcome.privacy.last_seen));
    body.mutable_privacy()->set_profile(static_cast<v1::Audience>(welcome.privacy.profile));
    body.mutable_privacy()->set_groups(static_cast<v1::Audience>(welcome.privacy.groups));
  }
  void operator()(const Sent& sent) const {
    auto& body = *out.mutable_sent();
    body.set_conversation(sent.conversation.value);
    body.set_seq(sent.seq.value);
    body.set_time_ms(sent.time.ms);
  }
  void operator()(const Delivery& delivery) const {
    out.mutable_delivery()->set_position(delivery.position.value);
    fill(*out.mutable_delivery()->mutable_envelope(), delivery.envelope);
  }
  void operator()(const Receipts& receipts) const { fill(*out.mutable_receipts(), receipts); }
  void operator()(const CaughtUp& caught_up) const { out.mutable_caught_up()->set_cursor(caught_up.cursor.value); }
  void operator()(const Done&) const { out.mutable_done(); }
  void operator()(const History& history) const {
    auto& body = *out.mutable_history();
    body.set_conversation(history.conversation.value);
    for (const Envelope& envelope : history.envelopes) fill(*body.add_envelopes(), envelope);
    body.set_more(history.more);
  }
  void operator()(const Conversations& conversations) const {
    auto& body = *out.mutable_conversations();
    for (const ConversationView& view : conversations.conversations) fill(*body.add_conversations(), view);
    body.set_next(conversations.next.value);
  }
  void operator()(const ConversationView& view) const { fill(*out.mutable_conversation(), view); }
  void operator()(const MemberReceipts& receipts) const {
    auto& body = *out.mutable_member_receipts();
    body.set_conversation(receipts.conversation.value);
    for (const MemberReceipt& member : receipts.members) {
      auto& entry = *body.add_members();
      entry.set_account(member.account.value);
      entry.set_delivered_to(member.receipt.delivered.value);
      entry.set_read_to(member.receipt.read.value);
    }
  }
  void operator()(const Accounts& accounts) const {
    auto& body = *out.mutable_accounts();
    for (const Profile& profile : accounts.accounts) fill(*body.add_accounts(), profile);
  }
  void operator()(const Pong&) const { out.mutable_pong(); }
  void operator()(const Joined& joined) const {
    auto& body = *out.mutable_joined();
    body.set_conversation(joined.sent.conversation.value);
    body.set_seq(joined.sent.seq.value);
    body.set_time_ms(joined.sent.time.ms);
    body.set_asked(joined.state == Joined::State::asked);
  }
  void operator()(const GroupPreview& preview) const {
    auto& body = *out.mutable_group_preview();
    body.set_conversation(preview.conversation.value);
    body.set_name(preview.name);
    body.set_description(preview.description);
    body.set_members(static_cast<std::uint32_t>(preview.members));
    body.set_picture(preview.picture);
    body.set_approval(preview.approval == Approval::needed);
    body.set_member(preview.place == GroupPreview::Place::member);
    body.set_asked(preview.place == GroupPreview::Place::asked);
    body.set_created_ms(preview.created.ms);
  }
  void operator()(const GroupLink& link) const {
    auto& body = *out.mutable_group_link();
    body.set_conversation(link.conversation.value);
    body.set_code(link.code);
  }
  void operator()(const Joins& joins) const {
    auto& body = *out.mutable_joins();
    body.set_conversation(joins.conversation.value);
    for (const JoinRequest& request : joins.requests) {
      auto& entry = *body.add_requests();
      entry.set_account(request.account.value);
      entry.set_asked_ms(request.asked.ms);
    }
    for (const Profile& profile : joins.people) fill(*body.add_people(), profile);
  }
  void operator()(const SomebodyTypes& types) const {
    auto& body = *out.mutable_somebody_types();
    body.set_conversation(types.conversation.value);
    body.set_account(types.account.value);
    body.set_kind(static_cast<v1::TypingKind>(types.kind));
  }
  void operator()(const Devices& devices) const {
    auto& body = *out.mutable_devices();
    for (const DeviceView& view : devices.devices) {
      auto& device = *body.add_devices();
      device.set_id(view.id.value);
      device.set_name(view.name);
      device.set_created_ms(view.created.ms);
      device.set_last_seen_ms(view.last_seen.ms);
      device.set_connected(view.connected);
      device.set_current(view.current);
    }
  }
  void operator()(const LinkCode& code) const {
    out.mutable_link_code()->set_code(code.code);
    out.mutable_link_code()->set_expires_ms(code.expires.ms);
  }
  void operator()(const Presence& presence) const { fill(*out.mutable_presence(), presence); }
  void operator()(const Presences& presences) const {
    auto& body = *out.mutable_presences();
    for (const Presence& presence : presences.presences) fill(*body.add_presences(), presence);
  }
  void operator()(const GoAway& go_away) const {
    auto& body = *out.mutable_go_away();
    body.set_after_ms_min(static_cast<std::uint32_t>(go_away.after_min.count()));
    body.set_after_ms_max(static_cast<std::uint32_t>(go_away.after_max.count()));
    body.set_reason(go_away.reason);
  }
};

template <class T>
bool encoded_by_hand(const ServerFrame& frame, std::string& out) {
  const T* body = std::get_if<T>(&frame.body);
  if (body == nullptr) return false;
  put_field(out, kRequest, frame.request);
  put(out, *body);
  return true;
}

}  // namespace

void encode(const ServerFrame& frame, Form form, std::string& out) {
  if (form == Form::proto && (encoded_by_hand<Delivery>(frame, out) || encoded_by_hand<Sent>(frame, out) ||
                              encoded_by_hand<Receipts>(frame, out))) {
    return;
  }
  v1::ServerFrame message;
  message.set_request(frame.request);
  std::visit(Filler{message}, frame.body);
  if (form == Form::json) {
    print_json(message, out);
  } else {
    message.AppendToString(&out);
  }
}

}  // namespace homing::wire
