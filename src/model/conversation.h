// Who talks with whom, and since when. A membership is an interval of Seqs: it answers who gets an event and who may
// read it later with the same rule, also after somebody left and while the log is read again after a crash.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"

namespace homing {

// status: what one account shows to everybody it talks with; only that account posts.
enum class ConversationKind { direct = 0, group = 1, status = 2 };
enum class Role { member = 0, admin = 1 };
enum class Encoding { plain = 0, mls = 1 };
enum class Ending { left = 0, removed = 1 };     // how a membership ended
enum class Approval { open = 0, needed = 1 };    // whether an admin lets in who comes by the link

struct Membership {
  AccountId account;
  Role role = Role::member;
  Seq since;  // sees events from this one on (the one that added the account included)
  Seq until;  // sees events up to this one (the one that removed it included); 0: is a member now
  Ending ending = Ending::left;  // who was removed needs an admin's approval to come back by the same link

  bool active() const { return !until; }
  bool covers(Seq seq) const { return since <= seq && (active() || seq <= until); }
  friend bool operator==(const Membership&, const Membership&) = default;
};

// Somebody came by the link and waits for an admin.
struct JoinRequest {
  AccountId account;
  Time asked;
  friend bool operator==(const JoinRequest&, const JoinRequest&) = default;
};

struct Conversation {
  ConversationId id;
  ConversationKind kind = ConversationKind::direct;
  Encoding encoding = Encoding::plain;  // fixed at creation
  std::string name;
  std::vector<Membership> members;  // those who left stay, with their `until`
  Version version;                  // the Seq of the last event that changed this record; 1 at creation
  Time created;
  std::string description;           // groups only, as all below
  std::string picture;               // a FileId; its readers are the members
  std::string link;                  // the code by which one joins; empty: nobody can
  Approval approval = Approval::open;
  std::vector<JoinRequest> requests;  // oldest first

  // The running membership of this account, or nullptr.
  const Membership* member(AccountId account) const;
  // Whether this account may see the event with this Seq.
  bool may_see(AccountId account, Seq seq) const;
  // The accounts that get the event with this Seq.
  std::vector<AccountId> audience(Seq seq) const;
  std::size_t active_count() const;
  bool asks_to_join(AccountId account) const;
  // Whether the account's last time here was ended by somebody else.
  bool was_removed(AccountId account) const;
  friend bool operator==(const Conversation&, const Conversation&) = default;
};

}  // namespace homing
