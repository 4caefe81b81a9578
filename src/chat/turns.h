// A few at a time of each account; who comes when all are taken waits until one is over. Owned by who needs it; any thread.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "base/guarded.h"
#include "base/id.h"
#include "base/task.h"

namespace homing::chat {

// Over when the last copy is gone.
using Turn = std::shared_ptr<const void>;

class Turns {
 public:
  explicit Turns(std::size_t at_once) : at_once_(at_once) {}
  Task<Turn> take(AccountId account);

 private:
  struct Waiting;
  struct Line {
    std::size_t under_way = 0;
    std::vector<std::weak_ptr<Waiting>> waiting;
  };
  using Lines = Guarded<std::map<AccountId, Line>>;
  static void end(Lines& lines, AccountId account);

  const std::size_t at_once_;
  const std::shared_ptr<Lines> lines_ = std::make_shared<Lines>();  // a turn may outlive this
};

}  // namespace homing::chat
