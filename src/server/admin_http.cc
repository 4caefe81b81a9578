#include "server/admin_http.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include <array>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "chat/token.h"
#include "server/private_file.h"
#include "wire/errors.h"

namespace homing::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using asio::ip::tcp;

constexpr std::size_t kHeadBytesMax = 8 * 1024;
constexpr std::size_t kTokenBytesMax = 256;
constexpr auto kTimeout = std::chrono::seconds(10);
constexpr auto kAcceptPause = std::chrono::milliseconds(200);
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

AdminHttp::Answer refused(const Error& error) {
  const wire::ErrorFacts& facts = wire::facts(error.code);
  json::object body{{"code", facts.name}, {"text", error.detail.empty() ? facts.text : error.detail}};
  if (!error.field.empty()) body["field"] = error.field;
  AdminHttp::Answer answer;
  answer.status = facts.http;
  answer.body = json::serialize(json::object{{"error", std::move(body)}});
  answer.retry_after_s = static_cast<int>((error.retry_after.count() + 999) / 1000);
  return answer;
}

}  // namespace

Result<std::string> admin_token(const std::filesystem::path& data, Random& random) {
  std::filesystem::path path = data / "admin.token";
  auto kept = read_private(path, kTokenBytesMax);
  if (!kept) return std::unexpected(kept.error());
  if (*kept) {
    std::string token = std::move(**kept);
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
    if (token.size() < chat::kSecretBytes) return fail(Code::corrupt, path.string() + ": this is no token.");
    return token;
  }
  std::array<std::uint8_t, chat::kSecretBytes> secret;
  random.fill(secret);
  std::string token = chat::to_base64url(secret);
  if (auto written = write_private(path, token + "\n"); !written) return std::unexpected(written.error());
  return token;
}

AdminHttp::AdminHttp(asio::any_io_executor executor, Admin& admin, const std::string& token, Clock& clock,
                     Sources sources)
    : executor_(executor),
      admin_(admin),
      token_hash_(chat::hash_secret(token)),
      clock_(clock),
      sources_(std::move(sources)) {}

Result<std::uint16_t> AdminHttp::listen(const ListenAddress& address) {
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
    return fail(Code::unavailable, "admin.listen: " + failed.message());
  }
  asio::co_spawn(executor_, accept_all(), asio::detached);
  return acceptor_->local_endpoint().port();
}

Task<void> AdminHttp::accept_all() {
  while (acceptor_) {
    auto [failed, socket] = co_await acceptor_->async_accept(kToken);
    if (failed == asio::error::operation_aborted) co_return;
    if (failed) {
      log::warn("admin.accept_failed", {{"reason", failed.message()}});
      asio::steady_timer pause(executor_, kAcceptPause);
      co_await pause.async_wait(kToken);
      continue;
    }
    if (connections_ < kAdminConnectionsMax) asio::co_spawn(executor_, serve(std::move(socket)), asio::detached);
  }
}

Result<void> AdminHttp::let_in(const Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  std::string_view given = request.authorization;
  bool right =
      given.starts_with(kScheme) && chat::same_secret(token_hash_, chat::hash_secret(given.substr(kScheme.size())));
  if (right) return {};
  if (auto allowed = wrong_tokens_.take(request.peer, clock_.now()); !allowed) return allowed;
  log::warn("admin.refused", {{"peer", request.peer}});
  return fail(Code::unauthenticated);
}

Task<AdminHttp::Answer> AdminHttp::answer(Request request) {
  if (auto in = let_in(request); !in) co_return refused(in.error());
  bool command = request.path == "/v1/admin/command", overview = request.path == "/v1/admin/overview";
  if (!command && !overview) co_return refused(Error{Code::not_found, {}, {}, {}});
  std::string_view method = command ? "POST" : "GET";
  if (request.method != method) {
    Answer wrong = refused(Error{Code::wrong_method, {}, {}, {}});
    wrong.allow = method;
    co_return wrong;
  }
  Answer answer;
  if (command) {
    auto result = co_await admin_.perform(std::move(request.body));
    if (!result) co_return refused(result.error());
    json::object whole;
    whole["result"] = std::move(*result);
    answer.body = json::serialize(whole);
  } else {
    answer.body = co_await sources_.overview();
  }
  co_return answer;
}

Task<void> AdminHttp::serve(tcp::socket socket) {
  struct Count {
    explicit Count(std::size_t& n) : count(n) { ++count; }
    ~Count() { --count; }
    std::size_t& count;
  } counted(connections_);

  Request request;
  boost::system::error_code unknown;
  request.peer = socket.remote_endpoint(unknown).address().to_string();
  beast::tcp_stream stream(std::move(socket));
  stream.expires_after(kTimeout);
  beast::flat_buffer buffer(kHeadBytesMax + kAdminBodyBytesMax);
  http::request_parser<http::string_body> parser;
  parser.header_limit(kHeadBytesMax);
  parser.body_limit(kAdminBodyBytesMax);
  auto [failed, size] = co_await http::async_read(stream, buffer, parser, kToken);
  bool too_big = failed == http::error::body_limit;
  if (failed && !too_big) co_return;

  Answer answer;
  if (too_big) {
    answer = refused(Error{Code::too_big, {}, {}, {}});
  } else {
    auto& message = parser.get();
    request.method = std::string(message.method_string());
    request.path = std::string(message.target());
    request.authorization = std::string(message[http::field::authorization]);
    request.body = std::move(message.body());
    stream.expires_never();  // a sweep takes its time
    answer = co_await this->answer(std::move(request));
  }
  http::response<http::string_body> response(static_cast<http::status>(answer.status), 11);
  response.set(http::field::content_type, "application/json");
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  if (!answer.allow.empty()) response.set(http::field::allow, answer.allow);
  if (answer.retry_after_s > 0) response.set(http::field::retry_after, std::to_string(answer.retry_after_s));
  response.body() = std::move(answer.body);
  response.keep_alive(false);
  response.prepare_payload();
  stream.expires_after(kTimeout);
  (void)co_await http::async_write(stream, response, kToken);
  boost::system::error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

}  // namespace homing::server
