// A clock for tests: time passes when the test says so, and who sleeps wakes then. One thread.
#pragma once

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>

#include "base/clock.h"

namespace homing {

class ManualClock final : public Clock {
 public:
  Time now() const override { return now_; }
  Task<void> sleep(std::chrono::milliseconds duration) override {
    Time due = now_ + duration;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                    boost::asio::steady_timer::time_point::max());
    Entry entry(sleepers_, due, &timer);
    while (now_ < due) {
      boost::system::error_code cancelled;
      co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    }
  }
  void pass(std::chrono::milliseconds duration) {
    now_ = now_ + duration;
    for (auto& [due, timer] : sleepers_) {
      if (due <= now_) timer->cancel();
    }
  }

 private:
  using Sleepers = std::multimap<Time, boost::asio::steady_timer*>;
  struct Entry {
    Entry(Sleepers& all, Time due, boost::asio::steady_timer* timer) : all(all), place(all.emplace(due, timer)) {}
    ~Entry() { all.erase(place); }
    Sleepers& all;
    Sleepers::iterator place;
  };
  Time now_{1'700'000'000'000};
  Sleepers sleepers_;
};

}  // namespace homing
