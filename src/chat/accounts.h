// How people and their devices come and go: registration, invitations, codes, credentials, profiles. Owned by server/;
// any I/O thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "chat/phone.h"
#include "model/account.h"
#include "store/directory.h"
#include "store/event_log.h"
#include "store/inbox.h"
#include "store/page.h"

namespace homing::chat {

// Token: "<device id, 16 hex digits>_<32 random bytes, base64url>".
struct NewDevice {
  AccountId account;
  std::string phone;
  DeviceId device;
  std::string token;  // shown once; only the BLAKE2b-256 of its second part is stored
};

struct Invite {
  std::string code;
  Time expires;
};

// Sends the code to the phone, e.g. through an HTTP hook. `code_undeliverable` when it could not.
using CodeSender = std::function<Task<Result<void>>(std::string phone, std::string code)>;

class Accounts {
 public:
  // Without a sender, registration is by invitation only.
  Accounts(EventLog& log, Directory& directory, Inbox& inbox, Clock& clock, Random& random,
           std::optional<CodeSender> sender);

  bool registration_by_code() const { return sender_.has_value(); }

  // For the operator: an account with its first device, or a further device if the phone has an account already.
  Task<Result<NewDevice>> add(std::string phone, std::string name, std::string device_name);
  // An account for a program, with a device for its API. `phone_taken` if a person has this phone; a program that has it
  // gets one more device.
  Task<Result<NewDevice>> add_bot(std::string phone, std::string name);
  // Ends the devices of an account, as the first step of its end: the caller cuts its sessions before it goes on.
  Task<Result<AccountId>> end_devices(std::string phone);
  // Ends the account and all its devices; the phone is free again. It leaves its groups, so that the ticks of those who
  // stay do not wait for it; what it wrote stays. Returns the account that was removed. If it fails in between, say it
  // again.
  Task<Result<Account>> remove(std::string phone);
  // Accounts that have not ended, by id, after `after`.
  Task<Result<Page<Account>>> list(AccountId after, std::size_t limit);
  Task<Result<AccountId>> find(std::string phone);
  Task<Result<Invite>> invite(std::chrono::milliseconds valid_for);
  // Revoked devices included.
  Task<Result<std::vector<Device>>> devices(std::string phone);
  // Returns the device that was revoked; the caller ends its sessions. Revoking again changes nothing.
  Task<Result<Device>> revoke(DeviceId device);
  // Takes expired invitations and codes away: looks at `limit` tickets after this key. Returns where to go on; empty:
  // that was all.
  Task<Result<std::string>> sweep_tickets(std::string after, std::size_t limit);

  // For people: five codes an hour per phone, five attempts per code, valid for ten minutes.
  Task<Result<void>> send_code(std::string phone);
  // With a code: a new account, or a further device of the one with this phone. With an invite: a new account only,
  // `phone_taken` otherwise (an invitation does not prove who owns a phone).
  Task<Result<NewDevice>> register_by_code(std::string phone, std::string code, std::string name,
                                           std::string device_name);
  Task<Result<NewDevice>> register_by_invite(std::string phone, std::string invite, std::string name,
                                             std::string device_name);

  // A device that is in makes a code, 128 random bits for limits::kLinkCodeLife, `too_many_attempts` beyond
  // limits::kLinkCodesPerHourMax; who redeems it is one more device of that account. `link_code_invalid` for a code that is
  // unknown, used or too old.
  Task<Result<Invite>> link_code(AccountId account);
  Task<Result<NewDevice>> link_device(std::string code, std::string device_name);

  // Who holds this token; `unauthenticated` for all that is wrong with it. Compares in constant time.
  Task<Result<Caller>> authenticate(std::string token);

 private:
  // An account has at most limits::kDevicesMax active devices.
  Task<Result<NewDevice>> add_device(AccountId account, std::string phone, std::string device_name);
  std::string new_secret();
  Task<Result<AccountId>> create(std::string phone, std::string name, Nature nature = Nature::person);
  Task<Result<AccountId>> find_or_create(std::string phone, std::string name);
  Task<Result<Device>> end_device(Device device);
  Task<Result<void>> leave_groups(AccountId account);
  Task<Result<void>> leave_group(AccountId account, ConversationId id);
  // One of `count` in an hour.
  Task<Result<void>> spend_budget(std::string key, std::uint32_t count, std::string field);
  Task<Result<void>> use_code(std::string phone, std::string code);

  EventLog& log_;
  Directory& directory_;
  Inbox& inbox_;
  Clock& clock_;
  Random& random_;
  std::optional<CodeSender> sender_;
};

}  // namespace homing::chat
