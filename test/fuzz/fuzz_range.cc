// Range, the conditions on tags and times, and dates: headers of one request, one a line.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "edge/range.h"

using namespace homing;
using namespace homing::edge;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  static constexpr std::string_view kNames[] = {"if-match", "if-none-match", "if-range", "if-modified-since",
                                                "if-unmodified-since"};
  std::uint64_t file_size = data[0] * 1000ull;
  RangeChoice range = choose_range(text.substr(0, text.find('\n')), file_size);
  if (range.kind == RangeChoice::Kind::part) {
    CHECK(range.length > 0 && range.first < file_size && range.length <= file_size - range.first) << "outside the file";
  }
  Request request;
  request.method = data[0] % 2 == 0 ? "GET" : "PUT";
  for (std::string_view name : kNames) {
    std::size_t end = text.find('\n');
    if (!text.substr(0, end).empty()) request.headers.add(name, text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  Validators validators{"\"v1\"", Time{784111777'000}};
  Condition condition = check_conditions(request, validators);
  CHECK(condition != Condition::not_modified || request.method == "GET") << "304 to a change";
  (void)range_applies(request, validators);
  if (auto time = parse_http_date(request.header("if-modified-since"))) {
    auto again = parse_http_date(http_date(*time));
    CHECK(again == time) << "a date that is read and not written";
  }
  return 0;
}
