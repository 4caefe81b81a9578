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
#include "model/account.h"
#include "store/directory.h"
#include "store/inbox.h"

namespace homing::chat {

// The number in E.164 form ("+15551230001"), by libphonenumber; `phone_invalid` otherwise. Numbers of reserved test
// ranges (such as +1 555) are taken when they are possible for their country, as real servers are tried out with them.
Result<std::string> normal_phone(const std::string& written);

struct NewDevice {
  AccountId account;
  std::string phone;
  DeviceId device;
  std::string token;  // shown once; only its hash is stored
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
  Accounts(Directory& directory, Inbox& inbox, Clock& clock, Random& random, std::optional<CodeSender> sender);

  bool registration_by_code() const { return sender_.has_value(); }

  // For the operator: an account with its first device, or a further device if the phone has an account already.
  Task<Result<NewDevice>> add(std::string phone, std::string name, std::string device_name);
  Task<Result<void>> remove(std::string phone);
  Task<Result<std::vector<Account>>> list();
  Task<Result<Invite>> invite(std::chrono::milliseconds valid_for);
  Task<Result<std::vector<Device>>> devices(std::string phone);
  // Returns the device that was revoked.
  Task<Result<Device>> revoke(DeviceId device);

  // For people: five codes an hour per phone, five attempts per code, valid for ten minutes.
  Task<Result<void>> send_code(std::string phone);
  // With a code: a new account, or a further device of the one with this phone. With an invite: a new account only,
  // `phone_taken` otherwise (an invitation does not prove who owns a phone).
  Task<Result<NewDevice>> register_by_code(std::string phone, std::string code, std::string name, std::string device_name);
  Task<Result<NewDevice>> register_by_invite(std::string phone, std::string invite, std::string name, std::string device_name);

  // Who holds this token; `unauthenticated` for all that is wrong with it. Compares in constant time.
  Task<Result<Caller>> authenticate(std::string token);

 private:
  Task<Result<NewDevice>> add_device(Account account, std::string device_name);
  Task<Result<Account>> find_or_create(std::string phone, std::string name);

  Directory& directory_;
  Inbox& inbox_;
  Clock& clock_;
  Random& random_;
  std::optional<CodeSender> sender_;
};

}  // namespace homing::chat
