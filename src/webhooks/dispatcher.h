// Tells webhooks what waits in the queue. Per bot some bodies are under way at the same moment, of one lane only ever its
// first; so a chat keeps its order, and one that fails holds up nobody else. Any 2xx is done; everything else is tried
// again after growing pauses, for seven days, and is a dead letter then. A body that the receiver refuses three times with
// a 4xx is one at once: some receivers never take certain events, and the chat must go on.
//
// In memory: the place of each lane in which something waits, no bodies. After a restart it finds them again.
// Lives on one executor, that of Webhooks; every call is made there.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "webhooks/queue.h"
#include "webhooks/subscription.h"

namespace homing::webhooks {

inline constexpr std::chrono::milliseconds kPauseFirst = std::chrono::seconds(1);
inline constexpr std::chrono::milliseconds kPauseMax = std::chrono::hours(1);
inline constexpr std::chrono::milliseconds kGivenUpAfter = std::chrono::days(7);
inline constexpr std::uint32_t kRefusalsMax = 3;
// Between refusals; a receiver that is being replaced answers 404 for a while.
inline constexpr std::chrono::milliseconds kPauseRefused[] = {std::chrono::seconds(5), std::chrono::seconds(30)};
inline constexpr std::chrono::milliseconds kPostLimit = std::chrono::seconds(10);
inline constexpr std::size_t kUnderWayMax = 64;  // of all bots

// Whether this status says that the body is not wanted, now and later. Too slow (408), too early (425) and too much (429)
// are no such answers.
bool refuses(int status);

// The pause after this many failed attempts: 1 s, 2 s, 4 s ... 1 h, and up to a quarter more.
std::chrono::milliseconds pause_after(std::uint32_t attempts, Random& random);

struct DispatchMetrics {
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;  // attempts
  std::uint64_t died = 0;  // became dead letters
  std::uint64_t lanes = 0;  // in which something waits
  std::chrono::milliseconds oldest{0};  // age of the oldest that is first in its lane
};

class Dispatcher {
 public:
  Dispatcher(boost::asio::any_io_executor executor, Queue& queue, Subscriptions& subscriptions, Ask ask, Clock& clock,
             Random& random, std::size_t under_way_per_bot);

  // Looks through the queue: after a start, or when lanes changed under it.
  Task<Result<void>> find_lanes();
  // Something was added to this lane.
  void added(LaneId lane);
  // All lanes of this bot were emptied.
  void cleared(AccountId bot);
  // Sends what is due, as far as there is room. Nothing waits in here; call it from time to time.
  void tick();
  DispatchMetrics metrics() const;

 private:
  struct Lane {
    std::uint32_t attempts = 0;  // at the first body
    std::uint32_t refusals = 0;  // among them
    std::uint64_t from = 0;  // nothing waits before this order
    std::uint64_t told = 0;  // the webhook has this one, but the queue could not take that down yet
    Time due;
    Time added;  // of the first body
    bool under_way = false;
    bool grown = false;  // since it was last looked for its first body
    bool searched = false;  // while under way: look from its beginning
  };
  struct Bot {
    std::map<ConversationId, Lane> lanes;
    std::set<std::pair<Time, ConversationId>> due;  // the lanes that are not under way
    std::size_t under_way = 0;
  };
  // When to look at the lane again; nothing: it is empty.
  using Next = std::optional<Time>;

  Lane* find(LaneId id);
  void put(LaneId id, Time due);
  void start(LaneId id);
  Task<void> work(LaneId id);
  Task<Result<Next>> tell_first(LaneId id);
  Task<Result<Next>> post(LaneId id, Waiting waiting);
  enum class Failure { trouble, refused };
  Task<Result<Next>> failed(LaneId id, Waiting waiting, Failure failure, std::string refusal);
  Task<Result<Next>> finish(LaneId id, std::uint64_t order);
  void passed(LaneId id, std::uint64_t order);

  boost::asio::any_io_executor executor_;
  Queue& queue_;
  Subscriptions& subscriptions_;
  Ask ask_;
  Clock& clock_;
  Random& random_;
  const std::size_t under_way_per_bot_;
  std::map<AccountId, Bot> bots_;
  AccountId turn_;  // the bot after which tick begins: everybody has a turn
  std::size_t under_way_ = 0;
  DispatchMetrics metrics_;
};

}  // namespace homing::webhooks
