// multipart/form-data (RFC 7578) as it comes, without keeping more of it than one part's head. MultipartReader is pure;
// Form reads with it from a Body. One thread at a time.
//
//     Form form(body, *boundary);
//     for (;;) {
//       auto part = co_await form.next();
//       if (!part) co_return refused(part.error());
//       if (!*part) break;                            // the form's end
//       if ((*part)->file_name) ... co_await form.read() until it gives an empty piece
//       else                    ... co_await form.value()
//     }
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"
#include "edge/body.h"
#include "wire/limits.h"

namespace homing::edge {

struct Part {
  std::string name;
  std::optional<std::string> file_name;  // as sent (see safe_file_name()); nothing: a field
  std::string type;  // Content-Type, as sent; may be empty
};

// The boundary out of a request's Content-Type. `bad_frame` if that is no multipart/form-data or has no usable one.
Result<std::string> multipart_boundary(std::string_view content_type);

class MultipartReader {
 public:
  // What multipart_boundary() gave.
  explicit MultipartReader(std::string_view boundary) : delimiter_("\r\n--" + std::string(boundary)) {}

  enum class Event {
    more,  // feed() or finish()
    part,  // part() has begun
    data,  // data() is the next piece of it
    part_ended,
    ended,  // what follows does not count
    malformed,  // error(); stays so
  };
  Event next();

  void feed(std::string_view bytes);
  // Nothing follows: what is incomplete is malformed.
  void finish() { finished_ = true; }

  const Part& part() const { return part_; }
  std::string_view data() const { return data_; }  // until the next call
  const Error& error() const { return error_; }

 private:
  enum class State { preamble, delimiter, head, content_begin, content, epilogue, bad };

  Event malformed(std::string why, Code code = Code::bad_frame);
  Event more();
  Event after_delimiter();
  Event head();
  Event content();
  // Nothing, or why the head cannot be read.
  std::optional<std::string> read_head(std::string_view text);

  std::string delimiter_;
  std::string buffer_ = "\r\n";  // the first delimiter may stand at the very beginning
  std::size_t at_ = 0;
  State state_ = State::preamble;
  bool finished_ = false;
  std::size_t parts_ = 0;
  Part part_;
  std::string_view data_;
  Error error_;
};

class Form {
 public:
  Form(Body& body, std::string_view boundary) : body_(body), reader_(boundary) {}
  Form(const Form&) = delete;
  Form& operator=(const Form&) = delete;

  // The next part, when what is left of the one before has been skipped; nothing at the end, when the body has been
  // read to its own. `bad_frame` and `too_big` for what is no form, and what Body::read() says.
  Task<Result<std::optional<Part>>> next();
  // The next piece of this part; empty at its end.
  Task<Result<std::string>> read();
  // All of this part. `too_big` beyond `bytes_max`.
  Task<Result<std::string>> value(std::size_t bytes_max = limits::kMultipartFieldBytesMax);

 private:
  Task<Result<MultipartReader::Event>> event();

  Body& body_;
  MultipartReader reader_;
  bool inside_ = false;  // a part
};

}  // namespace homing::edge
