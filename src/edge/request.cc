#include "edge/request.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <utility>

#include "wire/limits.h"

namespace homing::edge {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

// A body that takes memory for what has come, never for what was announced.
struct Arrived {
  struct value_type {
    std::string bytes;  // not taken yet
    std::uint64_t total = 0;
    std::uint64_t total_max = limits::kHttpBodyBytesMax;
  };
  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(http::header<kIsRequest, Fields>&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>&, beast::error_code& error) { error = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, beast::error_code& error) {
      std::size_t size = boost::asio::buffer_size(buffers);
      error = {};
      if (size > body_.total_max - std::min(body_.total, body_.total_max)) {
        error = http::error::body_limit;
        return 0;
      }
      for (auto at = boost::asio::buffer_sequence_begin(buffers); at != boost::asio::buffer_sequence_end(buffers);
           ++at) {
        boost::asio::const_buffer buffer = *at;
        body_.bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
      }
      body_.total += size;
      return size;
    }
    void finish(beast::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};

std::string_view plain(beast::string_view text) { return {text.data(), text.size()}; }

void append_entries(std::string& all, std::string_view entries) {
  if (!all.empty()) all += ',';
  all += entries;
}

bool same(std::string_view a, std::string_view b) {
  return beast::iequals(beast::string_view(a.data(), a.size()), beast::string_view(b.data(), b.size()));
}

}  // namespace

struct RequestReader::Parser {
  http::request_parser<Arrived> http;
  std::string protocols;
  std::string forwarded_for;
};

RequestReader::RequestReader() : parser_(std::make_unique<Parser>()) {
  parser_->http.header_limit(static_cast<std::uint32_t>(limits::kHttpHeadBytesMax));
  parser_->http.body_limit(boost::none);  // Arrived counts
}

RequestReader::~RequestReader() = default;

void RequestReader::refuse(int status, Code code, std::string why) {
  bad_ = {status, Error{code, std::move(why), {}, {}}};
  state_ = State::bad;
}

std::size_t RequestReader::read_head(std::string_view bytes) {
  if (state_ != State::head) return 0;
  beast::error_code error;
  std::size_t used = parser_->http.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error == http::error::need_more) error = {};
  if (error == http::error::header_limit ||
      (!error && !parser_->http.is_header_done() && bytes.size() - used >= limits::kHttpHeadBytesMax)) {
    refuse(431, Code::head_too_big, "The head of the request is too large.");
  } else if (error) {
    refuse(400, Code::bad_frame, "This is not an HTTP/1.1 request.");
  } else if (parser_->http.is_header_done()) {
    state_ = parser_->http.is_done() ? State::done : State::body;
    fill_head();
  }
  return used;
}

std::size_t RequestReader::read(std::string_view bytes) {
  std::size_t taken = read_head(bytes);
  if (state_ == State::body && head_.content_length.value_or(0) > parser_->http.get().body().total_max) {
    refuse(413, Code::too_big, "The body of the request is too large.");
  }
  while (state_ == State::body && taken < bytes.size()) {
    beast::error_code error;
    std::size_t used = parser_->http.put(boost::asio::buffer(bytes.data() + taken, bytes.size() - taken), error);
    taken += used;
    if (error == http::error::body_limit) {
      refuse(413, Code::too_big, "The body of the request is too large.");
    } else if (error && error != http::error::need_more) {
      refuse(400, Code::bad_frame, "The body of the request is broken.");
    } else if (parser_->http.is_done()) {
      state_ = State::done;
    } else if (used == 0) {
      if (bytes.size() - taken >= limits::kHttpHeadBytesMax) {
        refuse(400, Code::bad_frame, "The body of the request is broken: a chunk's head is too long.");
      }
      break;
    }
  }
  return taken;
}

void RequestReader::fill_head() {
  const auto& message = parser_->http.get();
  head_.method = plain(message.method_string());
  head_.target = plain(message.target());
  head_.http_1_1 = message.version() == 11;
  head_.keep_alive = message.keep_alive();
  if (auto length = parser_->http.content_length()) head_.content_length = *length;
  std::size_t count = 0;
  for (const auto& field : message) {
    if (++count > limits::kHttpHeadersMax) return refuse(431, Code::head_too_big, "The request has too many headers.");
    std::string_view value = plain(field.value());
    switch (field.name()) {
      case http::field::host: head_.host = value; break;
      case http::field::origin: head_.origin = value; break;
      case http::field::connection: head_.connection = value; break;
      case http::field::upgrade: head_.upgrade = value; break;
      case http::field::expect: head_.expect = value; break;
      case http::field::authorization: head_.authorization = value; break;
      case http::field::transfer_encoding:
        // What else stands there would decide where the next request begins.
        if (!same(value, "chunked")) return refuse(501, Code::bad_frame, "The only transfer encoding is chunked.");
        break;
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

Result<Request> RequestReader::request() const {
  auto target = parse_target(head_.target);
  if (!target) return std::unexpected(target.error());
  Request request;
  request.method = head_.method;
  request.path = std::move(target->path);
  request.segments = std::move(target->segments);
  request.query = std::move(target->query);
  for (const auto& field : parser_->http.get()) request.headers.add(plain(field.name_string()), plain(field.value()));
  return request;
}

void RequestReader::limit_body(std::uint64_t bytes_max) { parser_->http.get().body().total_max = bytes_max; }

std::string RequestReader::take_body() { return std::exchange(parser_->http.get().body().bytes, {}); }

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (same(key, name)) return value;
  }
  return {};
}

bool Headers::has(std::string_view name) const {
  return std::ranges::any_of(fields_, [&](const auto& field) { return same(field.first, name); });
}

void Headers::add(std::string_view name, std::string_view value) {
  for (auto& [key, all] : fields_) {
    if (!same(key, name)) continue;
    all += ", ";
    all += value;
    return;
  }
  fields_.emplace_back(name, value);
}

std::string_view Request::param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
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
    if (same(entry, token)) return true;
  }
  return false;
}

}  // namespace homing::edge
