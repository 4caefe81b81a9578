#include "chat/hub.h"

#include "base/check.h"

namespace homing::chat {

void Hub::add_thread(unsigned thread, Ringer ringer, Replacer replacer, Whisperer whisperer) {
  CHECK(thread == threads_.size()) << "threads are added in order, before sessions exist";
  threads_.push_back(Thread{std::move(ringer), std::move(replacer), std::move(whisperer)});
}

void Hub::enter(AccountId account, DeviceId device, SessionId session) {
  shard(account).with([&](auto& places) { places.emplace(account, Place{device, session}); });
}

void Hub::leave(AccountId account, SessionId session) {
  shard(account).with([&](auto& places) {
    auto [first, last] = places.equal_range(account);
    for (auto it = first; it != last; ++it) {
      if (it->second.session == session) {
        places.erase(it);
        return;
      }
    }
  });
}

std::vector<std::vector<SessionId>> Hub::by_thread(const std::vector<AccountId>& accounts) {
  std::vector<std::vector<SessionId>> rings(threads_.size());
  for (AccountId account : accounts) {
    shard(account).with([&](auto& places) {
      auto [first, last] = places.equal_range(account);
      for (auto it = first; it != last; ++it) rings[it->second.session.thread()].push_back(it->second.session);
    });
  }
  return rings;
}

void Hub::whisper(const std::vector<AccountId>& accounts, wire::SomebodyTypes types) {
  std::vector<std::vector<SessionId>> listeners = by_thread(accounts);
  for (std::size_t thread = 0; thread < listeners.size(); ++thread) {
    if (!listeners[thread].empty()) threads_[thread].whisperer(std::move(listeners[thread]), types);
  }
}

void Hub::ring(const std::vector<AccountId>& accounts) {
  std::vector<std::vector<SessionId>> rings = by_thread(accounts);
  for (std::size_t thread = 0; thread < rings.size(); ++thread) {
    if (!rings[thread].empty()) threads_[thread].ringer(std::move(rings[thread]));
  }
}

void Hub::replace(const std::vector<SessionId>& sessions) {
  for (SessionId session : sessions) threads_[session.thread()].replacer({session});
}

std::vector<SessionId> Hub::sessions_of(AccountId account) const {
  std::vector<SessionId> result;
  shard(account).with([&](const auto& places) {
    auto [first, last] = places.equal_range(account);
    for (auto it = first; it != last; ++it) result.push_back(it->second.session);
  });
  return result;
}

std::vector<SessionId> Hub::sessions_of(AccountId account, DeviceId device) const {
  std::vector<SessionId> result;
  shard(account).with([&](const auto& places) {
    auto [first, last] = places.equal_range(account);
    for (auto it = first; it != last; ++it) {
      if (it->second.device == device) result.push_back(it->second.session);
    }
  });
  return result;
}

std::size_t Hub::size() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) total += shard.with([](const auto& places) { return places.size(); });
  return total;
}

}  // namespace homing::chat
