#include "stanzas.h"

#include <cctype>
#include <string>

namespace homing::peers {
namespace {

// The position behind the '>' of the tag that begins at `at`, or npos.
std::size_t tag_end(std::string_view in, std::size_t at) {
  char quote = 0;
  for (; at < in.size(); ++at) {
    char c = in[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

Stanza next_stanza(std::string_view in) {
  std::size_t begin = 0;
  while (begin < in.size() && std::isspace(static_cast<unsigned char>(in[begin]))) ++begin;
  int depth = 0;
  for (std::size_t at = begin; at < in.size();) {
    at = in.find('<', at);
    if (at == std::string_view::npos) return {};
    std::size_t end = tag_end(in, at);
    if (end == std::string_view::npos) return {};
    std::string_view tag = in.substr(at, end - at);
    at = end;
    if (tag.starts_with("<?")) {
      if (depth == 0) begin = end;
      continue;
    }
    if (depth == 0 && tag.starts_with("<stream:stream")) return {Stanza::Kind::opening, tag, end};
    if (depth == 0 && tag.starts_with("</")) return {Stanza::Kind::closing, tag, end};
    if (tag.starts_with("</")) {
      --depth;
    } else if (!tag.ends_with("/>")) {
      ++depth;
    }
    if (depth == 0) return {Stanza::Kind::whole, in.substr(begin, end - begin), end};
  }
  return {};
}

std::string_view attribute(std::string_view stanza, std::string_view name) {
  std::string_view tag = stanza.substr(0, tag_end(stanza, 0));
  for (std::size_t at = tag.find(name); at != std::string_view::npos; at = tag.find(name, at + 1)) {
    std::size_t value = at + name.size() + 2;
    if (at == 0 || !std::isspace(static_cast<unsigned char>(tag[at - 1])) || value > tag.size() ||
        tag[value - 2] != '=')
      continue;
    auto end = tag.find(tag[value - 1], value);
    return end == std::string_view::npos ? std::string_view{} : tag.substr(value, end - value);
  }
  return {};
}

std::string_view inner_text(std::string_view stanza, std::string_view tag) {
  for (std::size_t at = stanza.find(tag); at != std::string_view::npos; at = stanza.find(tag, at + 1)) {
    if (at == 0 || stanza[at - 1] != '<') continue;
    std::size_t begin = tag_end(stanza, at);
    if (begin == std::string_view::npos) return {};
    auto end = stanza.find('<', begin);
    return end == std::string_view::npos ? std::string_view{} : stanza.substr(begin, end - begin);
  }
  return {};
}

bool is_named(std::string_view stanza, std::string_view name) {
  if (stanza.size() < name.size() + 2 || stanza[0] != '<' || stanza.substr(1, name.size()) != name) return false;
  char next = stanza[name.size() + 1];
  return next == ' ' || next == '>' || next == '/';
}

}  // namespace homing::peers
