// The ids with the newest last events, newest first. For adapters.
#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "base/id.h"

namespace homing {

inline std::vector<ConversationId> newest_of(std::vector<std::pair<Commit, ConversationId>> places, std::size_t limit) {
  std::size_t wanted = std::min(limit, places.size());
  std::ranges::partial_sort(places, places.begin() + static_cast<std::ptrdiff_t>(wanted), std::greater<>());
  std::vector<ConversationId> ids;
  for (std::size_t i = 0; i < wanted; ++i) ids.push_back(places[i].second);
  return ids;
}

}  // namespace homing
