#include "blob/pins.h"

#include <algorithm>

namespace homing {

BlobPin Pins::pin(const BlobId& id) {
  state_->with([&](State& state) {
    state.condemned.erase(id);
    ++state.pinned[id];
  });
  auto unpin = [state = state_, id](const void*) {
    state->with([&](State& s) {
      auto found = s.pinned.find(id);
      if (--found->second == 0) s.pinned.erase(found);
    });
  };
  return BlobPin(this, std::move(unpin));
}

Result<Verdict> Pins::condemn(const BlobId& id) {
  return state_->with([&](State& state) -> Result<Verdict> {
    if (state.pinned.contains(id)) return fail(Code::conflict, "This blob is being stored.");
    state.condemned[id] = ++state.verdicts;
    return Verdict{state.verdicts};
  });
}

Result<void> Pins::remove(const BlobId& id, Verdict verdict, const std::function<Result<void>()>& remove) {
  return state_->with([&](State& state) -> Result<void> {
    auto found = state.condemned.find(id);
    if (found == state.condemned.end() || found->second != verdict.serial) {
      return fail(Code::conflict, "This blob was stored again.");
    }
    state.condemned.erase(found);
    return remove();
  });
}

void Pins::pardon(const BlobId& id, Verdict verdict) {
  state_->with([&](State& state) {
    auto found = state.condemned.find(id);
    if (found != state.condemned.end() && found->second == verdict.serial) state.condemned.erase(found);
  });
}

bool Pins::pinned(const BlobId& id) const {
  return state_->with([&](const State& state) { return state.pinned.contains(id); });
}

bool good_upload_name(std::string_view name) {
  return !name.empty() && name.size() <= kUploadNameBytesMax && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

}  // namespace homing
