#include "store/rocks/committer.h"

#include <boost/asio/post.hpp>

#include <chrono>

#include "base/pace.h"

namespace homing::rocks {
namespace {

// One post per executor, however many calls it carries.
class Batches {
 public:
  void add(const boost::asio::any_io_executor& executor, std::function<void()> call) {
    for (auto& batch : batches_) {
      if (batch.executor == executor) {
        batch.calls.push_back(std::move(call));
        return;
      }
    }
    batches_.push_back(Batch{executor, {}});
    batches_.back().calls.push_back(std::move(call));
  }
  void post() {
    for (auto& batch : batches_) {
      boost::asio::post(batch.executor, [calls = std::move(batch.calls)] {
        for (const auto& call : calls) call();
      });
    }
  }

 private:
  struct Batch {
    boost::asio::any_io_executor executor;
    std::vector<std::function<void()>> calls;
  };
  std::vector<Batch> batches_;
};

// A sync costs the same for one message as for a hundred, and so do the wake-ups around it.
constexpr std::chrono::milliseconds kGather{4};
constexpr std::chrono::microseconds kBusyGap{250};

}  // namespace

Committer::Committer(Database& database, Commit last, Publish publish)
    : database_(database), publish_(std::move(publish)), last_(last), thread_([this] { run(); }) {}

Committer::~Committer() { stop(); }

void Committer::submit(Job job) {
  bool was_empty;
  {
    std::lock_guard lock(mutex_);
    was_empty = queue_.empty();
    queue_.push_back(std::move(job));
  }
  if (was_empty) wake_.notify_one();
}

void Committer::wait(Commit after, boost::asio::any_io_executor executor, std::function<void()> wake) {
  {
    std::lock_guard lock(mutex_);
    if (last_ <= after) {
      waiters_.push_back(Waiter{std::move(executor), std::move(wake)});
      return;
    }
  }
  boost::asio::post(executor, std::move(wake));
}

Commit Committer::last() const {
  std::lock_guard lock(mutex_);
  return last_;
}

void Committer::stop() {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  waiters_.clear();
}

void Committer::run() {
  std::vector<Job> jobs;
  Pace pace(kGather, kBusyGap);
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (pace.busy()) wake_.wait_until(lock, pace.next(), [this] { return stopping_; });
      if (queue_.empty()) return;
      jobs.swap(queue_);
    }
    pace.begin(jobs.size(), Pace::Clock::now());
    commit(jobs);
    jobs.clear();
  }
}

void Committer::commit(std::vector<Job>& jobs) {
  Group group;
  group.last = last_;  // only this thread changes it
  for (Job& job : jobs) job.stage(group);
  Result<void> written;
  if (group.batch.Count() > 0) written = database_.write(group.batch, Database::Sync::yes);

  Batches batches;
  std::vector<Waiter> woken;
  if (written) {
    publish_(group);
    for (Job& job : jobs) {
      if (job.publish) job.publish();
    }
    std::lock_guard lock(mutex_);
    if (group.last > last_) woken.swap(waiters_);
    last_ = group.last;
  }
  // Callers first: a sender's tick should not wait for the fan-out of its message.
  for (Job& job : jobs) {
    batches.add(job.executor, [finish = std::move(job.finish), written] { finish(written); });
  }
  for (Waiter& waiter : woken) batches.add(waiter.executor, std::move(waiter.wake));
  batches.post();
}

}  // namespace homing::rocks
