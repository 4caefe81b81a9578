#include "edge/request.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "wire/limits.h"

namespace homing::edge {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

std::string_view plain(beast::string_view text) { return {text.data(), text.size()}; }

Error bad_request(beast::error_code error) {
  if (error == http::error::header_limit) return Error{Code::head_too_big, {}, {}, {}};
  if (error == http::error::body_limit) return Error{Code::too_big, "The body of the request is too large.", {}, {}};
  return Error{Code::bad_frame, "This is not an HTTP/1.1 request.", {}, {}};
}

void append_entries(std::string& all, std::string_view entries) {
  if (!all.empty()) all += ',';
  all += entries;
}

}  // namespace

struct RequestReader::Parser {
  http::request_parser<http::string_body> http;
  std::string protocols;
  std::string forwarded_for;
};

RequestReader::RequestReader() : parser_(std::make_unique<Parser>()) {
  parser_->http.header_limit(static_cast<std::uint32_t>(limits::kHttpHeadBytesMax));
  parser_->http.body_limit(limits::kHttpBodyBytesMax);
}

RequestReader::~RequestReader() = default;

std::size_t RequestReader::read(std::string_view bytes) {
  std::size_t taken = 0;
  while (state_ == State::head || state_ == State::body) {
    beast::error_code error;
    std::size_t used = parser_->http.put(boost::asio::buffer(bytes.data() + taken, bytes.size() - taken), error);
    taken += used;
    if (error == http::error::need_more) error = {};
    if (!error && state_ == State::head && !parser_->http.is_header_done() &&
        bytes.size() - taken >= limits::kHttpHeadBytesMax) {
      error = http::error::header_limit;
    }
    if (error) {
      bad_ = bad_request(error);
      state_ = State::bad;
      return taken;
    }
    if (state_ == State::head && parser_->http.is_header_done()) {
      fill_head();
      state_ = State::body;
    }
    if (parser_->http.is_done()) state_ = State::done;
    if (used == 0 || taken == bytes.size()) break;
  }
  return taken;
}

void RequestReader::fill_head() {
  const auto& message = parser_->http.get();
  head_.method = plain(message.method_string());
  head_.target = plain(message.target());
  head_.http_1_1 = message.version() == 11;
  head_.keep_alive = message.keep_alive();
  for (const auto& field : message) {
    std::string_view value = plain(field.value());
    switch (field.name()) {
      case http::field::host: head_.host = value; break;
      case http::field::origin: head_.origin = value; break;
      case http::field::connection: head_.connection = value; break;
      case http::field::upgrade: head_.upgrade = value; break;
      case http::field::expect: head_.expect = value; break;
      case http::field::authorization: head_.authorization = value; break;
      case http::field::if_none_match: head_.if_none_match = value; break;
      case http::field::sec_websocket_key: head_.websocket_key = value; break;
      case http::field::sec_websocket_version: head_.websocket_version = value; break;
      case http::field::sec_websocket_protocol: append_entries(parser_->protocols, value); break;
      default:
        if (beast::iequals(field.name_string(), "x-forwarded-for")) append_entries(parser_->forwarded_for, value);
        break;
    }
  }
  head_.websocket_protocol = parser_->protocols;
  head_.forwarded_for = parser_->forwarded_for;
}

Request RequestReader::take() {
  Request request;
  request.method = head_.method;
  request.path = head_.target.substr(0, head_.target.find('?'));
  request.authorization = head_.authorization;
  request.if_none_match = head_.if_none_match;
  request.body = std::move(parser_->http.get().body());
  return request;
}

std::string_view next_token(std::string_view& header) {
  while (!header.empty()) {
    std::size_t comma = header.find(',');
    std::string_view token = header.substr(0, comma);
    header.remove_prefix(comma == std::string_view::npos ? header.size() : comma + 1);
    while (!token.empty() && (token.front() == ' ' || token.front() == '\t')) token.remove_prefix(1);
    while (!token.empty() && (token.back() == ' ' || token.back() == '\t')) token.remove_suffix(1);
    if (!token.empty()) return token;
  }
  return {};
}

bool has_token(std::string_view header, std::string_view token) {
  for (std::string_view entry = next_token(header); !entry.empty(); entry = next_token(header)) {
    if (beast::iequals(beast::string_view(entry.data(), entry.size()),
                       beast::string_view(token.data(), token.size()))) {
      return true;
    }
  }
  return false;
}

}  // namespace homing::edge
