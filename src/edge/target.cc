#include "edge/target.h"

#include <algorithm>

#include "edge/utf8.h"
#include "wire/limits.h"

namespace homing::edge {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// A line of a query may hold line breaks (a message's text), a path may not.
bool is_path_text(std::string_view text) { return is_utf8(text) && std::ranges::none_of(text, is_control); }
bool is_query_text(std::string_view text) { return is_utf8(text) && text.find('\0') == std::string_view::npos; }

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

Result<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    std::size_t end = text.find('&');
    std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    if (query.parameters_.size() == limits::kQueryParametersMax) {
      return fail(Code::too_big, "The query has too many parameters.", "query");
    }
    std::size_t equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), Plus::blank);
    auto value =
        percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), Plus::blank);
    if (!name || !value || !is_query_text(*name) || !is_query_text(*value)) {
      return fail(Code::bad_frame, "The query cannot be decoded.", "query");
    }
    query.parameters_.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

std::optional<std::string_view> Query::get(std::string_view name) const {
  for (const auto& [key, value] : parameters_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Result<Target> parse_target(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    target.remove_prefix(scheme.size());
    std::size_t path = target.find_first_of("/?");
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  if (std::size_t fragment = target.find('#'); fragment != std::string_view::npos) target = target.substr(0, fragment);
  std::size_t question = target.find('?');
  std::string_view path = target.substr(0, question);
  if (path.empty()) path = "/";
  if (path.front() != '/' && path != "*") return fail(Code::bad_frame, "The request's target is no path.", "path");

  Target parsed;
  if (question != std::string_view::npos) {
    auto query = Query::parse(target.substr(question + 1));
    if (!query) return std::unexpected(query.error());
    parsed.query = std::move(*query);
  }
  if (path == "*") {
    parsed.path = path;
    return parsed;
  }
  std::string_view rest = path.substr(1);
  for (;;) {
    std::size_t slash = rest.find('/');
    auto segment = percent_decode(rest.substr(0, slash), Plus::itself);
    if (!segment || !is_path_text(*segment)) return fail(Code::bad_frame, "The path cannot be decoded.", "path");
    parsed.path += '/';
    parsed.path += *segment;
    if (slash != std::string_view::npos || !segment->empty()) parsed.segments.push_back(std::move(*segment));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  return parsed;
}

bool is_name_segment(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != ".." &&
         segment.find_first_of("/\\") == std::string_view::npos;
}

}  // namespace homing::edge
