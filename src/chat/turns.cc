#include "chat/turns.h"

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace homing::chat {

namespace asio = boost::asio;

namespace {

std::unexpected<Error> too_many() { return fail(Code::rate_limited, "too many are under way"); }

}  // namespace

// Lives in the frame of who waits, and is only touched on its executor.
struct Turns::Waiting {
  explicit Waiting(const asio::any_io_executor& e) : executor(e), timer(e) {
    timer.expires_at(asio::steady_timer::time_point::max());
  }
  // Until it is called.
  Task<void> call() {
    while (!called) co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  const asio::any_io_executor executor;
  asio::steady_timer timer;
  bool called = false;
  std::uint64_t came = 0;  // the how manieth who had to wait
};

Task<Result<Turn>> Turns::take(AccountId account) {
  using asio::experimental::awaitable_operators::operator||;
  asio::any_io_executor executor = co_await asio::this_coro::executor;
  std::optional<Time> until;
  if (limits_.wait) until = clock_.now() + *limits_.wait;
  std::uint64_t came = 0;
  for (;;) {
    auto waiting = std::make_shared<Waiting>(executor);
    Place place = lines_->with([&](State& state) {
      Line& line = state.lines[account];
      if (line.under_way < limits_.of_account && state.under_way < limits_.of_all) {
        ++line.under_way;
        ++state.under_way;
        return Place::turn;
      }
      if (came == 0) {
        std::erase_if(line.waiting, [](const auto& one) { return one.expired(); });
        if (line.waiting.size() >= limits_.waiting_of_account) return Place::none;
        came = ++state.came;
      }
      waiting->came = came;
      line.waiting.push_back(waiting);
      return Place::waiting;
    });
    if (place == Place::none) co_return too_many();
    if (place == Place::turn) {
      const void* some = this;
      co_return Turn(some, [lines = lines_, account](const void*) { end(*lines, account); });
    }
    if (!until) {
      co_await waiting->call();
    } else if (clock_.now() < *until) {
      co_await (waiting->call() || clock_.sleep(*until - clock_.now()));
    } else {
      co_return too_many();
    }
  }
}

// All who wait are called, in their order, and try again: one of them may be gone before it comes to that.
void Turns::end(Lines& lines, AccountId account) {
  auto called = lines.with([&](State& state) {
    std::vector<std::shared_ptr<Waiting>> waiting;
    --state.under_way;
    --state.lines.at(account).under_way;
    for (auto line = state.lines.begin(); line != state.lines.end();) {
      for (const auto& one : std::exchange(line->second.waiting, {})) {
        if (auto there = one.lock()) waiting.push_back(std::move(there));
      }
      line = line->second.under_way == 0 ? state.lines.erase(line) : std::next(line);
    }
    return waiting;
  });
  std::ranges::sort(called, {}, [](const auto& waiting) { return waiting->came; });
  for (std::shared_ptr<Waiting>& waiting : called) {
    asio::any_io_executor executor = waiting->executor;
    asio::post(executor, [waiting = std::move(waiting)] {
      waiting->called = true;
      waiting->timer.cancel();
    });
  }
}

}  // namespace homing::chat
