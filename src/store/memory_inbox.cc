// MemoryStore as an Inbox.
#include <algorithm>

#include "store/memory.h"

namespace homing {

Task<Result<void>> MemoryStore::post(std::vector<Post> posts) {
  co_await turn();
  for (const Post& post : posts) {
    auto& inbox = derived_.inboxes[post.account];
    if (const auto* arrived = std::get_if<EventArrived>(&post.news)) {
      inbox.emplace(Cursor::at(arrived->event.commit), post.news);
      continue;
    }
    // Behind everything that is there, and behind every event that Delivery has finished posting anywhere: an event that
    // is posted later then stands behind it.
    Commit commit = derived_.bookmark;
    if (commit > stepped_) step_ = 0;  // whatever gets a place from now on gets a later commit
    if (!inbox.empty()) commit = std::max(commit, inbox.rbegin()->first.commit());
    for (const auto& [device, cursor] : derived_.cursors[post.account]) commit = std::max(commit, cursor.commit());
    std::erase_if(inbox, [&](const auto& entry) { return entry.second == post.news; });
    stepped_ = std::max(stepped_, commit);
    step_ = std::min(step_ + 1, Cursor::kStepMax);
    inbox.emplace(Cursor::at(commit, step_), post.news);
  }
  co_return Result<void>{};
}

Task<Result<void>> MemoryStore::set_bookmark(Commit through) {
  co_await turn();
  derived_.bookmark = std::max(derived_.bookmark, through);
  co_return Result<void>{};
}

Task<Result<Commit>> MemoryStore::bookmark() {
  co_await turn();
  co_return derived_.bookmark;
}

Task<Result<Page<Notice>>> MemoryStore::read(AccountId account, Cursor after, std::size_t limit) {
  co_await turn();
  Page<Notice> page;
  auto& inbox = derived_.inboxes[account];
  for (auto it = inbox.upper_bound(after); it != inbox.end(); ++it) {
    if (page.items.size() == limit) {
      page.more = More::yes;
      break;
    }
    page.items.push_back(Notice{it->first, it->second});
  }
  co_return page;
}

Task<Result<Cursor>> MemoryStore::move(AccountId account, DeviceId device, Cursor to) {
  co_await turn();
  Cursor& place = derived_.cursors[account][device];
  Cursor was = place;
  place = std::max(place, to);
  trim(account);
  co_return was;
}

Task<Result<Cursor>> MemoryStore::cursor(AccountId account, DeviceId device) {
  co_await turn();
  co_return derived_.cursors[account][device];
}

Task<Result<void>> MemoryStore::forget(AccountId account, DeviceId device) {
  co_await turn();
  derived_.cursors[account].erase(device);
  trim(account);
  co_return Result<void>{};
}

bool MemoryStore::has_active_devices_before(AccountId account, Cursor place) const {
  auto cursors = derived_.cursors.find(account);
  return std::ranges::any_of(disk_.devices, [&](const auto& entry) {
    const Device& device = *entry.second;
    if (device.account != account || device.life == Life::ended) return false;
    if (cursors == derived_.cursors.end()) return true;
    auto cursor = cursors->second.find(device.id);
    return cursor == cursors->second.end() || cursor->second < place;
  });
}

// What every device has passed goes. Accounts without a device known here keep everything: one may come.
void MemoryStore::trim(AccountId account) {
  auto& inbox = derived_.inboxes[account];
  while (!inbox.empty() && !has_active_devices_before(account, inbox.begin()->first)) {
    bool known =
        std::ranges::any_of(disk_.devices, [&](const auto& entry) { return entry.second->account == account; });
    if (!known) return;
    inbox.erase(inbox.begin());
  }
}

}  // namespace homing
