// HTTP to addresses that other people named: webhooks, and links in messages. One thread of its own drives libcurl for all
// transfers at once.
//
//   caller's thread ── Transfer ──▶ our thread (curl_multi) ──▶ network
//                   ◀── posts: chunks, then the answer ──
//
// Connects only where the guard lets it, whatever a name resolves to (address_guard.h); http and https only, TLS verified,
// no proxies from the environment, no credentials in URLs. Owned by server/. Any I/O thread may ask; the answer comes on
// the caller's executor.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "webhooks/address_guard.h"

namespace homing::webhooks {

inline constexpr std::size_t kUrlBytesMax = 2048;
inline constexpr std::size_t kAnswerBytesKept = 64 * 1024;  // the rest of a longer answer is not read
inline constexpr std::size_t kTransfersMax = 256;  // at the same moment
inline constexpr std::size_t kTransfersForDeliveries = 64;  // of these, which nothing else takes
inline constexpr std::size_t kStreamBytesAhead = 256 * 1024;  // read from the network before the sink has taken it
inline constexpr std::chrono::milliseconds kConnectLimit{5'000};

enum class Method { get, post };
// Bodies of webhooks go also while somebody's slow links take up what there is.
enum class Errand { other, delivery };

struct HttpRequest {
  Method method = Method::get;
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string body;  // sent as it is, with its length
  std::chrono::milliseconds limit{30'000};  // for all of it
  Errand errand = Errand::other;
  int redirects_max = 0;  // each of them is checked like the first address
};

struct HttpAnswer {
  int status = 0;
  std::string body;  // ask(): its first kAnswerBytesKept; stream(): empty
  std::string url;  // after redirects
  std::string content_type;  // as sent, or empty
  std::string disposition;  // Content-Disposition, as sent, or empty
  std::string retry_after;  // Retry-After, as sent, or empty
};

// Takes the body of an answer with status 200, chunk by chunk, on the caller's executor. Its error ends the transfer.
using Sink = std::function<Task<Result<void>>(std::string chunk)>;

// An http or https URL with a host and without credentials; `invalid_argument` says what is wrong.
Result<void> check_url(const std::string& url);

class Outgoing {
 public:
  explicit Outgoing(AddressGuard guard, std::string user_agent = "Homing");
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  // Any status is an answer. `invalid_argument`: the URL. `forbidden`: the address. `unavailable`: there was no whole
  // answer in time; `detail` says why, and never holds what was sent. `rate_limited`: too much is under way already, and
  // nothing was asked.
  Task<Result<HttpAnswer>> ask(HttpRequest request);
  // The same, but the body of a 200 goes to the sink; `too_big` when it is longer than this. Any other status is an
  // answer without a body.
  Task<Result<HttpAnswer>> stream(HttpRequest request, std::size_t bytes_max, Sink sink);

  // Gives up what is under way and ends the thread. Before the io_contexts of the callers end.
  void stop();

 private:
  struct Transfer;
  struct Curl;
  Result<void> begin(const std::shared_ptr<Transfer>& transfer);
  // The sink took what had come: read on. Or it did not want more.
  void read_on(std::shared_ptr<Transfer> transfer);
  void give_up(std::shared_ptr<Transfer> transfer);
  void run();

  const AddressGuard guard_;
  const std::string user_agent_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Transfer>> begun_, read_on_, given_up_;  // under mutex_, for the thread
  std::size_t under_way_ = 0;  // under mutex_
  std::atomic<bool> stopping_{false};
  std::unique_ptr<Curl> curl_;
  std::thread thread_;  // started by the first request
};

}  // namespace homing::webhooks
