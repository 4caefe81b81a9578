// Which files are on their way into a message: claimed to be sent, and delivery has not yet told where they are shown. Only
// then does a file that nothing shows have to stay when its owner deletes it. In memory: after a crash delivery tells of
// everything before anybody sends. Owned by Files; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <set>

#include "base/clock.h"
#include "base/guarded.h"
#include "model/file.h"

namespace homing::chat {

inline constexpr std::size_t kClaimsMax = 10'000;
// A message with a file may be on its way that long.
inline constexpr std::chrono::milliseconds kOnItsWay = std::chrono::hours(1);

class Claims {
 public:
  // False while it is being taken away.
  bool claim(const FileId& id, Time now);
  void shown(const FileId& id);
  // Whether it may be taken away: until end_taking() nobody claims it then.
  bool begin_taking(const FileId& id, Time now);
  void end_taking(const FileId& id);

 private:
  struct State {
    std::map<FileId, Time> claimed;
    std::set<FileId> going;
    Time crowded;  // until then there are claims that are not noted here
  };
  Guarded<State> state_;
};

}  // namespace homing::chat
