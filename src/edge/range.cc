#include "edge/range.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace homing::edge {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// A number that does not fit is as large as can be.
std::uint64_t number_of(std::string_view digits) {
  std::uint64_t number = 0;
  auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc::result_out_of_range ? UINT64_MAX : number;
}

// Takes the next entry off a list of tags; nothing at its end or where it is no tag.
std::optional<std::string_view> next_etag(std::string_view& list) {
  while (!list.empty() && (list.front() == ' ' || list.front() == '\t' || list.front() == ',')) list.remove_prefix(1);
  std::size_t quote = list.starts_with("W/") ? 2 : 0;
  if (list.size() <= quote || list[quote] != '"') return std::nullopt;
  std::size_t end = list.find('"', quote + 1);
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view tag = list.substr(0, end + 1);
  list.remove_prefix(end + 1);
  return tag;
}

// Conditions on times count in full seconds.
std::int64_t seconds_of(Time time) { return time.ms / 1000; }

}  // namespace

RangeChoice choose_range(std::string_view header, std::uint64_t size) {
  RangeChoice whole;
  header = trimmed(header);
  std::size_t equals = header.find('=');
  if (equals == std::string_view::npos || !has_token(header.substr(0, equals), "bytes")) return whole;
  std::string_view set = header.substr(equals + 1);
  if (set.find(',') != std::string_view::npos) return whole;
  std::size_t dash = set.find('-');
  if (dash == std::string_view::npos) return whole;
  std::string_view from = trimmed(set.substr(0, dash)), to = trimmed(set.substr(dash + 1));
  if (!is_digits(from) || !is_digits(to) || (from.empty() && to.empty())) return whole;

  RangeChoice unsatisfied{RangeChoice::Kind::unsatisfied, 0, 0};
  if (from.empty()) {
    std::uint64_t length = std::min(number_of(to), size);
    if (length == 0) return unsatisfied;
    return {RangeChoice::Kind::part, size - length, length};
  }
  std::uint64_t first = number_of(from);
  std::uint64_t last = to.empty() ? UINT64_MAX : number_of(to);
  if (last < first) return whole;  // not a range by its grammar
  if (first >= size) return unsatisfied;
  return {RangeChoice::Kind::part, first, std::min(last, size - 1) - first + 1};
}

bool lists_etag(std::string_view header, std::string_view etag, Comparison comparison) {
  if (trimmed(header) == "*") return true;
  while (auto tag = next_etag(header)) {
    if (tag->starts_with("W/")) {
      if (comparison == Comparison::strong) continue;
      tag->remove_prefix(2);
    }
    if (*tag == etag) return true;
  }
  return false;
}

Condition check_conditions(const Request& request, const Validators& validators) {
  const Headers& headers = request.headers;
  bool reads = request.method == "GET" || request.method == "HEAD";
  if (headers.has("if-match")) {
    if (!lists_etag(headers.get("if-match"), validators.etag, Comparison::strong)) return Condition::failed;
  } else if (auto since = parse_http_date(headers.get("if-unmodified-since")); since && validators.modified) {
    if (seconds_of(*validators.modified) > seconds_of(*since)) return Condition::failed;
  }
  if (headers.has("if-none-match")) {
    if (lists_etag(headers.get("if-none-match"), validators.etag, Comparison::weak)) {
      return reads ? Condition::not_modified : Condition::failed;
    }
  } else if (auto since = parse_http_date(headers.get("if-modified-since")); reads && since && validators.modified) {
    if (seconds_of(*validators.modified) <= seconds_of(*since)) return Condition::not_modified;
  }
  return Condition::holds;
}

bool range_applies(const Request& request, const Validators& validators) {
  if (!request.headers.has("if-range")) return true;
  std::string_view wanted = trimmed(request.header("if-range"));
  if (wanted.starts_with("\"") || wanted.starts_with("W/")) return wanted == validators.etag;
  auto time = parse_http_date(wanted);
  return time && validators.modified && seconds_of(*time) == seconds_of(*validators.modified);
}

std::string http_date(Time time) {
  std::chrono::sys_seconds at{std::chrono::seconds(seconds_of(time))};
  auto day = std::chrono::floor<std::chrono::days>(at);
  std::chrono::year_month_day date{day};
  std::chrono::hh_mm_ss clock{at - day};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::optional<Time> parse_http_date(std::string_view text) {
  text = trimmed(text);
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return std::nullopt;
  if (text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':') return std::nullopt;
  for (auto [at, size] : {std::pair{5, 2}, {12, 4}, {17, 2}, {20, 2}, {23, 2}}) {
    if (!is_digits(text.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(size)))) return std::nullopt;
  }
  auto month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(static_cast<int>(number_of(text.substr(12, 4)))),
                                   std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
                                   std::chrono::day(static_cast<unsigned>(number_of(text.substr(5, 2))))};
  std::uint64_t hour = number_of(text.substr(17, 2)), minute = number_of(text.substr(20, 2)),
                second = number_of(text.substr(23, 2));
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  auto of_day = static_cast<std::int64_t>(hour * 3600 + minute * 60 + second);
  return Time{(days * 86400 + of_day) * 1000};
}

}  // namespace homing::edge
