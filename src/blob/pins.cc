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

Result<void> Pins::condemn(const BlobId& id) {
  return state_->with([&](State& state) -> Result<void> {
    if (state.pinned.contains(id)) return fail(Code::conflict, "This blob is being stored.");
    state.condemned.insert(id);
    return {};
  });
}

Result<void> Pins::remove(const BlobId& id, const std::function<Result<void>()>& remove) {
  return state_->with([&](State& state) -> Result<void> {
    if (state.condemned.erase(id) == 0) return fail(Code::conflict, "This blob was stored again.");
    return remove();
  });
}

bool good_upload_name(std::string_view name) {
  return !name.empty() && name.size() <= kUploadNameBytesMax && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

}  // namespace homing
