// The HTTP part of a connection: requests are read, answered by the router, or become a WebSocket.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>

#include <array>
#include <exception>

#include "edge/shard.h"

namespace homing::edge {

namespace {

// What a coroutine at the root throws is a bug: the process stops.
void stop_on_exception(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

std::string Shard::peer_of(const Connection& connection) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (getpeername(connection.fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "unknown";
  const void* bytes = &reinterpret_cast<sockaddr_in&>(address).sin_addr;
  if (address.ss_family == AF_INET6) bytes = &reinterpret_cast<sockaddr_in6&>(address).sin6_addr;
  inet_ntop(address.ss_family, bytes, text.data(), text.size());
  return text.data();
}

void Shard::take_http(Connection& connection, std::span<char> bytes) {
  Exchange& exchange = *connection.exchange_;
  if (!exchange.begun) {
    exchange.begun = true;
    exchange.deadline = tick_ + ticks(options_.handshake);
  }
  std::string_view unread(bytes.data(), bytes.size());
  if (exchange.input.empty()) {
    // The usual case: the whole request in one piece, parsed where it was read.
    unread.remove_prefix(exchange.reader.read(unread));
    exchange.input.assign(unread);  // the next request, or frames sent before the 101: at most one batch
  } else {
    exchange.input.append(unread);
    exchange.input.erase(0, exchange.reader.read(exchange.input));
  }
  begin_answer(connection);
}

void Shard::begin_answer(Connection& connection) {
  Exchange& exchange = *connection.exchange_;
  RequestReader& reader = exchange.reader;
  switch (reader.state()) {
    case RequestReader::State::head: return;
    case RequestReader::State::bad:
      ++metrics_.violations;
      return respond(connection, refused(reader.refusal()), false, false);
    case RequestReader::State::body:
      if (!exchange.told_continue && has_token(reader.head().expect, "100-continue")) {
        exchange.told_continue = true;
        plain(connection) += "HTTP/1.1 100 Continue\r\n\r\n";
        mark(connection);
      }
      return;
    case RequestReader::State::done: break;
  }
  ++metrics_.http_requests;
  exchange.answering = true;
  exchange.deadline = tick_ + ticks(options_.answer);
  if (is_websocket_path(reader.head().target)) {
    auto upgrade = check_upgrade(reader.head(), options_.allowed_origins);
    if (!upgrade) {
      ++metrics_.upgrades_refused;
      return respond(connection, upgrade.error(), false, false);
    }
    std::string token = std::move(upgrade->token);
    exchange.upgrade = std::move(*upgrade);
    boost::asio::co_spawn(io_, admit(id_of(connection), std::move(token)), stop_on_exception);
    return;
  }
  bool head_only = reader.head().method == "HEAD";
  bool keep_alive = reader.head().keep_alive;
  std::string peer = options_.trusted_proxies.client(peer_of(connection), reader.head().forwarded_for);
  Request request = reader.take();
  request.peer = std::move(peer);
  boost::asio::co_spawn(io_, answer(id_of(connection), std::move(request), head_only, keep_alive), stop_on_exception);
}

Task<void> Shard::answer(ConnectionId id, Request request, bool head_only, bool keep_alive) {
  Response response = co_await http_.answer(std::move(request));
  Connection* connection = find(id);
  if (connection != nullptr) respond(*connection, response, head_only, keep_alive);
}

Task<void> Shard::admit(ConnectionId id, std::string token) {
  auto caller = co_await accounts_.authenticate(std::move(token));
  Connection* connection = find(id);
  if (connection == nullptr) co_return;
  if (draining_) caller = fail(Code::shutting_down);
  if (!caller) {
    ++metrics_.upgrades_refused;
    respond(*connection, refused(caller.error()), false, false);
    co_return;
  }
  ++metrics_.upgrades;
  auto exchange = std::move(connection->exchange_);
  append_switching(plain(*connection), exchange->upgrade);
  mark(*connection);
  connection->form_ = exchange->upgrade.form;
  connection->state_ = State::open;
  connection->heard_ = tick_;
  connection->session_ = sessions_.open(*caller, *connection);
  if (!exchange->input.empty()) keep(*connection, exchange->input, 0);
  later(*connection);
}

void Shard::respond(Connection& connection, const Response& response, bool head_only, bool keep_alive) {
  keep_alive = keep_alive && !draining_;
  Output& out = output(connection);
  std::string& text = plain(connection);
  text += head_of(response, keep_alive ? After::keep : After::close);
  if (!head_only) {
    text += response.body;
    out.file = response.file;
  }
  if (!keep_alive) return begin_closing(connection);

  mark(connection);
  std::string input = std::move(connection.exchange_->input);
  connection.exchange_ = std::make_unique<Exchange>();
  connection.exchange_->input = std::move(input);
  connection.exchange_->deadline = tick_ + ticks(options_.http_idle);
}

}  // namespace homing::edge
