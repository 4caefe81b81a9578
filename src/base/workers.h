// A few threads for what blocks (disks, foreign libraries), so that no I/O thread does. Owned by who needs them; any thread.
// Stop them while the io_contexts of the callers live.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace homing {

class Workers {
 public:
  // At most `waiting_max` calls wait for a thread; 0: as many as there are.
  explicit Workers(unsigned count, std::size_t waiting_max = 0);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Runs `work` on one of the threads and completes on the caller's executor. `work` owns what it touches: the caller may
  // be gone before it is done. `shutting_down` after stop(), `unavailable` when too many wait.
  template <class T>
  Task<Result<T>> run(std::function<Result<T>()> work);
  // Work that nobody waits for. After stop() it is done at once, here.
  void later(std::function<void()> work);
  // Finishes what is queued and ends the threads.
  void stop();

 private:
  enum class Limit { none, waiting_max };
  Result<void> submit(std::function<void()>& work, Limit limit);
  void serve();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

template <class T>
Task<Result<T>> Workers::run(std::function<Result<T>()> work) {
  namespace asio = boost::asio;
  struct Waiting {
    explicit Waiting(const asio::any_io_executor& executor) : done(executor) {
      done.expires_at(asio::steady_timer::time_point::max());
    }
    asio::steady_timer done;
    std::optional<Result<T>> result;
  };
  asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto waiting = std::make_shared<Waiting>(executor);
  // On the worker's thread; the timer is only touched, and let go of, on the caller's.
  std::function<void()> job = [executor, waiting, work = std::move(work)]() mutable {
    auto result = std::make_shared<Result<T>>(work());
    work = nullptr;
    asio::post(executor, [waiting = std::move(waiting), result = std::move(result)] {
      waiting->result.emplace(std::move(*result));
      waiting->done.cancel();
    });
  };
  if (auto taken = submit(job, Limit::waiting_max); !taken) co_return std::unexpected(taken.error());
  job = nullptr;
  while (!waiting->result) co_await waiting->done.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return std::move(*waiting->result);
}

}  // namespace homing
