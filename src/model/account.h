// A person or a program, and the devices it uses. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"

namespace homing {

enum class ReadReceipts { shown, hidden };
enum class Nature { person, bot };  // bot: a program; people see that
enum class Life { active, ended };  // ended: removed account, revoked device; kept so that ids are never reused

// Whom something is shown to. contacts: people with whom the account has a direct conversation.
enum class Audience { everyone = 0, contacts = 1, nobody = 2 };
struct Privacy {
  Audience last_seen = Audience::everyone;  // online, and when last; who hides it does not see it of others
  Audience profile = Audience::everyone;    // the text about oneself, and the picture
  Audience groups = Audience::everyone;     // who may add this account to a group
  friend bool operator==(const Privacy&, const Privacy&) = default;
};

struct Account {
  AccountId id;
  std::string phone;  // E.164 with the plus, e.g. +15551230001
  std::string name;
  std::string about;
  Time created;
  ReadReceipts read_receipts = ReadReceipts::shown;
  std::vector<AccountId> blocked;
  Life life = Life::active;
  std::uint64_t version = 0;  // of the stored record; see Directory::put
  Nature nature = Nature::person;
  std::string picture;  // a FileId; empty: none
  Privacy privacy;

  bool blocks(AccountId other) const;
  friend bool operator==(const Account&, const Account&) = default;
};

using Hash256 = std::array<std::uint8_t, 32>;

struct Device {
  DeviceId id;
  AccountId account;
  Hash256 secret_hash{};  // BLAKE2b-256 of the secret part of the token
  std::string name;
  Time created;
  Life life = Life::active;
  std::uint64_t version = 0;

  friend bool operator==(const Device&, const Device&) = default;
};

// Who is asking: known since the connection was authenticated.
struct Caller {
  AccountId account;
  DeviceId device;

  friend bool operator==(Caller, Caller) = default;
};

// A promise to let somebody in: an invitation, a code that was sent to a phone, one that links a device. Stored by `key`.
struct Ticket {
  std::string key;  // "invite/<hex hash>", "code/<phone>" or "link/<hex hash>"
  Hash256 hash{};
  Time issued;
  Time expires;
  std::uint32_t attempts_left = 0;
  std::uint64_t version = 0;
  AccountId account;  // whose device it makes; 0: not one of linking

  friend bool operator==(const Ticket&, const Ticket&) = default;
};

}  // namespace homing
