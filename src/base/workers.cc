#include "base/workers.h"

#include <utility>

namespace homing {

Workers::Workers(unsigned count, std::size_t waiting_max) : waiting_max_(waiting_max) {
  for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { serve(); });
}

Workers::~Workers() { stop(); }

void Workers::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Workers::later(std::function<void()> work) {
  if (!submit(work, Limit::none)) work();
}

Result<void> Workers::submit(std::function<void()>& work, Limit limit) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return fail(Code::shutting_down);
    bool full = waiting_max_ > 0 && queue_.size() >= waiting_max_;
    if (limit == Limit::waiting_max && full) return fail(Code::unavailable, "Too much of this is being worked on.");
    queue_.push_back(std::move(work));
  }
  changed_.notify_one();
  return {};
}

void Workers::serve() {
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

}  // namespace homing
