// An HTTP request out of bytes in memory, by Boost.Beast's parser behind a wall. No I/O; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace homing::edge {

// What our routes look at. Views into the reader's memory; empty where the client said nothing.
struct RequestHead {
  std::string_view method;
  std::string_view target;  // path and query, as sent
  std::string_view host;
  std::string_view origin;
  std::string_view connection;
  std::string_view upgrade;
  std::string_view expect;
  std::string_view authorization;
  std::string_view if_none_match;
  std::string_view websocket_key;
  std::string_view websocket_version;
  std::string_view websocket_protocol;  // the entries of all headers of this name, joined by commas
  std::string_view forwarded_for;       // likewise
  bool http_1_1 = false;
  bool keep_alive = false;
};

// A request as a value, for coroutines.
struct Request {
  std::string method;
  std::string path;  // without the query
  std::string authorization;
  std::string if_none_match;
  std::string body;
  std::string peer;  // the client's address, without the port; what a trusted proxy says it is
};

class RequestReader {
 public:
  RequestReader();
  ~RequestReader();

  enum class State { head, body, done, bad };
  // Takes bytes off the front; returns how many. While the head is incomplete it takes none: offer them again with
  // those that follow. At most kHttpHeadBytesMax of head and kHttpBodyBytesMax of body are ever kept.
  std::size_t read(std::string_view bytes);
  State state() const { return state_; }

  // Once the head is there.
  const RequestHead& head() const { return head_; }
  // Once all is there.
  Request take();
  // In state `bad`.
  const Error& refusal() const { return bad_; }

 private:
  struct Parser;
  void fill_head();

  std::unique_ptr<Parser> parser_;
  RequestHead head_;
  State state_ = State::head;
  Error bad_;
};

// Whether a comma-separated header has this entry, in any case.
bool has_token(std::string_view header, std::string_view token);
// Takes the next entry off the front of a comma-separated header, without the blanks around it; empty at the end.
std::string_view next_token(std::string_view& header);

}  // namespace homing::edge
