#include "server/code_hook.h"

#include <curl/curl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <optional>
#include <utility>

#include "base/check.h"
#include "base/log.h"

namespace homing::server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kWaitingMax = 256;
constexpr std::size_t kAnswerBytesMax = 64 * 1024;

// The hook's answer is not read; a long one is cut off.
std::size_t count_answer(char*, std::size_t size, std::size_t items, void* seen) {
  auto& total = *static_cast<std::size_t*>(seen);
  total += size * items;
  return total > kAnswerBytesMax ? 0 : size * items;
}

struct Easy {
  CURL* handle = curl_easy_init();
  curl_slist* headers = nullptr;
  ~Easy() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(handle);
  }
  void header(const std::string& line) { headers = curl_slist_append(headers, line.c_str()); }
};

}  // namespace

// Made, awaited and destroyed on the caller's thread; the hook's thread reads the texts and posts the result back.
struct CodeHook::Job {
  Job(asio::any_io_executor e, std::string p, std::string c)
      : executor(std::move(e)), phone(std::move(p)), code(std::move(c)), done(executor) {
    done.expires_at(asio::steady_timer::time_point::max());
  }
  asio::any_io_executor executor;
  const std::string phone;
  const std::string code;
  asio::steady_timer done;
  std::optional<Result<void>> result;
};

CodeHook::CodeHook(std::string url, Secret bearer, std::chrono::milliseconds timeout)
    : url_(std::move(url)), bearer_(std::move(bearer)), timeout_(timeout) {
  CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == 0) << "libcurl could not start";
}

CodeHook::~CodeHook() { stop(); }

void CodeHook::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Task<Result<void>> CodeHook::send(std::string phone, std::string code) {
  auto executor = co_await asio::this_coro::executor;
  auto job = std::make_shared<Job>(executor, std::move(phone), std::move(code));
  {
    std::lock_guard lock(mutex_);
    if (stopping_) co_return fail(Code::shutting_down);
    if (waiting_.size() >= kWaitingMax) co_return fail(Code::code_undeliverable);
    waiting_.push_back(job);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  changed_.notify_one();
  while (!job->result) co_await job->done.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return std::move(*job->result);
}

void CodeHook::run() {
  for (;;) {
    std::shared_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    Result<void> result = post(*job);
    asio::any_io_executor executor = job->executor;
    asio::post(executor, [job = std::move(job), result = std::move(result)]() mutable {
      job->result = std::move(result);
      job->done.cancel();
    });
  }
}

int CodeHook::on_progress(void* self, std::int64_t, std::int64_t, std::int64_t, std::int64_t) {
  return static_cast<CodeHook*>(self)->stopping_ ? 1 : 0;
}

Result<void> CodeHook::post(const Job& job) {
  static_assert(sizeof(curl_off_t) == sizeof(std::int64_t));
  boost::json::object fields{{"phone", job.phone}, {"code", job.code}};
  std::string body = boost::json::serialize(fields);

  Easy easy;
  CHECK(easy.handle) << "libcurl gave no handle";
  easy.header("Content-Type: application/json");
  if (!bearer_.empty()) easy.header("Authorization: Bearer " + bearer_.reveal());
  std::size_t answer_bytes = 0;
  auto set = [&](CURLoption option, auto value) { curl_easy_setopt(easy.handle, option, value); };
  set(CURLOPT_URL, url_.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTPHEADER, easy.headers);
  set(CURLOPT_POSTFIELDS, body.c_str());
  set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_.count()));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_WRITEFUNCTION, &count_answer);
  set(CURLOPT_WRITEDATA, &answer_bytes);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, this);

  CURLcode failed = curl_easy_perform(easy.handle);
  long status = 0;
  curl_easy_getinfo(easy.handle, CURLINFO_RESPONSE_CODE, &status);
  if (failed == CURLE_OK && status >= 200 && status < 300) return {};
  log::warn("code_hook.failed",
            {{"reason", failed == CURLE_OK ? "refused" : curl_easy_strerror(failed)}, {"status", status}});
  return fail(Code::code_undeliverable);
}

}  // namespace homing::server
