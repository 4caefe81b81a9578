#include "chat/turns.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace homing::chat {

namespace asio = boost::asio;

// Lives in the frame of who waits, and is only touched on its executor.
struct Turns::Waiting {
  explicit Waiting(const asio::any_io_executor& e) : executor(e), timer(e) {
    timer.expires_at(asio::steady_timer::time_point::max());
  }
  const asio::any_io_executor executor;
  asio::steady_timer timer;
  bool called = false;
};

Task<Turn> Turns::take(AccountId account) {
  asio::any_io_executor executor = co_await asio::this_coro::executor;
  for (;;) {
    auto waiting = std::make_shared<Waiting>(executor);
    bool mine = lines_->with([&](auto& lines) {
      Line& line = lines[account];
      if (line.under_way >= at_once_) {
        line.waiting.push_back(waiting);
        return false;
      }
      ++line.under_way;
      return true;
    });
    if (mine) {
      const void* some = this;
      co_return Turn(some, [lines = lines_, account](const void*) { end(*lines, account); });
    }
    while (!waiting->called) co_await waiting->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

// All who wait are called, in their order, and try again: one of them may be gone before it comes to that.
void Turns::end(Lines& lines, AccountId account) {
  auto called = lines.with([&](auto& all) {
    auto found = all.find(account);
    auto waiting = std::exchange(found->second.waiting, {});
    if (--found->second.under_way == 0) all.erase(found);
    return waiting;
  });
  for (const std::weak_ptr<Waiting>& one : called) {
    auto waiting = one.lock();
    if (!waiting) continue;
    asio::any_io_executor executor = waiting->executor;
    asio::post(executor, [waiting = std::move(waiting)] {
      waiting->called = true;
      waiting->timer.cancel();
    });
  }
}

}  // namespace homing::chat
