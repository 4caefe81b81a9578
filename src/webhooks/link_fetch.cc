#include "webhooks/link_fetch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

namespace homing::webhooks {
namespace {

constexpr int kOk = 200;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    bool escaped = text[i] == '%' && i + 2 < text.size();
    if (escaped) {
      auto [end, error] = std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
      escaped = error == std::errc() && end == text.data() + i + 3;
    }
    out += escaped ? static_cast<char>(byte) : text[i];
    if (escaped) i += 2;
  }
  return out;
}

// One parameter of a header as `name=value` or `name="value"`, unquoted.
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at < header.size()) {
    std::string_view rest = trimmed(header.substr(at + 1));
    std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::string key(trimmed(rest.substr(0, equals)));
    std::ranges::transform(key, key.begin(), lower);
    std::string_view written = trimmed(rest.substr(equals + 1));
    std::string value;
    std::size_t used = 0;
    if (written.starts_with('"')) {
      for (used = 1; used < written.size() && written[used] != '"'; ++used) {
        if (written[used] == '\\' && used + 1 < written.size()) ++used;
        value += written[used];
      }
    } else {
      used = std::min(written.find(';'), written.size());
      value = trimmed(written.substr(0, used));
    }
    if (key == name) return value;
    std::size_t next = written.find(';', used);
    if (next == std::string_view::npos) return std::nullopt;
    header = written;
    at = next;
  }
  return std::nullopt;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto lead = static_cast<unsigned char>(text[i]);
    std::size_t length = lead < 0x80                   ? 1
                         : lead >= 0xC2 && lead < 0xE0 ? 2
                         : (lead & 0xF0) == 0xE0       ? 3
                         : lead >= 0xF0 && lead < 0xF5 ? 4
                                                       : 0;
    if (length == 0 || i + length > text.size()) return false;
    std::uint32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      point = point << 6 | (next & 0x3Fu);
    }
    if ((length == 3 && point < 0x800) || (length == 4 && point < 0x10000) || (point >= 0xD800 && point < 0xE000) ||
        point > 0x10FFFF)
      return false;
    i += length;
  }
  return true;
}

// The last part of what may be a path, without what a file's name must not hold; empty if nothing is left.
std::string plain_name(std::string name) {
  name.erase(0, name.find_last_of("/\\") + 1);
  std::erase_if(name, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (name == "." || name == ".." || !is_utf8(name)) return {};
  if (name.size() > kFileNameBytesMax) {
    name.resize(kFileNameBytesMax);
    while (!is_utf8(name)) name.pop_back();
  }
  return name;
}

Error about_link(Error error) {
  if (error.field.empty() || error.field == "url") error.field = "link";
  return error;
}

}  // namespace

std::string media_type_of(std::string_view content_type) {
  std::string type(trimmed(content_type.substr(0, content_type.find(';'))));
  std::ranges::transform(type, type.begin(), lower);
  bool whole = type.find('/') != std::string::npos &&
               std::ranges::all_of(type, [](unsigned char c) { return c > 0x20 && c < 0x7F && c != ','; });
  return whole ? type : std::string();
}

std::string file_name_of(std::string_view disposition, std::string_view url) {
  if (auto extended = parameter(disposition, "filename*")) {
    std::size_t mark = extended->find("''");
    std::string charset = extended->substr(0, std::min(mark, extended->size()));
    std::ranges::transform(charset, charset.begin(), lower);
    if (mark != std::string::npos && charset == "utf-8") {
      std::string name = plain_name(decoded(std::string_view(*extended).substr(mark + 2)));
      if (!name.empty()) return name;
    }
  }
  if (auto plain = parameter(disposition, "filename")) {
    std::string name = plain_name(std::move(*plain));
    if (!name.empty()) return name;
  }
  std::string_view path = url.substr(0, url.find_first_of("?#"));
  std::size_t host = path.find("//");
  if (host != std::string_view::npos) path.remove_prefix(host + 2);
  std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : plain_name(decoded(path.substr(slash + 1)));
}

Task<Result<FetchedLink>> LinkFetch::fetch(std::string url, std::size_t bytes_max, Sink sink) {
  HttpRequest request;
  request.url = std::move(url);
  request.limit = kLinkLimit;
  request.redirects_max = kLinkRedirectsMax;
  auto bytes = std::make_shared<std::size_t>(0);
  // Not a coroutine: it only counts, and hands on.
  Sink counted = [bytes, sink = std::move(sink)](std::string chunk) {
    *bytes += chunk.size();
    return sink(std::move(chunk));
  };
  auto answer = co_await outgoing_.stream(std::move(request), bytes_max, std::move(counted));
  if (!answer) co_return std::unexpected(about_link(answer.error()));
  if (answer->status >= 400 && answer->status < 500) {
    co_return fail(Code::not_found, fmt::format("The link answered {}.", answer->status), "link");
  }
  if (answer->status != kOk) {
    co_return fail(Code::unavailable, fmt::format("The link answered {}.", answer->status), "link");
  }
  FetchedLink fetched{media_type_of(answer->content_type), file_name_of(answer->disposition, answer->url), *bytes};
  co_return fetched;
}

}  // namespace homing::webhooks
