#include "virtual_clock.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace homing::test {
namespace {

// Takes the sleeper out also when its coroutine is destroyed by a crash.
struct Registered {
  using Sleepers = std::multimap<Time, boost::asio::steady_timer*>;
  Registered(Sleepers& all, Time due, boost::asio::steady_timer& timer)
      : sleepers(all), place(all.emplace(due, &timer)) {}
  ~Registered() { sleepers.erase(place); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
  Sleepers& sleepers;
  Sleepers::iterator place;
};

}  // namespace

Task<void> VirtualClock::sleep(std::chrono::milliseconds duration) {
  Time due = now_ + duration;
  auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor, boost::asio::steady_timer::time_point::max());
  Registered registered(sleepers_, due, timer);
  while (now_ < due) {
    boost::system::error_code cancelled;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
  }
}

void VirtualClock::pass(std::chrono::milliseconds duration) {
  now_ = now_ + duration;
  for (auto it = sleepers_.begin(); it != sleepers_.end() && it->first <= now_; ++it) it->second->cancel();
}

std::optional<Time> VirtualClock::next_due() const {
  if (sleepers_.empty()) return std::nullopt;
  return sleepers_.begin()->first;
}

}  // namespace homing::test
