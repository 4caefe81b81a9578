#include "edge/multipart.h"

#include <algorithm>
#include <utility>

#include "edge/mime.h"
#include "edge/utf8.h"

namespace homing::edge {
namespace {

constexpr std::uint64_t kEpilogueBytesMax = 64 * 1024;

bool is_boundary_char(char c) {
  static constexpr std::string_view kMarks = "'()+_,-./:=? ";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

bool same_name(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {},
                            [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<std::string> multipart_boundary(std::string_view content_type) {
  auto type = parse_media_type(content_type);
  if (!type || type->value != "multipart/form-data") {
    return fail(Code::bad_frame, "The body must be multipart/form-data.", "content-type");
  }
  auto boundary = type->get("boundary");
  bool usable = boundary && !boundary->empty() && boundary->size() <= limits::kMultipartBoundaryBytesMax &&
                boundary->back() != ' ' && std::ranges::all_of(*boundary, is_boundary_char);
  if (!usable) return fail(Code::bad_frame, "The form has no usable boundary.", "content-type");
  return std::string(*boundary);
}

void MultipartReader::feed(std::string_view bytes) {
  if (state_ == State::epilogue || state_ == State::bad) return;
  data_ = {};
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_ += bytes;
}

MultipartReader::Event MultipartReader::malformed(std::string why, Code code) {
  error_ = Error{code, std::move(why), "body", {}};
  state_ = State::bad;
  buffer_.clear();
  at_ = 0;
  return Event::malformed;
}

MultipartReader::Event MultipartReader::more() {
  if (!finished_) return Event::more;
  return malformed(state_ == State::preamble ? "The form's boundary does not occur in it."
                                             : "The form ends before its last boundary.");
}

MultipartReader::Event MultipartReader::next() {
  data_ = {};
  if (state_ == State::bad) return Event::malformed;
  if (state_ == State::epilogue) return Event::ended;
  if (state_ == State::preamble) {
    std::size_t found = buffer_.find(delimiter_, at_);
    if (found == std::string::npos) {
      // Its front may be there already.
      at_ = std::max(at_, buffer_.size() - std::min(buffer_.size(), delimiter_.size() - 1));
      return more();
    }
    at_ = found + delimiter_.size();
    state_ = State::delimiter;
  }
  if (state_ == State::delimiter) {
    if (Event event = after_delimiter(); state_ != State::head) return event;
  }
  if (state_ == State::head) return head();
  return content();
}

// "--" ends the form; blanks and the line's end begin a part.
MultipartReader::Event MultipartReader::after_delimiter() {
  std::string_view rest = std::string_view(buffer_).substr(at_);
  if (rest.size() < 2) return more();
  if (rest.starts_with("--")) {
    state_ = State::epilogue;
    buffer_.clear();
    at_ = 0;
    return Event::ended;
  }
  std::size_t blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
  if (blanks > limits::kMultipartPartHeadBytesMax) return malformed("A boundary's line is too long.");
  std::string_view line_end = rest.substr(blanks, 2);
  if (line_end.size() < 2 && std::string_view("\r\n").starts_with(line_end)) return more();
  if (line_end != "\r\n") return malformed("A boundary is followed by something else.");
  if (++parts_ > limits::kMultipartPartsMax) return malformed("The form has too many parts.", Code::too_big);
  // The line's end stays: together with an empty head's it is the head's end.
  at_ += blanks;
  state_ = State::head;
  return Event::more;
}

MultipartReader::Event MultipartReader::head() {
  std::string_view rest = std::string_view(buffer_).substr(at_);
  std::size_t end = rest.find("\r\n\r\n");
  if (std::min(end, rest.size()) > limits::kMultipartPartHeadBytesMax) {
    return malformed("The head of a part is too long.", Code::too_big);
  }
  if (end == std::string_view::npos) return more();
  part_ = {};
  if (auto why = read_head(end == 0 ? std::string_view() : rest.substr(2, end - 2))) {
    return malformed(std::move(*why));
  }
  // The second line's end stays: it may be the one that begins a delimiter, of a part without content.
  at_ += end + 2;
  state_ = State::content_begin;
  return Event::part;
}

MultipartReader::Event MultipartReader::content() {
  std::string_view rest = std::string_view(buffer_).substr(at_);
  if (state_ == State::content_begin) {
    if (rest.size() < delimiter_.size() && delimiter_.starts_with(rest)) return more();
    if (!rest.starts_with(delimiter_)) {
      at_ += 2;
      rest.remove_prefix(2);
    }
    state_ = State::content;
  }
  std::size_t found = rest.find(delimiter_);
  if (found == 0) {
    at_ += delimiter_.size();
    state_ = State::delimiter;
    return Event::part_ended;
  }
  std::size_t size = found;
  if (found == std::string_view::npos) {
    // All but what may be the front of a delimiter.
    size = rest.size() - std::min(rest.size(), delimiter_.size() - 1);
    std::size_t front = rest.find('\r', size);
    while (front != std::string_view::npos && !delimiter_.starts_with(rest.substr(front))) {
      front = rest.find('\r', front + 1);
    }
    size = std::min(front, rest.size());
  }
  if (size == 0) return more();
  data_ = rest.substr(0, size);
  at_ += size;
  return Event::data;
}

std::optional<std::string> MultipartReader::read_head(std::string_view text) {
  bool disposed = false, typed = false;
  while (!text.empty()) {
    std::size_t end = text.find("\r\n");
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line.front() == ' ' || line.front() == '\t') {
      return "The head of a part has a line that is no header.";
    }
    std::string_view name = trimmed(line.substr(0, colon)), value = trimmed(line.substr(colon + 1));
    if (same_name(name, "content-disposition")) {
      auto disposition = parse_parameters(value, Backslash::mostly_itself);
      if (disposed || !disposition || disposition->value != "form-data" || !disposition->get("name")) {
        return "A part needs one Content-Disposition: form-data with a name.";
      }
      disposed = true;
      part_.name = form_name(*disposition->get("name"));
      if (!is_utf8(part_.name)) return "The name of a part is not UTF-8.";
      if (disposition->get("filename*")) {
        part_.file_name = file_name_of(*disposition);
      } else if (auto file_name = disposition->get("filename")) {
        part_.file_name = form_name(*file_name);
        if (!is_utf8(*part_.file_name)) return "The name of a file is not UTF-8.";
      }
    } else if (same_name(name, "content-type")) {
      if (typed) return "A part has two types.";
      typed = true;
      part_.type = value;
    } else if (same_name(name, "content-transfer-encoding")) {
      if (!same_name(value, "binary") && !same_name(value, "8bit") && !same_name(value, "7bit")) {
        return "A part is encoded in a way that forms do not use.";
      }
    }
  }
  if (!disposed) return "A part needs one Content-Disposition: form-data with a name.";
  return std::nullopt;
}

// --- from a body ---

Task<Result<MultipartReader::Event>> Form::event() {
  for (;;) {
    MultipartReader::Event event = reader_.next();
    if (event == MultipartReader::Event::malformed) co_return std::unexpected(reader_.error());
    if (event != MultipartReader::Event::more) co_return event;
    auto bytes = co_await body_.read();
    if (!bytes) co_return std::unexpected(bytes.error());
    if (bytes->empty()) {
      reader_.finish();
    } else {
      reader_.feed(*bytes);
    }
  }
}

Task<Result<std::optional<Part>>> Form::next() {
  for (;;) {
    auto event = co_await this->event();
    if (!event) co_return std::unexpected(event.error());
    switch (*event) {
      case MultipartReader::Event::part: inside_ = true; co_return reader_.part();
      case MultipartReader::Event::ended: {
        auto drained = co_await body_.drain(kEpilogueBytesMax);
        if (!drained) co_return std::unexpected(drained.error());
        co_return std::nullopt;
      }
      case MultipartReader::Event::part_ended: inside_ = false; break;
      case MultipartReader::Event::data:
      case MultipartReader::Event::more:
      case MultipartReader::Event::malformed: break;
    }
  }
}

Task<Result<std::string>> Form::read() {
  if (!inside_) co_return std::string();
  auto event = co_await this->event();
  if (!event) co_return std::unexpected(event.error());
  if (*event == MultipartReader::Event::data) co_return std::string(reader_.data());
  inside_ = false;
  co_return std::string();
}

Task<Result<std::string>> Form::value(std::size_t bytes_max) {
  std::string all;
  for (;;) {
    auto piece = co_await read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return all;
    if (piece->size() > bytes_max - all.size()) {
      co_return fail(Code::too_big, "The part \"" + reader_.part().name + "\" is too large.", reader_.part().name);
    }
    all += *piece;
  }
}

}  // namespace homing::edge
