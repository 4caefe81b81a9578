// An HTTP request out of bytes in memory, by Boost.Beast's parser behind a wall. No I/O; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "edge/target.h"

namespace homing::edge {

// What decides about the connection. Views into the reader's memory; empty where the client said nothing.
struct RequestHead {
  std::string_view method;
  std::string_view target;  // path and query, as sent
  std::string_view host;
  std::string_view origin;
  std::string_view connection;
  std::string_view upgrade;
  std::string_view expect;
  std::string_view authorization;
  std::string_view websocket_key;
  std::string_view websocket_version;
  std::string_view websocket_protocol;         // the entries of all headers of this name, joined by commas
  std::string_view forwarded_for;               // likewise
  std::optional<std::uint64_t> content_length;  // nothing for a chunked body
  bool http_1_1 = false;
  bool keep_alive = false;
};

// The headers of a request, at most kHttpHeadersMax.
class Headers {
 public:
  // In any case; those of one name joined by ", ". Empty if there is none.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  void add(std::string_view name, std::string_view value);

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// A request as a value, for coroutines.
struct Request {
  std::string method;
  std::string path;                                         // decoded, without the query
  std::vector<std::string> segments;                        // of the path, each decoded
  std::vector<std::pair<std::string, std::string>> params;  // what the route's {names} stand for
  Query query;
  Headers headers;
  std::string body;          // empty where the handler reads it itself
  std::string peer;          // the client's address, without the port; what a trusted proxy says it is
  bool encrypted = false;    // came over TLS of ours
  // Whether the client says nothing more, or is gone: who waits for something on its behalf need not. To be asked on the
  // thread that called the handler; nothing in tests.
  std::function<bool()> hung_up;

  std::string_view header(std::string_view name) const { return headers.get(name); }
  // A {name} of the route that was taken.
  std::string_view param(std::string_view name) const;
};

// Why bytes are no request, with the status that says so.
struct BadRequest {
  int status = 400;
  Error error;
};

class RequestReader {
 public:
  RequestReader();
  ~RequestReader();

  enum class State { head, body, done, bad };
  // Takes bytes off the front; returns how many. What it leaves, it wants to see again with what follows. At most
  // kHttpHeadBytesMax of head, and of the framing between two pieces of a body, is ever left.
  std::size_t read(std::string_view bytes);
  // The same, but not beyond the head.
  std::size_t read_head(std::string_view bytes);
  State state() const { return state_; }

  // Once the head is there.
  const RequestHead& head() const { return head_; }
  // The request without its body. `bad_frame` or `too_big` for a target that cannot be decoded.
  Result<Request> request() const;
  // The most that the body may have; kHttpBodyBytesMax if nothing was said.
  void limit_body(std::uint64_t bytes_max);
  // The body's bytes since the last call.
  std::string take_body();
  // In state `bad`.
  const BadRequest& refusal() const { return bad_; }

 private:
  struct Parser;
  void fill_head();
  void refuse(int status, Code code, std::string why);

  std::unique_ptr<Parser> parser_;
  RequestHead head_;
  State state_ = State::head;
  BadRequest bad_;
};

// Whether a comma-separated header has this entry, in any case.
bool has_token(std::string_view header, std::string_view token);
// Takes the next entry off the front of a comma-separated header, without the blanks around it; empty at the end.
std::string_view next_token(std::string_view& header);

}  // namespace homing::edge
