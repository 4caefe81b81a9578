#include "server/metrics_listener.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <utility>

#include "base/log.h"

namespace homing::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr std::size_t kConnectionsMax = 32;
constexpr std::size_t kHeadBytesMax = 8 * 1024;
constexpr auto kTimeout = std::chrono::seconds(10);
constexpr auto kAcceptPause = std::chrono::milliseconds(200);
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

}  // namespace

MetricsListener::MetricsListener(asio::any_io_executor executor, Sources sources)
    : executor_(executor), sources_(std::move(sources)) {}

Result<void> MetricsListener::listen(const ListenAddress& address) {
  boost::system::error_code failed;
  auto host = asio::ip::make_address(address.host, failed);
  tcp::endpoint endpoint(host, address.port);
  acceptor_.emplace(executor_);
  if (!failed) acceptor_->open(endpoint.protocol(), failed);
  if (!failed) acceptor_->set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor_->bind(endpoint, failed);
  if (!failed) acceptor_->listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    acceptor_.reset();
    return fail(Code::unavailable, "metrics.listen: " + failed.message());
  }
  asio::co_spawn(executor_, accept_all(), asio::detached);
  return {};
}

Task<void> MetricsListener::accept_all() {
  while (acceptor_) {
    auto [failed, socket] = co_await acceptor_->async_accept(kToken);
    if (failed == asio::error::operation_aborted) co_return;
    if (failed) {
      log::warn("metrics.accept_failed", {{"reason", failed.message()}});
      asio::steady_timer pause(executor_, kAcceptPause);
      co_await pause.async_wait(kToken);
      continue;
    }
    if (connections_ < kConnectionsMax) asio::co_spawn(executor_, serve(std::move(socket)), asio::detached);
  }
}

Task<void> MetricsListener::serve(tcp::socket socket) {
  struct Count {
    explicit Count(std::size_t& n) : count(n) { ++count; }
    ~Count() { --count; }
    std::size_t& count;
  } counted(connections_);

  beast::tcp_stream stream(std::move(socket));
  stream.expires_after(kTimeout);
  beast::flat_buffer buffer(kHeadBytesMax);
  http::request_parser<http::empty_body> parser;
  parser.header_limit(kHeadBytesMax);
  auto [failed, size] = co_await http::async_read_header(stream, buffer, parser, kToken);
  if (failed) co_return;

  http::response<http::string_body> response(http::status::not_found, 11);
  const auto& request = parser.get();
  if (request.method() != http::verb::get) {
    response.result(http::status::method_not_allowed);
  } else if (request.target() == "/metrics") {
    response.result(http::status::ok);
    response.body() = co_await sources_.metrics();
    response.set(http::field::content_type, "text/plain; version=0.0.4");
  } else if (request.target() == "/healthz") {
    response.result(http::status::ok);
    response.body() = "ok\n";
  } else if (request.target() == "/readyz") {
    bool ready = sources_.ready() == Ready::yes;
    response.result(ready ? http::status::ok : http::status::service_unavailable);
    response.body() = ready ? "ready\n" : "not ready\n";
  }
  response.keep_alive(false);
  response.prepare_payload();
  stream.expires_after(kTimeout);
  (void)co_await http::async_write(stream, response, kToken);
  boost::system::error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

}  // namespace homing::server
