// What an operator may ask about webhooks: which there are, what waits, what nobody took; and to try again. Works on the
// store alone, so it answers the same with and without a running server. Owned by server/; any I/O thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "store/directory.h"
#include "webhooks/queue.h"
#include "webhooks/subscription.h"

namespace homing::webhooks {

struct WebhookState {
  AccountId bot;
  std::string phone;
  Target target;
  std::size_t chats = 0;  // in which something waits
  std::optional<Time> oldest;  // of what waits, first in its chat
  std::uint32_t attempts = 0;  // the most at one body
  std::string refusal;  // what came of one of the last attempts
  std::size_t dead = 0;
};

enum class Letters { waiting, and_dead };

class Desk {
 public:
  // `look_again` is told when what waits changed.
  Desk(Records& records, Inbox& inbox, Directory& directory, Clock& clock, Random& random,
       std::function<void()> look_again);

  // All, or the one of this phone.
  Task<Result<std::vector<WebhookState>>> list(std::optional<std::string> phone);
  Task<Result<std::vector<DeadLetter>>> dead(std::optional<std::string> phone, std::size_t limit);
  // What waits is tried at once; the dead letters too, if asked. Returns how many of those came back.
  Task<Result<std::size_t>> retry(std::optional<std::string> phone, Letters which);

 private:
  Task<Result<AccountId>> bot_of(std::optional<std::string> phone);
  Task<Result<WebhookState>> state(Subscription subscription);

  Directory& directory_;
  Queue queue_;
  Subscriptions subscriptions_;
  std::function<void()> look_again_;
};

}  // namespace homing::webhooks
