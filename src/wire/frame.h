// Frames as plain values, and their two encodings. What a client sent is measured against the schema's limits and
// checked while it is decoded; what comes out of decode() can be trusted to have the shape that these structs say.
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/account.h"
#include "model/conversation.h"
#include "model/event.h"
#include "model/inbox.h"
#include "model/push.h"

namespace homing::wire {

// homing.v1.proto (binary protobuf) or homing.v1.json (protobuf's JSON form).
enum class Form { proto, json };

// --- what clients say (proto/frames.proto explains each) ----------------------------------------------------------------
struct Hello {
  Cursor cursor;
  std::string agent;
};
struct Phone {
  std::string number;  // as the client wrote it
};
struct MyStatus {};
using Recipient = std::variant<ConversationId, AccountId, Phone, MyStatus>;
struct Send {
  Recipient to;
  ClientId client_id{};
  Body body;
  Seq reply_to;
  Time expires;
  std::vector<AccountId> mentions;
  std::vector<std::string> media;  // ids of files that its readers may fetch
  Seq reacted_to;  // not 0: a reaction to that event
};
struct Ack {
  Cursor cursor;
};
struct MarkRead {
  ConversationId conversation;
  Seq seq;
};
struct CreateGroup {
  ClientId client_id{};
  std::string name;
  std::vector<AccountId> members;
  std::string description;
  Approval approval = Approval::open;
  enum class Link { no, yes } link = Link::no;  // it can be joined by one from the beginning
};
struct ChangeMembers {
  ClientId client_id{};
  ConversationId conversation;
  std::vector<AccountId> add;
  std::vector<AccountId> remove;
  std::vector<AccountId> promote;
  std::vector<AccountId> demote;
};
struct RenameGroup {
  ClientId client_id{};
  ConversationId conversation;
  std::string name;
};
struct LeaveGroup {
  ClientId client_id{};
  ConversationId conversation;
};
struct Description {
  std::string text;
};
struct Picture {
  std::string file;  // empty: none
};
struct ChangeGroup {
  ClientId client_id{};
  ConversationId conversation;
  std::variant<Description, Picture, Approval, LinkChange> what;
};
struct JoinGroup {
  ClientId client_id{};
  std::string code;
};
struct WithdrawJoin {
  ClientId client_id{};
  ConversationId conversation;
};
enum class Decision { reject, approve };
struct ReviewJoins {
  ClientId client_id{};
  ConversationId conversation;
  std::vector<AccountId> accounts;
  Decision decision = Decision::reject;
};
struct PreviewGroup {
  std::string code;
};
struct GetGroupLink {
  ConversationId conversation;
};
struct GetJoins {
  ConversationId conversation;
};
struct ReadHistory {
  ConversationId conversation;
  Seq before;
  std::uint32_t limit = 50;
};
struct ListConversations {
  ConversationId after;
  std::uint32_t limit = 100;
  bool newest = false;  // instead of by id
};
struct GetConversation {
  ConversationId conversation;
};
struct GetReceipts {
  ConversationId conversation;
};
struct FindAccounts {
  std::vector<std::string> phones;
  std::vector<AccountId> accounts;
};
struct SetProfile {
  std::string name;
  std::string about;
  ReadReceipts read_receipts = ReadReceipts::shown;
};
struct SetPicture {
  std::string file;  // empty: none
};
enum class Blocked { no, yes };
struct SetBlocked {
  AccountId account;
  Blocked blocked = Blocked::no;
};
enum class TypingKind { stopped = 0, typing = 1, recording = 2 };
struct Typing {
  ConversationId conversation;
  TypingKind kind = TypingKind::stopped;
};
struct EditMessage {
  ClientId client_id{};
  ConversationId conversation;
  Seq seq;
  Body body;
  std::vector<AccountId> mentions;
};
struct DeleteMessage {
  ClientId client_id{};
  ConversationId conversation;
  Seq seq;
};
struct ListDevices {};
struct RenameDevice {
  DeviceId device;
  std::string name;
};
struct RevokeDevice {
  DeviceId device;
};
struct MakeLinkCode {};
enum class Here { no, yes };  // whether the person looks at this device
struct SetPresence {
  Here here = Here::no;
};
struct WatchPresence {
  std::vector<AccountId> accounts;
};
struct SetPrivacy {
  Privacy privacy;
};
struct SetPush {
  PushAddress address;
};
struct ClearPush {};
struct Ping {};

struct ClientFrame {
  std::uint64_t request = 0;
  std::variant<Hello, Send, Ack, MarkRead, CreateGroup, ChangeMembers, RenameGroup, LeaveGroup, ReadHistory,
               ListConversations, GetConversation, GetReceipts, FindAccounts, SetProfile, SetBlocked, Ping, Typing,
               EditMessage, DeleteMessage, ChangeGroup, JoinGroup, WithdrawJoin, ReviewJoins, PreviewGroup,
               GetGroupLink, GetJoins, SetPicture, ListDevices, RenameDevice, RevokeDevice, MakeLinkCode, SetPresence,
               WatchPresence, SetPrivacy, SetPush, ClearPush>
      body;
};

// --- what the server says -------------------------------------------------------------------------------------------
struct Welcome {
  Caller caller;
  std::string phone;
  std::string name;
  std::string about;
  Cursor cursor;
  Time time;
  std::chrono::milliseconds ping{0};
  ReadReceipts read_receipts = ReadReceipts::shown;
  std::vector<AccountId> blocked;
  std::string picture;
  Privacy privacy;
  std::string push_key;
};
struct Sent {
  ConversationId conversation;
  Seq seq;
  Time time;
};
struct Delivery {
  Cursor position;
  Envelope envelope;
};
struct Receipts {
  Cursor position;
  ConversationId conversation;
  Seq delivered_to;
  Seq read_to;
  Seq own_read_to;
};
struct CaughtUp {
  Cursor cursor;
};
struct Done {};
struct History {
  ConversationId conversation;
  std::vector<Envelope> envelopes;
  bool more = false;
};
struct Profile {
  AccountId id;
  std::string phone;
  std::string name;
  std::string about;
  Nature nature = Nature::person;
  std::string picture;
};
struct ConversationView {
  Conversation conversation;  // only running memberships are sent
  std::vector<Profile> people;
  Seq last_seq;
  Receipts receipts;
  std::optional<Envelope> last;
  bool active = false;
};
struct Conversations {
  std::vector<ConversationView> conversations;
  ConversationId next;
};
struct MemberReceipts {
  ConversationId conversation;
  std::vector<MemberReceipt> members;
};
struct Accounts {
  std::vector<Profile> accounts;
};
struct Joined {
  Sent sent;
  enum class State { member, asked } state = State::member;
};
struct GroupPreview {
  ConversationId conversation;
  std::string name;
  std::string description;
  std::size_t members = 0;
  std::string picture;  // a small JPEG; empty: none
  Approval approval = Approval::open;  // as it is for who asks
  enum class Place { outside, asked, member } place = Place::outside;
  Time created;
};
struct GroupLink {
  ConversationId conversation;
  std::string code;  // empty: there is none
};
struct Joins {
  ConversationId conversation;
  std::vector<JoinRequest> requests;
  std::vector<Profile> people;
};
struct Pong {};
struct SomebodyTypes {
  ConversationId conversation;
  AccountId account;
  TypingKind kind = TypingKind::stopped;
};
struct DeviceView {
  DeviceId id;
  std::string name;
  Time created;
  Time last_seen;  // 0: not known
  bool connected = false;
  bool current = false;
};
struct Devices {
  std::vector<DeviceView> devices;
};
struct LinkCode {
  std::string code;
  Time expires;
};
struct Presence {
  AccountId account;
  bool online = false;
  Time last_seen;  // 0: not known, or not shown
  friend bool operator==(const Presence&, const Presence&) = default;
};
struct Presences {
  std::vector<Presence> presences;
};
struct GoAway {
  std::chrono::milliseconds after_min{0};
  std::chrono::milliseconds after_max{0};
  std::string reason;
};

struct ServerFrame {
  std::uint64_t request = 0;
  std::variant<Error, Welcome, Sent, Delivery, Receipts, CaughtUp, Done, History, Conversations, ConversationView,
               MemberReceipts, Accounts, Pong, GoAway, SomebodyTypes, Joined, GroupPreview, GroupLink, Joins, Devices,
               LinkCode, Presence, Presences>
      body;
};

// Decodes one frame. Errors: bad_frame (not decodable), too_big, unknown_kind, and the precise code of the first field
// that is not as the schema says. `request` is set as soon as it is known, so that a refusal can be answered.
Result<ClientFrame> decode(std::string_view bytes, Form form, std::uint64_t& request);

// Appends the encoded frame to `out`.
void encode(const ServerFrame& frame, Form form, std::string& out);

}  // namespace homing::wire
