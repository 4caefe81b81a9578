// Who is here: which sessions an account has on this node, and on which thread. Bells go through it. The only lock the
// core has. Owned by server/; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "base/id.h"
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

  // Ends sessions on one I/O thread because their device connected again. Called from any thread; must only post.
  using Replacer = std::function<void(std::vector<SessionId>)>;

  // Hands something that is never stored to sessions on one I/O thread. Called from any thread; must only post.
  using Whisperer = std::function<void(std::vector<SessionId>, wire::SomebodyTypes)>;

  // Before any session exists; `thread` counts from 0.
  void add_thread(unsigned thread, Ringer ringer, Replacer replacer, Whisperer whisperer);

  void enter(AccountId account, DeviceId device, SessionId session);
  void leave(AccountId account, SessionId session);
  // The bell: "look at your inbox", to every session of these accounts. A hint that may be lost.
  void ring(const std::vector<AccountId>& accounts);
  // To every session of these accounts that is here and can take it now.
  void whisper(const std::vector<AccountId>& accounts, wire::SomebodyTypes types);
  // The device of these sessions is attached elsewhere now.
  void replace(const std::vector<SessionId>& sessions);
  // The sessions of one account, e.g. to end those of a revoked device.
  std::vector<SessionId> sessions_of(AccountId account) const;
  std::vector<SessionId> sessions_of(AccountId account, DeviceId device) const;
  std::size_t size() const;

 private:
  struct Place {
    DeviceId device;
    SessionId session;
  };
  static constexpr std::size_t kShards = 16;
  using Shard = Guarded<std::unordered_multimap<AccountId, Place>>;
  Shard& shard(AccountId account) { return shards_[std::hash<AccountId>{}(account) >> 60]; }
  const Shard& shard(AccountId account) const { return shards_[std::hash<AccountId>{}(account) >> 60]; }

  std::vector<std::vector<SessionId>> by_thread(const std::vector<AccountId>& accounts);

  std::array<Shard, kShards> shards_;
  struct Thread {
    Ringer ringer;
    Replacer replacer;
    Whisperer whisperer;
  };
  std::vector<Thread> threads_;
};

}  // namespace homing::chat
