// Events: what happens in a conversation. A Draft is one that somebody wants; an Envelope is one that is true.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "model/conversation.h"

namespace homing {

// Chosen by the sending device, 16 random bytes, the same at every resend. Unique per device.
using ClientId = std::array<std::uint8_t, 16>;

struct Posted {
  friend bool operator==(const Posted&, const Posted&) = default;
};
struct GroupCreated {
  std::string name;
  std::vector<AccountId> members;  // the author first; the author is the first admin
  std::string description;
  Approval approval = Approval::open;
  friend bool operator==(const GroupCreated&, const GroupCreated&) = default;
};
struct Renamed {
  std::string name;
  friend bool operator==(const Renamed&, const Renamed&) = default;
};
struct MembersChanged {
  std::vector<AccountId> added;
  std::vector<AccountId> removed;
  std::vector<AccountId> promoted;
  std::vector<AccountId> demoted;
  friend bool operator==(const MembersChanged&, const MembersChanged&) = default;
};
struct Reacted {
  Seq seq;  // of the event reacted to
  friend bool operator==(const Reacted&, const Reacted&) = default;
};
struct Edited {
  Seq seq;  // of the message that has other content now
  friend bool operator==(const Edited&, const Edited&) = default;
};
struct Deleted {
  Seq seq;  // of the message that is deleted for everyone
  friend bool operator==(const Deleted&, const Deleted&) = default;
};
struct Described {
  std::string description;
  friend bool operator==(const Described&, const Described&) = default;
};
// The group's picture is the file in Header::media, or none.
struct Pictured {
  friend bool operator==(const Pictured&, const Pictured&) = default;
};
struct ApprovalChanged {
  Approval approval = Approval::open;
  friend bool operator==(const ApprovalChanged&, const ApprovalChanged&) = default;
};
enum class LinkChange { revoke = 0, renew = 1 };
struct LinkChanged {
  LinkChange change = LinkChange::revoke;
  friend bool operator==(const LinkChanged&, const LinkChanged&) = default;
};
// The author came by the link and waits; thinks better of it; these people are not let in. Only admins see these.
struct JoinAsked {
  friend bool operator==(const JoinAsked&, const JoinAsked&) = default;
};
struct JoinWithdrawn {
  friend bool operator==(const JoinWithdrawn&, const JoinWithdrawn&) = default;
};
struct JoinsRejected {
  std::vector<AccountId> accounts;
  friend bool operator==(const JoinsRejected&, const JoinsRejected&) = default;
};
using EventKind = std::variant<Posted, GroupCreated, Renamed, MembersChanged, Reacted, Edited, Deleted, Described,
                               Pictured, ApprovalChanged, LinkChanged, JoinAsked, JoinWithdrawn, JoinsRejected>;

// The visible header: all that the server's rules may read.
struct Header {
  AccountId author;
  EventKind kind;
  Seq reply_to;
  Time expires;  // 0: never; then it is shown to nobody any more
  std::vector<std::string> media;
  std::vector<AccountId> mentions;
  Seq edit;              // of the newest edit of this message; the body is as that one says
  AccountId deleted_by;  // for everyone; then there is no body and there are no media any more
  friend bool operator==(const Header&, const Header&) = default;
};

// What was said, opaque to every room of the server.
struct Body {
  Encoding encoding = Encoding::plain;
  std::string bytes;
  friend bool operator==(const Body&, const Body&) = default;
};

struct Event {
  Header header;
  Body body;
  friend bool operator==(const Event&, const Event&) = default;
};

// An event encoded once (wire/seal.h): the header for the rules, the bytes for everybody from the disk to the last phone.
struct Sealed {
  Header header;
  std::string bytes;  // homing.v1.Event
  std::vector<AccountId> hidden_from;  // they blocked the author: not in `bytes`, nobody is told
};

// The name of an envelope. `commit` says where the log keeps it.
struct EventRef {
  ConversationId conversation;
  Seq seq;
  Commit commit;
  friend auto operator<=>(const EventRef&, const EventRef&) = default;
};

// An earlier event of the same conversation that reads otherwise once a draft is true (docs/decisions/0017). Its place,
// its time and who is shown it stay.
struct Revision {
  EventRef event;
  std::shared_ptr<const Sealed> from;  // as the rules saw it: `conflict` if it reads otherwise by then
  Event becomes;  // the log fills in `edit` where it is kThisEvent
};

struct Draft {
  ConversationId conversation;
  DeviceId device;
  ClientId client_id{};
  Version expects;  // the conversation's version that the rules looked at; 0: it does not exist yet
  std::shared_ptr<const Sealed> sealed;
  // The conversation as it is after this event, when the event changes it or begins it. The log fills in `version`
  // and every `since` and `until` that holds kThisEvent, and stores it together with the event.
  std::optional<Conversation> becomes;
  std::vector<Revision> revises;  // in the same write
};
// In Draft::becomes and its revisions: "the Seq that this event gets".
inline constexpr Seq kThisEvent{~0ull};

// Immutable and cheap to copy; the bytes are shared by all who read it.
struct Envelope {
  ConversationId conversation;
  Seq seq;
  Commit commit;
  Time time;
  DeviceId device;
  ClientId client_id{};
  std::shared_ptr<const Sealed> sealed;
};

// Whether a later event has changed what this one reads.
inline bool is_revised(const Header& header) { return header.edit || header.deleted_by; }

// Whether its time is over: then nobody is shown it any more.
inline bool expired(const Envelope& envelope, Time now) {
  Time end = envelope.sealed->header.expires;
  return end != Time{} && end <= now;
}

}  // namespace homing
