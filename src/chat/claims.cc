#include "chat/claims.h"

namespace homing::chat {

bool Claims::claim(const FileId& id, Time now) {
  return state_.with([&](State& state) {
    if (state.going.contains(id)) return false;
    if (state.claimed.size() >= kClaimsMax) {
      std::erase_if(state.claimed, [&](const auto& entry) { return now - entry.second >= kOnItsWay; });
    }
    if (state.claimed.size() < kClaimsMax || state.claimed.contains(id)) {
      state.claimed[id] = now;
    } else {
      state.crowded = now + kOnItsWay;
    }
    return true;
  });
}

void Claims::shown(const FileId& id) {
  state_.with([&](State& state) { state.claimed.erase(id); });
}

bool Claims::begin_taking(const FileId& id, Time now) {
  return state_.with([&](State& state) {
    auto found = state.claimed.find(id);
    bool on_its_way = found != state.claimed.end() && now - found->second < kOnItsWay;
    if (on_its_way || now < state.crowded) return false;
    return state.going.insert(id).second;
  });
}

void Claims::end_taking(const FileId& id) {
  state_.with([&](State& state) { state.going.erase(id); });
}

}  // namespace homing::chat
