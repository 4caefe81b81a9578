#include "chat/hub.h"

#include "base/check.h"

namespace homing::chat {
namespace {

// Whether a person looks at any of these places.
bool looked_at(auto first, auto last) {
  for (; first != last; ++first) {
    if (first->second.here == wire::Here::yes) return true;
  }
  return false;
}

Hub::Turned turned(bool was, bool is) {
  if (was == is) return Hub::Turned::nothing;
  return is ? Hub::Turned::online : Hub::Turned::offline;
}

}  // namespace

void Hub::add_thread(unsigned thread, Ringer ringer, Ender ender, Whisperer whisperer) {
  CHECK(thread == threads_.size()) << "threads are added in order, before sessions exist";
  threads_.push_back(Thread{std::move(ringer), std::move(ender), std::move(whisperer)});
}

void Hub::enter(AccountId account, DeviceId device, SessionId session) {
  shard(account).with([&](auto& places) { places.emplace(account, Place{device, session}); });
}

Hub::Turned Hub::leave(AccountId account, SessionId session) {
  return shard(account).with([&](auto& places) {
    auto [first, last] = places.equal_range(account);
    for (auto it = first; it != last; ++it) {
      if (it->second.session != session) continue;
      bool was = it->second.here == wire::Here::yes;
      places.erase(it);
      if (!was) return Turned::nothing;
      auto [begin, end] = places.equal_range(account);
      return turned(true, looked_at(begin, end));
    }
    return Turned::nothing;
  });
}

Hub::Turned Hub::look(AccountId account, SessionId session, wire::Here here) {
  return shard(account).with([&](auto& places) {
    auto [first, last] = places.equal_range(account);
    bool was = looked_at(first, last);
    for (auto it = first; it != last; ++it) {
      if (it->second.session == session) it->second.here = here;
    }
    return turned(was, looked_at(first, last));
  });
}

bool Hub::online(AccountId account) const {
  return shard(account).with([&](const auto& places) {
    auto [first, last] = places.equal_range(account);
    return looked_at(first, last);
  });
}

void Hub::watch(AccountId target, Watcher watcher) {
  watchers_of(target).with([&](auto& watchers) { watchers.emplace(target, watcher); });
}

void Hub::unwatch(AccountId target, Watcher watcher) {
  watchers_of(target).with([&](auto& watchers) {
    auto [first, last] = watchers.equal_range(target);
    for (auto it = first; it != last; ++it) {
      if (it->second != watcher) continue;
      watchers.erase(it);
      return;
    }
  });
}

std::vector<Hub::Watcher> Hub::watchers(AccountId target) const {
  return watchers_of(target).with([&](const auto& watchers) {
    std::vector<Watcher> result;
    auto [first, last] = watchers.equal_range(target);
    for (auto it = first; it != last; ++it) result.push_back(it->second);
    return result;
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

void Hub::whisper_to(const std::vector<SessionId>& sessions, const Whisper& whisper) {
  for (SessionId session : sessions) threads_[session.thread()].whisperer({session}, whisper);
}

void Hub::end(const std::vector<SessionId>& sessions, CloseCode code, const std::string& reason) {
  for (SessionId session : sessions) threads_[session.thread()].ender({session}, code, reason);
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
