#include "edge/business/lenient.h"

#include <boost/json/parse.hpp>
#include <charconv>
#include <cmath>

namespace homing::business {
namespace {

std::optional<json::value> parse(std::string_view bytes) {
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  boost::system::error_code failed;
  json::value value = json::parse(json::string_view(bytes.data(), bytes.size()), failed, json::storage_ptr(), options);
  if (failed) return std::nullopt;
  return value;
}

bool valid_utf8(std::string_view text) {
  // Boost.JSON looks at every byte of a string: let it.
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) c = ' ';
    quoted += c;
  }
  quoted += '"';
  return parse(quoted).has_value();
}

bool is_form(std::string_view type) {
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  if (type.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    char c = type[i] >= 'A' && type[i] <= 'Z' ? static_cast<char>(type[i] + 32) : type[i];
    if (c != kForm[i]) return false;
  }
  return true;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What is no escape stands for itself.
std::string unescape(std::string_view in) {
  std::string out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '+') {
      out += ' ';
    } else if (in[i] == '%' && i + 2 < in.size() && hex_digit(in[i + 1]) >= 0 && hex_digit(in[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(in[i + 1]) * 16 + hex_digit(in[i + 2]));
      i += 2;
    } else {
      out += in[i];
    }
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::size_t from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlank) - from + 1);
}

// 1.0e15 is how some clients write an id; fractions keep their shortest form.
std::string text_of_double(double number) {
  char buffer[64];
  bool whole = std::floor(number) == number && std::fabs(number) < 9e15;
  auto end = whole ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<long long>(number))
                   : std::to_chars(buffer, buffer + sizeof buffer, number);
  return {buffer, end.ptr};
}

}  // namespace

Result<json::object> parse_form(std::string_view bytes) {
  if (bytes.size() > kJsonBytesMax) return fail(Code::too_big);
  json::object out;
  std::size_t fields = 0;
  while (!bytes.empty()) {
    if (++fields > kFormFieldsMax) return fail(Code::bad_frame, "The form has too many fields.");
    std::size_t end = bytes.find('&');
    std::string_view field = bytes.substr(0, end);
    bytes = end == std::string_view::npos ? std::string_view{} : bytes.substr(end + 1);
    std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) continue;
    std::string name = unescape(field.substr(0, equals)), value = unescape(field.substr(equals + 1));
    if (!valid_utf8(name) || !valid_utf8(value)) return fail(Code::bad_frame, "The form is not valid UTF-8.");
    out[name] = json::string_view(value.data(), value.size());
  }
  return out;
}

Result<json::object> parse_body(std::string_view content_type, std::string_view bytes) {
  if (bytes.size() > kJsonBytesMax) return fail(Code::too_big);
  std::string_view body = trim(bytes);
  if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);
  if (body.empty()) return json::object();
  if (is_form(content_type) && body.front() != '{') return parse_form(body);
  auto value = parse(body);
  if (!value || !value->is_object()) return fail(Code::bad_frame, "The body is not a JSON object.");
  return std::move(value->get_object());
}

const json::value* member(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(json::string_view(name.data(), name.size()));
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::optional<std::string> text_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string: return std::string(value.get_string().data(), value.get_string().size());
    case json::kind::int64: return std::to_string(value.get_int64());
    case json::kind::uint64: return std::to_string(value.get_uint64());
    case json::kind::double_: return text_of_double(value.get_double());
    case json::kind::bool_: return value.get_bool() ? "true" : "false";
    default: return std::nullopt;
  }
}

std::optional<double> number_of(const json::value& value) {
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  if (value.is_double()) return value.get_double();
  if (!value.is_string()) return std::nullopt;
  std::string_view text = trim({value.get_string().data(), value.get_string().size()});
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<bool> flag_of(const json::value& value) {
  auto text = text_of(value);
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

std::optional<json::object> object_of(const json::value& value) {
  if (value.is_object()) return value.get_object();
  if (!value.is_string()) return std::nullopt;
  auto inner = parse({value.get_string().data(), value.get_string().size()});
  if (!inner || !inner->is_object()) return std::nullopt;
  return std::move(inner->get_object());
}

std::optional<json::array> array_of(const json::value& value) {
  if (value.is_array()) return value.get_array();
  if (!value.is_string()) return std::nullopt;
  auto inner = parse({value.get_string().data(), value.get_string().size()});
  if (!inner || !inner->is_array()) return std::nullopt;
  return std::move(inner->get_array());
}

std::optional<std::string> text_in(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  return value == nullptr ? std::nullopt : text_of(*value);
}
std::optional<double> number_in(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  return value == nullptr ? std::nullopt : number_of(*value);
}
std::optional<bool> flag_in(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  return value == nullptr ? std::nullopt : flag_of(*value);
}
std::optional<json::object> object_in(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  return value == nullptr ? std::nullopt : object_of(*value);
}
std::optional<json::array> array_in(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  return value == nullptr ? std::nullopt : array_of(*value);
}

std::size_t code_points(std::string_view utf8) {
  std::size_t count = 0;
  for (char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

std::string digits_of(std::string_view text) {
  std::string digits;
  for (char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

}  // namespace homing::business
