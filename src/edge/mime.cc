#include "edge/mime.h"

#include <algorithm>

#include "edge/target.h"
#include "edge/utf8.h"
#include "wire/limits.h"

namespace homing::edge {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool is_token_char(char c) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

std::string_view take_while(std::string_view& text, bool (*fits)(char)) {
  auto end = std::ranges::find_if_not(text, fits);
  std::string_view front = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(front.size());
  return front;
}

// `text` is behind the opening quote; afterwards behind the closing one.
std::optional<std::string> take_quoted(std::string_view& text, Backslash backslash) {
  std::string out;
  while (!text.empty()) {
    char c = text.front();
    text.remove_prefix(1);
    if (c == '"') return out;
    if (is_control(c)) return std::nullopt;
    if (c == '\\' && !text.empty()) {
      bool escapes = backslash == Backslash::escapes || text.front() == '"' || text.front() == '\\';
      // A path that ends in a backslash: the quote behind it closes if nothing else does.
      if (backslash == Backslash::mostly_itself && text == "\"") escapes = false;
      if (escapes) {
        c = text.front();
        if (is_control(c)) return std::nullopt;
        text.remove_prefix(1);
      }
    }
    out += c;
  }
  return std::nullopt;
}

bool is_value_char(char c) { return is_token_char(c) || c == '/'; }

// RFC 8187: UTF-8'en'%e2%82%ac.
std::optional<std::string> extended_value(std::string_view text) {
  std::size_t first = text.find('\'');
  if (first == std::string_view::npos) return std::nullopt;
  std::size_t second = text.find('\'', first + 1);
  if (second == std::string_view::npos || lowered(text.substr(0, first)) != "utf-8") return std::nullopt;
  auto decoded = percent_decode(text.substr(second + 1), Plus::itself);
  if (!decoded || !is_utf8(*decoded)) return std::nullopt;
  return decoded;
}

// Marks that make a name look different from what it is: U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
bool is_reordering(std::string_view three) {
  if (three.size() < 3 || three[0] != '\xE2') return false;
  auto second = static_cast<unsigned char>(three[1]), third = static_cast<unsigned char>(three[2]);
  if (second == 0x80) return third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE);
  return second == 0x81 && third >= 0xA6 && third <= 0xA9;
}

// The longest front of at most this many bytes that ends between two characters.
std::string_view front_of(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

std::optional<std::string_view> Parameters::get(std::string_view name) const {
  for (const auto& [key, text] : params) {
    if (key == name) return text;
  }
  return std::nullopt;
}

std::optional<Parameters> parse_parameters(std::string_view text, Backslash backslash) {
  Parameters parsed;
  skip_blanks(text);
  parsed.value = lowered(take_while(text, is_value_char));
  if (parsed.value.empty()) return std::nullopt;
  for (;;) {
    skip_blanks(text);
    if (text.empty()) return parsed;
    if (text.front() != ';') return std::nullopt;
    text.remove_prefix(1);
    skip_blanks(text);
    if (text.empty() || text.front() == ';') continue;  // RFC 9110 allows an empty parameter
    std::string name = lowered(take_while(text, is_token_char));
    if (name.empty() || text.empty() || text.front() != '=') return std::nullopt;
    text.remove_prefix(1);
    std::string value;
    if (!text.empty() && text.front() == '"') {
      text.remove_prefix(1);
      auto quoted = take_quoted(text, backslash);
      if (!quoted) return std::nullopt;
      value = std::move(*quoted);
    } else {
      value = take_while(text, is_value_char);
      if (value.empty()) return std::nullopt;
    }
    if (parsed.get(name) || parsed.params.size() == limits::kMediaTypeParametersMax) return std::nullopt;
    parsed.params.emplace_back(std::move(name), std::move(value));
  }
}

std::optional<Parameters> parse_media_type(std::string_view text) {
  auto parsed = parse_parameters(text, Backslash::escapes);
  if (!parsed) return std::nullopt;
  std::size_t slash = parsed->value.find('/');
  bool one_inside = slash != std::string::npos && slash != 0 && slash + 1 != parsed->value.size() &&
                    parsed->value.find('/', slash + 1) == std::string::npos;
  return one_inside ? parsed : std::nullopt;
}

std::string file_name_of(const Parameters& disposition) {
  if (auto extended = disposition.get("filename*")) {
    if (auto name = extended_value(*extended)) return *name;
  }
  auto plain = disposition.get("filename");
  return plain && is_utf8(*plain) ? std::string(*plain) : std::string();
}

std::string safe_file_name(std::string_view name) {
  if (!is_utf8(name)) return {};
  if (std::size_t slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (is_reordering(name.substr(i, 3))) {
      i += 2;
      continue;
    }
    // U+0080 to U+009F are control characters too.
    if (name[i] == '\xC2' && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xA0) {
      ++i;
      continue;
    }
    if (static_cast<unsigned char>(name[i]) >= 0x20 && name[i] != 0x7F) out += name[i];
  }
  out = front_of(out, limits::kFileNameBytesMax);
  std::size_t begin = out.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  out = out.substr(begin, out.find_last_not_of(' ') - begin + 1);
  if (out == "." || out == "..") return {};
  return out;
}

std::string content_disposition(Disposition disposition, std::string_view file_name) {
  std::string header = disposition == Disposition::inline_ ? "inline" : "attachment";
  std::string name = safe_file_name(file_name);
  if (name.empty()) return header;
  std::string ascii;
  for (char c : name) {
    bool plain = static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '\\' && c != '%';
    if (plain) {
      ascii += c;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ascii += '_';  // one for each character
    }
  }
  header += "; filename=\"" + ascii + "\"";
  if (ascii != name) header += "; filename*=UTF-8''" + percent_encode(name);
  return header;
}

std::string form_name(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string escape = lowered(text.substr(i, 3));
    if (escape != "%22" && escape != "%0d" && escape != "%0a") {
      out += text[i];
      continue;
    }
    out += escape == "%22" ? '"' : escape == "%0d" ? '\r' : '\n';
    i += 2;
  }
  return out;
}

}  // namespace homing::edge
