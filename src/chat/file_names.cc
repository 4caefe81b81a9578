#include "chat/file_names.h"

#include <algorithm>

#include "wire/limits.h"

namespace homing::chat {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;  // 0: what stands here is no UTF-8
};

Character first_of(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
  char32_t code = lead & (0x7f >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kSmallest[bytes] || code > 0x10ffff || surrogate) return {};
  return {code, bytes};
}

void append(std::string& out, char32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

// Invisible, or able to turn the text around it: a name must look like what it is.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200e && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

char32_t small(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c >= 0xc0 && c <= 0xde && c != 0xd7) return c + 32;                            // À to Þ
  if (c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) return c | 1;            // Ā ā Ă ă ...
  if (c >= 0x139 && c <= 0x148) return c + (c & 1);                                  // Ĺ ĺ ...
  if (c >= 0x14a && c <= 0x177) return c | 1;
  if (c >= 0x179 && c <= 0x17e) return c + (c & 1);                                  // Ź ź ...
  if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2) return c + 32;                         // Α to Ω
  if (c >= 0x410 && c <= 0x42f) return c + 32;                                       // А to Я
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  return c;
}

char small_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$&^_.+-").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string clean_file_name(std::string_view written) {
  std::size_t slash = written.find_last_of("/\\");
  if (slash != written.npos) written.remove_prefix(slash + 1);
  std::string out;
  while (!written.empty()) {
    Character c = first_of(written);
    std::size_t bytes = std::max<std::size_t>(c.bytes, 1);
    if (c.bytes > 0 && !is_control(c.code)) {
      if (out.size() + bytes > limits::kFileNameBytesMax) break;
      out += written.substr(0, bytes);
    }
    written.remove_prefix(bytes);
  }
  return out == "." || out == ".." ? std::string() : out;
}

std::string clean_mime_type(std::string_view written) {
  std::string type(written.substr(0, written.find(';')));
  std::ranges::transform(type, type.begin(), small_letter);
  std::erase(type, ' ');
  std::size_t slash = type.find('/');
  if (type.size() > limits::kMimeTypeBytesMax || slash == type.npos) return {};
  std::string_view view(type);
  return is_token(view.substr(0, slash)) && is_token(view.substr(slash + 1)) ? type : std::string();
}

std::string codecs_of(std::string_view written) {
  constexpr std::size_t kCodecsBytesMax = 100;
  constexpr std::string_view kName = "codecs=";
  while (written.find(';') != written.npos) {
    written.remove_prefix(written.find(';') + 1);
    while (written.starts_with(' ')) written.remove_prefix(1);
    std::string name(written.substr(0, kName.size()));
    std::ranges::transform(name, name.begin(), small_letter);
    if (name != kName) continue;
    std::string_view value = written.substr(kName.size());
    value = value.substr(0, value.find(';'));
    while (value.ends_with(' ')) value.remove_suffix(1);
    bool quoted = value.size() > 2 && value.starts_with('"') && value.ends_with('"');
    std::string_view list = quoted ? value.substr(1, value.size() - 2) : value;
    bool harmless = !list.empty() && list.size() <= kCodecsBytesMax && std::ranges::all_of(list, [quoted](char c) {
      bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      return plain || c == '.' || c == '-' || c == '_' || (quoted && (c == ',' || c == ' '));
    });
    return harmless ? "; codecs=" + std::string(value) : std::string();
  }
  return {};
}

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    Character c = first_of(text);
    std::size_t bytes = std::max<std::size_t>(c.bytes, 1);
    if (c.bytes == 1 || c.bytes == 2) {
      append(out, small(c.code));
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return out;
}

}  // namespace homing::chat
