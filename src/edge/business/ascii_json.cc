#include "edge/business/ascii_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <cstdint>

namespace homing::business {
namespace {

namespace json = boost::json;

void write_unit(std::uint32_t unit, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[unit >> shift & 15];
}

void write_point(std::uint32_t point, std::string& out) {
  if (point < 0x10000) return write_unit(point, out);
  write_unit(0xD800 + ((point - 0x10000) >> 10), out);
  write_unit(0xDC00 + ((point - 0x10000) & 0x3FF), out);
}

// Takes one code point off the front of a text that begins with a byte from 0x80 on; U+FFFD for a byte that is none.
std::uint32_t take_point(std::string_view& text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : byte(0) >= 0xC2 ? 2 : 0;
  std::uint32_t point = length == 0 ? 0 : byte(0) & (0xFFu >> (length + 1));
  bool valid = length != 0 && byte(0) <= 0xF4 && text.size() >= length;
  for (unsigned i = 1; valid && i < length; ++i) {
    valid = (byte(i) & 0xC0) == 0x80;
    point = point << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (valid) valid = point >= kLeast[length] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  text.remove_prefix(valid ? length : 1);
  return valid ? point : 0xFFFD;
}

void write_text(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    auto c = static_cast<unsigned char>(text.front());
    if (c >= 0x80) {
      write_point(take_point(text), out);
      continue;
    }
    text.remove_prefix(1);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || c == 0x7F) {
      write_unit(c, out);
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
}

template <class Number>
void write_number(Number number, std::string& out) {
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
  out.append(buffer, end.ptr);
}

// Depth is bounded by who built the value.
void write(const json::value& value, std::string& out) {  // NOLINT(misc-no-recursion)
  switch (value.kind()) {
    case json::kind::null: out += "null"; return;
    case json::kind::bool_: out += value.get_bool() ? "true" : "false"; return;
    case json::kind::int64: return write_number(value.get_int64(), out);
    case json::kind::uint64: return write_number(value.get_uint64(), out);
    case json::kind::double_: return write_number(value.get_double(), out);
    case json::kind::string: return write_text({value.get_string().data(), value.get_string().size()}, out);
    case json::kind::array: {
      char before = '[';
      for (const json::value& item : value.get_array()) {
        out += before;
        before = ',';
        write(item, out);
      }
      out += before == '[' ? "[]" : "]";
      return;
    }
    case json::kind::object: {
      char before = '{';
      for (const auto& item : value.get_object()) {
        out += before;
        before = ',';
        write_text({item.key().data(), item.key().size()}, out);
        out += ':';
        write(item.value(), out);
      }
      out += before == '{' ? "{}" : "}";
      return;
    }
  }
}

}  // namespace

std::string ascii_json(const json::value& value) {
  std::string out;
  write(value, out);
  return out;
}

}  // namespace homing::business
