// A person's own devices: which there are, what they are called, logging one out, letting a new one in. Owned by server/;
// any I/O thread.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "chat/accounts.h"
#include "chat/hub.h"
#include "chat/last_seen.h"
#include "store/directory.h"
#include "wire/frame.h"

namespace homing::chat {

class Devices {
 public:
  Devices(Accounts& accounts, Directory& directory, Hub& hub, LastSeen& seen)
      : accounts_(accounts), directory_(directory), hub_(hub), seen_(seen) {}

  // Those that are not revoked, oldest first.
  Task<Result<wire::Devices>> list(Caller caller);
  Task<Result<void>> rename(Caller caller, wire::RenameDevice request);
  // Its token is worthless from then on and its sessions end; the caller's own too. `not_found` for others' devices.
  Task<Result<void>> revoke(Caller caller, wire::RevokeDevice request);
  Task<Result<wire::LinkCode>> link_code(Caller caller);

 private:
  Task<Result<Device>> own(AccountId account, DeviceId device);

  Accounts& accounts_;
  Directory& directory_;
  Hub& hub_;
  LastSeen& seen_;
};

}  // namespace homing::chat
