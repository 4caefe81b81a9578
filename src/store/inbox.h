// Every account's ordered list of notices, and each device's place in it. All of it can be rebuilt from the log:
// writing may lag behind, together with `bookmark`, and a crash may take both back to an older state. What a device
// says of its cursor (`move`) is then said again when it returns.
//
// Owned by server/. Every method may be called from any I/O thread and completes on the caller's executor.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "model/inbox.h"
#include "store/page.h"

namespace homing {

struct Post {
  AccountId account;
  News news;
};

class Inbox {
 public:
  virtual ~Inbox() = default;

  // Adds notices to many inboxes. An EventArrived stands at its commit; the same one again is one post. A MarksMoved
  // stands after everything in every inbox so far and replaces an unread one of the same conversation.
  virtual Task<Result<void>> post(std::vector<Post> posts) = 0;

  // Says that all events up to this commit have been posted. Only Delivery calls it; only forward.
  virtual Task<Result<void>> set_bookmark(Commit through) = 0;
  // Where Delivery reads on after a start.
  virtual Task<Result<Commit>> bookmark() = 0;

  // Notices after this place, oldest first, at most `limit`.
  virtual Task<Result<Page<Notice>>> read(AccountId account, Cursor after, std::size_t limit) = 0;

  // The device has stored everything up to here. Only moves forward: an older cursor changes nothing. Returns where
  // the device was before. Notices that every device of the account has passed may disappear.
  virtual Task<Result<Cursor>> move(AccountId account, DeviceId device, Cursor to) = 0;
  virtual Task<Result<Cursor>> cursor(AccountId account, DeviceId device) = 0;
  // The device is revoked: it holds nothing back any more.
  virtual Task<Result<void>> forget(AccountId account, DeviceId device) = 0;
};

}  // namespace homing
