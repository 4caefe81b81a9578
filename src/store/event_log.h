// The ordered events of every conversation: the only place where an event becomes true.
//
// One conformance suite (test/conformance) runs against every adapter and is the definition of this interface.
// Owned by server/. Every method may be called from any I/O thread and completes on the caller's executor.
// Nothing above may assume that one process holds all of it: no call spans two conversations.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "model/event.h"
#include "store/page.h"

namespace homing {

enum class Keep { forever, days, until_delivered };

// How long events stay. What waits in an inbox that a device has not fetched stays for `undelivered_days` in any case
// (and no longer, except with Keep::forever).
struct Retention {
  Keep keep = Keep::days;
  int days = 30;              // Keep::days: age at which an event goes
  int undelivered_days = 30;  // Keep::until_delivered: age at which what nobody fetched goes
};

struct Followed {
  std::vector<Envelope> envelopes;  // in commit order
  Commit next;                      // pass this as `after` the next time
};

class EventLog {
 public:
  virtual ~EventLog() = default;

  // Returns the event once it is durable. Drafts appended one after the other from one thread get their places in
  // that order. The same (device, client_id) again, however much later, returns the first envelope and writes nothing;
  // with other bytes it is `client_id_reused`. `conflict` if the conversation's version is not `expects`.
  // What the draft revises reads otherwise from the same moment on, to everybody and also here; `conflict` if one of
  // those reads otherwise already. Said again, a draft whose event was revised since gets that event, unread.
  // `read_only` when the disk is full or has failed: then it is unknown only to the caller whose answer was lost.
  virtual Task<Result<Envelope>> append(Draft draft) = 0;

  // The envelope that this device appended under this client id, if any.
  virtual Task<Result<std::optional<Envelope>>> find(DeviceId device, ClientId client_id) = 0;

  // Envelopes of one conversation in [from, to), at most `limit`, oldest first. What retention dropped is not there.
  virtual Task<Result<Page<Envelope>>> read(ConversationId conversation, Seq from, Seq to, std::size_t limit) = 0;

  // The newest Seq of the conversation; 0 if it has none.
  virtual Task<Result<Seq>> head(ConversationId conversation) = 0;

  // By name, in the order asked; what retention dropped is left out.
  virtual Task<Result<std::vector<Envelope>>> get(std::vector<EventRef> refs) = 0;

  // Everything committed on this partition after `after`, in commit order; waits while there is nothing.
  virtual Task<Result<Followed>> follow(Partition partition, Commit after, std::size_t limit) = 0;

  // Takes a commit number without an event, durably, larger than every number handed out before (also before a
  // crash), and returns it. `follow` passes it with an empty or shorter page.
  virtual Task<Result<Commit>> advance(Partition partition) = 0;

  // Drops what `retention` no longer keeps, whole ranges at a time. Returns the oldest commit that is still kept.
  virtual Task<Result<Commit>> retain(Retention retention, Time now) = 0;
};

}  // namespace homing
