// Who is here: which sessions an account has on this node, and on which thread. Bells go through it. The only lock the
// core has. Owned by server/; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/guarded.h"
#include "base/id.h"
#include "chat/link.h"
#include "wire/frame.h"

namespace homing::chat {

// Names a session for good: numbers are not used twice in a process.
struct SessionId {
  std::uint64_t value = 0;  // thread in the upper 8 bits
  static SessionId make(unsigned thread, std::uint64_t number) {
    return SessionId{std::uint64_t{thread} << 56 | number};
  }
  unsigned thread() const { return static_cast<unsigned>(value >> 56); }
  friend auto operator<=>(SessionId, SessionId) = default;
};

class Hub {
 public:
  // Delivers a batch of rings to one I/O thread. Called from any thread; must only post.
  using Ringer = std::function<void(std::vector<SessionId>)>;

  // Ends sessions on one I/O thread. Called from any thread; must only post.
  using Ender = std::function<void(std::vector<SessionId>, CloseCode, std::string reason)>;

  // Hands something that is never stored to sessions on one I/O thread. Called from any thread; must only post.
  using Whisper = std::variant<wire::SomebodyTypes, wire::Presence>;
  using Whisperer = std::function<void(std::vector<SessionId>, Whisper)>;

  // Before any session exists; `thread` counts from 0.
  void add_thread(unsigned thread, Ringer ringer, Ender ender, Whisperer whisperer);

  void enter(AccountId account, DeviceId device, SessionId session);
  // Whether an account is online has changed: one of its sessions is looked at, and none was, or the other way round.
  enum class Turned { nothing, online, offline };
  Turned leave(AccountId account, SessionId session);
  Turned look(AccountId account, SessionId session, wire::Here here);
  bool online(AccountId account) const;

  // Who is told when an account turns online or offline.
  struct Watcher {
    SessionId session;
    AccountId account;
    friend bool operator==(const Watcher&, const Watcher&) = default;
  };
  void watch(AccountId target, Watcher watcher);
  void unwatch(AccountId target, Watcher watcher);
  std::vector<Watcher> watchers(AccountId target) const;
  // The bell: "look at your inbox", to every session of these accounts. A hint that may be lost.
  void ring(const std::vector<AccountId>& accounts);
  // To every session of these accounts that is here and can take it now.
  void whisper(const std::vector<AccountId>& accounts, wire::SomebodyTypes types);
  void whisper_to(const std::vector<SessionId>& sessions, const Whisper& whisper);
  // Closes these sessions: their device is revoked, or attached elsewhere now.
  void end(const std::vector<SessionId>& sessions, CloseCode code, const std::string& reason);
  // The sessions of one account, e.g. to end those of a revoked device.
  std::vector<SessionId> sessions_of(AccountId account) const;
  std::vector<SessionId> sessions_of(AccountId account, DeviceId device) const;
  std::size_t size() const;

 private:
  struct Place {
    DeviceId device;
    SessionId session;
    wire::Here here = wire::Here::no;
  };
  static constexpr std::size_t kShards = 16;
  using Shard = Guarded<std::unordered_multimap<AccountId, Place>>;
  Shard& shard(AccountId account) { return shards_[std::hash<AccountId>{}(account) >> 60]; }
  const Shard& shard(AccountId account) const { return shards_[std::hash<AccountId>{}(account) >> 60]; }

  using Watchers = Guarded<std::unordered_multimap<AccountId, Watcher>>;
  Watchers& watchers_of(AccountId target) { return watchers_[std::hash<AccountId>{}(target) >> 60]; }
  const Watchers& watchers_of(AccountId target) const { return watchers_[std::hash<AccountId>{}(target) >> 60]; }

  std::vector<std::vector<SessionId>> by_thread(const std::vector<AccountId>& accounts);

  std::array<Shard, kShards> shards_;
  std::array<Watchers, kShards> watchers_;
  struct Thread {
    Ringer ringer;
    Ender ender;
    Whisperer whisperer;
  };
  std::vector<Thread> threads_;
};

}  // namespace homing::chat
