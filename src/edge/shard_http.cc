// The HTTP part of a connection: requests are read, answered by a handler, or become a WebSocket. A streamed body goes
// to its handler as it comes.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>

#include <array>
#include <exception>

#include "edge/shard.h"
#include "wire/limits.h"

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
  // The usual case: the whole request in one piece, parsed where it was read.
  std::string_view unread(bytes.data(), bytes.size());
  std::string joined = std::move(exchange.input);
  if (!joined.empty()) {
    joined += unread;
    unread = joined;
  }
  RequestReader& reader = exchange.reader;
  if (reader.state() == RequestReader::State::head) unread.remove_prefix(reader.read_head(unread));
  if (reader.state() == RequestReader::State::body || reader.state() == RequestReader::State::done) plan(connection);
  if (reader.state() == RequestReader::State::body) unread.remove_prefix(reader.read(unread));
  exchange.input.assign(unread);  // the next request, or frames sent before the 101: at most one batch
  if (exchange.body != nullptr) return pass_body(connection);
  begin_answer(connection);
}

// Who answers is known from the head.
void Shard::plan(Connection& connection) {
  Exchange& exchange = *connection.exchange_;
  if (exchange.request != nullptr || is_websocket_path(exchange.reader.head().target)) return;
  auto request = exchange.reader.request();
  exchange.request = std::make_unique<Request>();
  if (!request) {
    exchange.match.answer = refused(400, request.error());
    return;
  }
  *exchange.request = std::move(*request);
  exchange.match = http_.find(*exchange.request);
  const Route* route = exchange.match.route;
  if (route != nullptr) exchange.reader.limit_body(route->stream ? UINT64_MAX : route->body_bytes_max);
}

void Shard::begin_answer(Connection& connection) {
  Exchange& exchange = *connection.exchange_;
  RequestReader& reader = exchange.reader;
  const Match& match = exchange.match;
  if (reader.state() == RequestReader::State::head) return;
  if (reader.state() == RequestReader::State::bad) {
    ++metrics_.violations;
    const BadRequest& bad = reader.refusal();
    Response refusal = match.family != nullptr ? match.family->refuse(bad.status, bad.error, *exchange.request)
                                               : refused(bad.status, bad.error);
    return respond(connection, std::move(refusal));
  }
  bool planned = exchange.request != nullptr;
  bool at_once = planned && (match.route == nullptr ? match.otherwise == nullptr : bool(match.route->stream));
  if (reader.state() == RequestReader::State::body && !at_once) return tell_continue(connection);

  ++metrics_.http_requests;
  exchange.answering = true;
  exchange.deadline = tick_ + ticks(options_.answer);
  if (planned) return begin_handler(connection);

  auto upgrade = check_upgrade(reader.head(), options_.allowed_origins);
  if (!upgrade) {
    ++metrics_.upgrades_refused;
    exchange.last = true;
    return respond(connection, std::move(upgrade.error()));
  }
  std::string token = std::move(upgrade->token);
  exchange.upgrade = std::move(*upgrade);
  boost::asio::co_spawn(io_, admit(id_of(connection), std::move(token)), stop_on_exception);
}

void Shard::begin_handler(Connection& connection) {
  Exchange& exchange = *connection.exchange_;
  const Match& match = exchange.match;
  if (match.route == nullptr && match.otherwise == nullptr) {
    Response answer = std::move(exchange.match.answer);
    return respond(connection, std::move(answer));
  }
  Request request = std::move(*exchange.request);
  request.peer = options_.trusted_proxies.client(peer_of(connection), exchange.reader.head().forwarded_for);
  request.encrypted = connection.ssl_ != nullptr;
  ConnectionId id = id_of(connection);
  request.hung_up = [this, id] {
    const Connection* asking = find(id);
    return asking == nullptr || asking->ended_;
  };
  if (match.route != nullptr && match.route->stream) {
    boost::asio::co_spawn(io_, stream(id, &match.route->stream, std::move(request)), stop_on_exception);
    return;
  }
  request.body = exchange.reader.take_body();
  const Handler* handler = match.route != nullptr ? &match.route->handler : match.otherwise;
  boost::asio::co_spawn(io_, answer(id, handler, std::move(request)), stop_on_exception);
}

Task<void> Shard::answer(ConnectionId id, const Handler* handler, Request request) {
  Response response = co_await (*handler)(std::move(request));
  Connection* connection = find(id);
  if (connection != nullptr && connection->state_ == State::http) respond(*connection, std::move(response));
}

Task<void> Shard::stream(ConnectionId id, const StreamHandler* handler, Request request) {
  Connection* connection = find(id);
  if (connection == nullptr || connection->state_ != State::http) co_return;
  std::function<void()> wanted = [this, id] { want_body(id); };
  Body body(connection->exchange_->reader.head().content_length, std::move(wanted));
  connection->exchange_->body = &body;
  pass_body(*connection);
  later(*connection);
  Response response = co_await (*handler)(std::move(request), body);
  connection = find(id);
  if (connection != nullptr && connection->state_ == State::http) respond(*connection, std::move(response));
}

// A client that waits for our word before it sends the body gets it.
void Shard::tell_continue(Connection& connection) {
  Exchange& exchange = *connection.exchange_;
  const RequestHead& head = exchange.reader.head();
  if (exchange.told_continue || !head.http_1_1 || !has_token(head.expect, "100-continue")) return;
  exchange.told_continue = true;
  plain(connection) += "HTTP/1.1 100 Continue\r\n\r\n";
  mark(connection);
}

// What has come of a streamed body goes to its handler, whose turn it is then: until it wants more, or has an answer.
void Shard::pass_body(Connection& connection) {
  Exchange& exchange = *connection.exchange_;
  RequestReader& reader = exchange.reader;
  std::string bytes = reader.take_body();
  if (bytes.empty() && reader.state() == RequestReader::State::body) return;
  exchange.deadline = tick_ + ticks(options_.answer);
  exchange.body->feed(std::move(bytes));
  if (reader.state() == RequestReader::State::bad) {
    ++metrics_.violations;
    exchange.body->break_off(reader.refusal().error);
  } else if (reader.state() == RequestReader::State::done) {
    exchange.body->finish();
  }
}

void Shard::want_body(ConnectionId id) {
  Connection* connection = find(id);
  if (connection == nullptr || connection->state_ != State::http) return;
  connection->exchange_->deadline = tick_ + ticks(options_.stall);
  tell_continue(*connection);
  later(*connection);
}

Task<void> Shard::admit(ConnectionId id, std::string token) {
  auto caller = co_await accounts_.authenticate(std::move(token));
  Connection* connection = find(id);
  if (connection == nullptr) co_return;
  if (draining_) caller = fail(Code::shutting_down);
  if (!caller) {
    ++metrics_.upgrades_refused;
    connection->exchange_->last = true;
    respond(*connection, refused(caller.error()));
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

void Shard::respond(Connection& connection, Response response) {
  Exchange& exchange = *connection.exchange_;
  // Where the next request begins is known only when this one was read to its end.
  bool ended = exchange.reader.state() == RequestReader::State::done;
  bool head_only = exchange.reader.head().method == "HEAD";
  bool keep_alive = ended && exchange.reader.head().keep_alive && !exchange.last && !draining_;
  Output& out = output(connection);
  std::string& text = plain(connection);
  text += head_of(response, keep_alive ? After::keep : After::close);
  if (!head_only && response.status != 204 && response.status != 304) {
    text += response.body;
    out.file = response.file;
    if (response.region.file != nullptr) out.region = std::move(response.region);
  }
  if (!keep_alive) return begin_closing(connection);

  mark(connection);
  std::string input = std::move(exchange.input);
  connection.exchange_ = std::make_unique<Exchange>();
  connection.exchange_->input = std::move(input);
  connection.exchange_->deadline = tick_ + ticks(options_.http_idle);
}

}  // namespace homing::edge
