// The reader of the log that fills inboxes and rings bells. A coroutine with a durable bookmark: after a crash it reads
// on from there, and posting the same notice twice is one post.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/task.h"
#include "chat/files.h"
#include "chat/hub.h"
#include "chat/pushes.h"
#include "store/directory.h"
#include "store/event_log.h"
#include "store/inbox.h"

namespace homing::chat {

struct DeliveryMetrics {
  std::uint64_t events = 0;
  std::uint64_t notices = 0;
};

class Delivery {
 public:
  // `files` learns what is shown before anybody is told; nullptr: a server without files. `pushes` learns what came for
  // whom; nullptr: a server without pushes.
  Delivery(EventLog& log, Inbox& inbox, Directory& directory, Hub& hub, Clock& clock, Files* files = nullptr,
           Pushes* pushes = nullptr);

  // Takes a fresh commit number and posts everything up to it. Sessions may be opened when this has returned: from then
  // on every place in an inbox is new, whatever was told to devices before a crash.
  Task<Result<void>> catch_up();
  // Runs until its io_context ends. Spawn it after catch_up, on one thread only.
  Task<void> run();

  const DeliveryMetrics& metrics() const { return metrics_; }

 private:
  Task<Result<void>> post(const std::vector<Envelope>& envelopes, Commit through);

  EventLog& log_;
  Inbox& inbox_;
  Directory& directory_;
  Hub& hub_;
  Clock& clock_;
  Files* const files_;
  Pushes* const pushes_;
  Commit bookmark_;
  DeliveryMetrics metrics_;
};

}  // namespace homing::chat
