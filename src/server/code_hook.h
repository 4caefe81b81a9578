// Sends registration codes: an HTTP POST of {"phone": "+1...", "code": "123456"} to the operator's hook, which knows an
// SMS provider. Any 2xx answer means sent. The code is never logged and never part of an error.
//
// Owned by server/. One thread of its own does the waiting; `send` may be called from any I/O thread and completes there.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "base/task.h"
#include "server/secret.h"

namespace homing::server {

class CodeHook {
 public:
  CodeHook(std::string url, Secret bearer, std::chrono::milliseconds timeout);
  ~CodeHook();
  CodeHook(const CodeHook&) = delete;
  CodeHook& operator=(const CodeHook&) = delete;

  // `code_undeliverable` when the hook did not take it in time, or when too many are waiting already.
  Task<Result<void>> send(std::string phone, std::string code);
  // Gives up what is under way and ends the thread. Before the io_contexts of the callers end.
  void stop();

 private:
  struct Job;
  void run();
  Result<void> post(const Job& job);
  static int on_progress(void* self, std::int64_t, std::int64_t, std::int64_t, std::int64_t);

  const std::string url_;
  const Secret bearer_;
  const std::chrono::milliseconds timeout_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Job>> waiting_;  // under mutex_
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // started by the first send
};

}  // namespace homing::server
