#include "webhooks/outgoing.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/check.h"

namespace homing::webhooks {
namespace {

namespace asio = boost::asio;

constexpr int kPollMs = 1000;
constexpr long kConnectionsKept = 64;
constexpr int kOk = 200;

std::optional<Address> address_of(const curl_sockaddr& socket_address) {
  Address address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (socket_address.family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &socket_address.addr, sizeof v4);
    std::memcpy(address.data() + 12, &v4.sin_addr, 4);
    return address;
  }
  if (socket_address.family == AF_INET6) {
    sockaddr_in6 v6{};  // curl keeps room for it behind `addr`
    std::memcpy(&v6, static_cast<const void*>(&socket_address.addr), sizeof v6);
    std::memcpy(address.data(), &v6.sin6_addr, 16);
    return address;
  }
  return std::nullopt;
}

std::string header_of(CURL* easy, const char* name) {
  curl_header* header = nullptr;
  return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : std::string();
}

}  // namespace

Result<void> check_url(const std::string& url) {
  if (url.size() > kUrlBytesMax) return fail(Code::invalid_argument, "The URL is too long.", "url");
  for (unsigned char c : url) {
    if (c <= 0x20 || c == 0x7F)
      return fail(Code::invalid_argument, "The URL has a space or a control character.", "url");
  }
  std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), &curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return fail(Code::invalid_argument, "This is not a URL.", "url");
  }
  auto part = [&](CURLUPart which) -> std::optional<std::string> {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), which, &text, 0) != CURLUE_OK) return std::nullopt;
    std::string copy(text);
    curl_free(text);
    return copy;
  };
  auto scheme = part(CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return fail(Code::invalid_argument, "An http or https URL is expected.", "url");
  }
  if (part(CURLUPART_USER) || part(CURLUPART_PASSWORD)) {
    return fail(Code::invalid_argument, "The URL must not hold a name or a password.", "url");
  }
  if (part(CURLUPART_HOST).value_or("").empty()) return fail(Code::invalid_argument, "The URL has no host.", "url");
  return {};
}

// Made, awaited and destroyed on the caller's thread, which owns `arrived`, `result` and `wake`. The rest belongs to our
// thread once it was handed over, but for what neither changes.
struct Outgoing::Transfer : std::enable_shared_from_this<Transfer> {
  Transfer(asio::any_io_executor e, HttpRequest r) : executor(std::move(e)), request(std::move(r)), wake(executor) {
    wake.expires_at(asio::steady_timer::time_point::max());
  }
  const asio::any_io_executor executor;
  const HttpRequest request;
  bool streams = false;
  std::size_t bytes_max = kAnswerBytesKept;
  const AddressGuard* guard = nullptr;

  std::string arrived;
  std::optional<Result<HttpAnswer>> result;
  asio::steady_timer wake;

  std::atomic<std::size_t> ahead{0};  // bytes posted to the caller and not taken by the sink yet

  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  HttpAnswer answer;
  std::size_t bytes = 0;
  bool paused = false;
  bool cut = false;  // the body went on beyond what is kept
  bool refused = false;  // by the guard

  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* to);
  static std::size_t take(char* data, std::size_t size, std::size_t items, void* self);
  static std::size_t take_chunk(Transfer* self, std::string chunk);
};

struct Outgoing::Curl {
  CURLM* multi = curl_multi_init();
  std::unordered_map<CURL*, std::shared_ptr<Transfer>> running;

  void add(const std::shared_ptr<Transfer>& transfer, const std::string& user_agent);
  void remove(const std::shared_ptr<Transfer>& transfer);
  void finish(CURL* easy, CURLcode code);
};

curl_socket_t Outgoing::Transfer::open_socket(void* self, curlsocktype, curl_sockaddr* to) {
  auto* transfer = static_cast<Transfer*>(self);
  auto address = address_of(*to);
  if (!address || !transfer->guard->admits(*address)) {
    transfer->refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

std::size_t Outgoing::Transfer::take(char* data, std::size_t size, std::size_t items, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  std::size_t bytes = size * items;
  long status = 0;
  curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  if (transfer->streams && status == kOk) return take_chunk(transfer, std::string(data, bytes));
  std::size_t room = kAnswerBytesKept - transfer->answer.body.size();
  transfer->answer.body.append(data, std::min(bytes, room));
  transfer->cut = bytes > room;
  return transfer->cut ? CURL_WRITEFUNC_ERROR : bytes;
}

std::size_t Outgoing::Transfer::take_chunk(Transfer* self, std::string chunk) {
  std::size_t bytes = chunk.size();
  if (self->bytes + bytes > self->bytes_max) {
    self->cut = true;
    return CURL_WRITEFUNC_ERROR;
  }
  if (self->ahead > 0 && self->ahead + bytes > kStreamBytesAhead) {
    self->paused = true;  // curl gives the same bytes again
    return CURL_WRITEFUNC_PAUSE;
  }
  self->bytes += bytes;
  self->ahead += bytes;
  asio::post(self->executor, [transfer = self->shared_from_this(), chunk = std::move(chunk)] {
    transfer->arrived += chunk;
    transfer->wake.cancel();
  });
  return bytes;
}

void Outgoing::Curl::add(const std::shared_ptr<Transfer>& transfer, const std::string& user_agent) {
  const HttpRequest& request = transfer->request;
  CURL* easy = curl_easy_init();
  CHECK(easy) << "libcurl gave no handle";
  transfer->easy = easy;
  auto header = [&](const std::string& line) {
    transfer->headers = curl_slist_append(transfer->headers, line.c_str());
  };
  for (const std::string& line : request.headers) header(line);
  header("Expect:");  // no round trip before the body
  auto set = [&](CURLoption option, auto value) { CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK) << option; };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_PROXY, "");  // a proxy would connect where the guard cannot see
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_USERAGENT, user_agent.c_str());
  set(CURLOPT_FOLLOWLOCATION, request.redirects_max > 0 ? 1L : 0L);
  set(CURLOPT_MAXREDIRS, static_cast<long>(request.redirects_max));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(kConnectLimit.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.limit.count()));
  set(CURLOPT_NOSIGNAL, 1L);
  if (request.method == Method::post) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, request.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  set(CURLOPT_HTTPHEADER, transfer->headers);
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
  set(CURLOPT_OPENSOCKETDATA, transfer.get());
  set(CURLOPT_WRITEFUNCTION, &Transfer::take);
  set(CURLOPT_WRITEDATA, transfer.get());
  running.emplace(easy, transfer);
  CHECK(curl_multi_add_handle(multi, easy) == CURLM_OK);
}

void Outgoing::Curl::remove(const std::shared_ptr<Transfer>& transfer) {
  if (!transfer->easy) return;
  curl_multi_remove_handle(multi, transfer->easy);
  curl_easy_cleanup(transfer->easy);
  curl_slist_free_all(transfer->headers);
  running.erase(std::exchange(transfer->easy, nullptr));
}

void Outgoing::Curl::finish(CURL* easy, CURLcode code) {
  std::shared_ptr<Transfer> transfer = running.at(easy);
  HttpAnswer& answer = transfer->answer;
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  char* url = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK && url) answer.url = url;
  answer.content_type = header_of(easy, "Content-Type");
  answer.disposition = header_of(easy, "Content-Disposition");
  answer.retry_after = header_of(easy, "Retry-After");
  remove(transfer);

  bool streamed = transfer->streams && status == kOk;
  Result<HttpAnswer> result = std::move(answer);
  if (streamed && transfer->cut) {
    result = fail(Code::too_big, "The answer is larger than allowed.");
  } else if (code != CURLE_OK && !transfer->cut) {
    // Another address of the same name may have been tried and failed otherwise; the refusal is what one can act on.
    bool refused = transfer->refused && code == CURLE_COULDNT_CONNECT;
    result = refused ? fail(Code::forbidden, "The address is not on the internet, and not allowed by webhooks.allow.")
                     : fail(Code::unavailable, curl_easy_strerror(code));
  } else if (transfer->streams) {
    result->body.clear();
  }
  asio::post(transfer->executor, [transfer, result = std::move(result)]() mutable {
    transfer->result = std::move(result);
    transfer->wake.cancel();
  });
}

Outgoing::Outgoing(AddressGuard guard, std::string user_agent)
    : guard_(std::move(guard)), user_agent_(std::move(user_agent)) {
  CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == 0) << "libcurl could not start";
  curl_ = std::make_unique<Curl>();
  CHECK(curl_->multi) << "libcurl gave no handle";
  curl_multi_setopt(curl_->multi, CURLMOPT_MAXCONNECTS, kConnectionsKept);
}

Outgoing::~Outgoing() {
  stop();
  curl_multi_cleanup(curl_->multi);
}

void Outgoing::stop() {
  stopping_ = true;
  curl_multi_wakeup(curl_->multi);
  if (thread_.joinable()) thread_.join();
  std::lock_guard lock(mutex_);
  begun_.clear();
  read_on_.clear();
  given_up_.clear();
}

Result<void> Outgoing::begin(const std::shared_ptr<Transfer>& transfer) {
  if (auto fine = check_url(transfer->request.url); !fine) return fine;
  transfer->guard = &guard_;
  std::lock_guard lock(mutex_);
  if (stopping_) return fail(Code::shutting_down);
  bool delivers = transfer->request.errand == Errand::delivery;
  std::size_t room = delivers ? kTransfersMax : kTransfersMax - kTransfersForDeliveries;
  if (under_way_ >= room) return fail(Code::rate_limited, "Too many requests are under way.");
  ++under_way_;
  begun_.push_back(transfer);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  curl_multi_wakeup(curl_->multi);
  return {};
}

void Outgoing::read_on(std::shared_ptr<Transfer> transfer) {
  std::lock_guard lock(mutex_);
  read_on_.push_back(std::move(transfer));
  curl_multi_wakeup(curl_->multi);
}

void Outgoing::give_up(std::shared_ptr<Transfer> transfer) {
  std::lock_guard lock(mutex_);
  given_up_.push_back(std::move(transfer));
  curl_multi_wakeup(curl_->multi);
}

Task<Result<HttpAnswer>> Outgoing::ask(HttpRequest request) {
  auto executor = co_await asio::this_coro::executor;
  auto transfer = std::make_shared<Transfer>(executor, std::move(request));
  if (auto begun = begin(transfer); !begun) co_return std::unexpected(begun.error());
  while (!transfer->result) co_await transfer->wake.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return std::move(*transfer->result);
}

Task<Result<HttpAnswer>> Outgoing::stream(HttpRequest request, std::size_t bytes_max, Sink sink) {
  auto executor = co_await asio::this_coro::executor;
  auto transfer = std::make_shared<Transfer>(executor, std::move(request));
  transfer->streams = true;
  transfer->bytes_max = bytes_max;
  if (auto begun = begin(transfer); !begun) co_return std::unexpected(begun.error());
  for (;;) {
    while (!transfer->result && transfer->arrived.empty()) {
      co_await transfer->wake.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (transfer->arrived.empty()) co_return std::move(*transfer->result);
    if (transfer->result && !*transfer->result) co_return std::move(*transfer->result);
    std::string chunk = std::exchange(transfer->arrived, {});
    std::size_t bytes = chunk.size();
    auto taken = co_await sink(std::move(chunk));
    if (!taken) {
      give_up(transfer);
      co_return std::unexpected(taken.error());
    }
    transfer->ahead -= bytes;
    read_on(transfer);
  }
}

void Outgoing::run() {
  while (!stopping_) {
    std::vector<std::shared_ptr<Transfer>> begun, read_on, given_up;
    {
      std::lock_guard lock(mutex_);
      begun.swap(begun_);
      read_on.swap(read_on_);
      given_up.swap(given_up_);
    }
    std::size_t before = curl_->running.size() + begun.size();
    for (const auto& transfer : begun) curl_->add(transfer, user_agent_);
    for (const auto& transfer : read_on) {
      if (transfer->easy && std::exchange(transfer->paused, false)) curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
    }
    for (const auto& transfer : given_up) curl_->remove(transfer);

    int running = 0;
    curl_multi_perform(curl_->multi, &running);
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(curl_->multi, &left)) {
      if (message->msg == CURLMSG_DONE) curl_->finish(message->easy_handle, message->data.result);
    }
    {
      std::lock_guard lock(mutex_);
      under_way_ -= before - curl_->running.size();
    }
    curl_multi_poll(curl_->multi, nullptr, 0, kPollMs, nullptr);
  }
  while (!curl_->running.empty()) {
    std::shared_ptr<Transfer> transfer = curl_->running.begin()->second;
    curl_->remove(transfer);
  }
}

}  // namespace homing::webhooks
