// A few at a time of each account, and of all together; who comes when all are taken waits until one is over. Owned by who
// needs it; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/id.h"
#include "base/result.h"
#include "base/task.h"

namespace homing::chat {

// Over when the last copy is gone.
using Turn = std::shared_ptr<const void>;

struct TurnLimits {
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::size_t of_account = 1;
  std::size_t of_all = kNone;
  std::size_t waiting_of_account = kNone;
  std::optional<std::chrono::milliseconds> wait;  // the longest that somebody waits
};

class Turns {
 public:
  Turns(Clock& clock, TurnLimits limits) : clock_(clock), limits_(limits) {}

  // `rate_limited` when too many of the account wait already, or none comes in time.
  Task<Result<Turn>> take(AccountId account);

 private:
  struct Waiting;
  struct Line {
    std::size_t under_way = 0;
    std::vector<std::weak_ptr<Waiting>> waiting;
  };
  struct State {
    std::map<AccountId, Line> lines;  // those in which somebody is
    std::size_t under_way = 0;
    std::uint64_t came = 0;  // how many had to wait
  };
  using Lines = Guarded<State>;
  enum class Place { turn, waiting, none };
  static void end(Lines& lines, AccountId account);

  Clock& clock_;
  const TurnLimits limits_;
  const std::shared_ptr<Lines> lines_ = std::make_shared<Lines>();  // a turn may outlive this
};

}  // namespace homing::chat
