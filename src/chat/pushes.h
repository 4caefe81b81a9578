// Who is told by a push that something waits, and when: a device that has an address, whose place in its inbox has not
// passed a message a few seconds after it came. Delivery says what came; one coroutine looks again when it is due. All of
// it is a hint: what a crash takes is not told, and the message itself waits in the inbox.
//
//   push/ACCOUNT/DEVICE    where the device can be told (wire/push_notice.h)
//
// Owned by server/. arrived() and the calls of clients: any thread; run(): one.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"
#include "base/task.h"
#include "model/inbox.h"
#include "push/push_gateway.h"
#include "store/directory.h"
#include "store/event_log.h"
#include "store/inbox.h"
#include "store/records.h"

namespace homing::chat {

inline constexpr std::size_t kPushesWaitingMax = 100'000;  // accounts; beyond, nobody new is told
inline constexpr std::size_t kPushesAtOnce = 64;
inline constexpr int kPushAttemptsMax = 6;
inline constexpr std::chrono::milliseconds kPushAfter{5'000};  // the time that a device has to fetch by itself
inline constexpr std::chrono::milliseconds kPushAgainMax = std::chrono::hours(1);

struct PushMetrics {
  std::atomic<std::uint64_t> taken{0};
  std::atomic<std::uint64_t> gone{0};  // addresses that are no more
  std::atomic<std::uint64_t> failed{0};  // attempts
};

class Pushes {
 public:
  struct World {
    EventLog& log;
    Inbox& inbox;
    Directory& directory;
    Records& records;
    Clock& clock;
  };
  Pushes(World world, PushGateway& gateway) : world_(world), gateway_(gateway) {}

  // Learns who has an address. Before the others are called.
  Task<Result<void>> load();

  std::string public_key() const { return gateway_.public_key(); }
  // The device's only address from then on.
  Task<Result<void>> set(Caller caller, PushAddress address);
  Task<Result<void>> clear(Caller caller);

  // Something came for this account that somebody should see. Costs a look into a set for who has no address.
  void arrived(AccountId account, const EventRef& event);
  // Until its io_context ends.
  Task<void> run();
  // Tells whom is due now; returns whether there was somebody.
  Task<bool> tell_due();

  // Tells every device of the account at once that this is a test.
  struct Told {
    DeviceId device;
    std::string endpoint;
    Result<PushAnswer> answer;
  };
  Task<Result<std::vector<Told>>> test(AccountId account);

  const PushMetrics& metrics() const { return metrics_; }

 private:
  struct Waiting {
    Time due;
    EventRef newest;
    int attempts = 0;
    std::set<DeviceId> told;  // those that are done
  };
  struct State {
    std::unordered_set<AccountId> reachable;  // has an address
    std::map<AccountId, Waiting> waiting;
    std::set<std::pair<Time, AccountId>> by_time;
  };
  struct Reachable {
    DeviceId device;
    PushAddress address;
  };
  Task<Result<std::vector<Reachable>>> addresses(AccountId account);
  Task<Result<void>> forget(AccountId account, DeviceId device);
  void put(AccountId account, Waiting waiting);
  std::optional<std::pair<AccountId, Waiting>> take_due();
  Task<void> tell(AccountId account, Waiting waiting);
  // What the device is told; nothing: there is nothing to tell any more.
  Task<Result<std::optional<PushMessage>>> message(AccountId account, EventRef event, Previews previews);
  void note(const Result<PushAnswer>& answer);

  const World world_;
  PushGateway& gateway_;
  Guarded<State> state_;
  std::atomic<std::size_t> reachable_{0};
  std::size_t under_way_ = 0;  // of run(), on its thread
  PushMetrics metrics_;
};

}  // namespace homing::chat
