// Who is here now, and when somebody was last. Nothing of it enters the log: the Hub knows who looks at which device and
// who watches whom, LastSeen remembers the minute. Each watcher is told only what the watched person shows to them, and
// only while showing their own presence to that person too. Owned by server/; any I/O thread.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "chat/hub.h"
#include "chat/last_seen.h"
#include "model/account.h"
#include "store/directory.h"
#include "wire/frame.h"

namespace homing::chat {

class Presence {
 public:
  Presence(Directory& directory, Hub& hub, LastSeen& seen) : directory_(directory), hub_(hub), seen_(seen) {}

  // What `viewer` may know about each of these, in this order. Those who do not exist are never here.
  Task<Result<wire::Presences>> of(AccountId viewer, std::vector<AccountId> accounts);
  // The account came or went: tells those who watch it.
  Task<void> tell(AccountId account);

  LastSeen& seen() { return seen_; }

 private:
  // Nothing: it is not shown.
  Task<Result<std::optional<wire::Presence>>> seen_by(AccountId viewer, AccountId account);

  Directory& directory_;
  Hub& hub_;
  LastSeen& seen_;
};

}  // namespace homing::chat
