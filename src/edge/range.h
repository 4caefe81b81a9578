// Parts of files and conditions on them (RFC 9110, 13 and 14), as functions of headers. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "edge/request.h"
#include "edge/response.h"

namespace homing::edge {

struct RangeChoice {
  enum class Kind {
    whole,        // no range, one that is no range, or several: the RFC lets a server answer these with everything
    part,         // `first` and `length`, within the file
    unsatisfied,  // 416
  };
  Kind kind = Kind::whole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

// "bytes=0-99", "bytes=100-", "bytes=-100" of a file of this size. A last byte behind the end means the end.
RangeChoice choose_range(std::string_view header, std::uint64_t size);

// What is compared with the conditions of a request: a strong entity tag, quotes included, and a time in full seconds.
struct Validators {
  std::string etag;
  std::optional<Time> modified;
};

enum class Condition { holds, not_modified, failed };  // go on, 304, 412
// If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since, in this order of weight (13.2.2).
Condition check_conditions(const Request& request, const Validators& validators);
// Whether the range of a request is still one of this very file: there is no If-Range, or it names its tag or time.
bool range_applies(const Request& request, const Validators& validators);

// A list of entity tags, or "*", as in If-None-Match. Weak tags are compared by their text (`weak`) or never fit.
enum class Comparison { strong, weak };
bool lists_etag(std::string_view header, std::string_view etag, Comparison comparison);

// "Sun, 06 Nov 1994 08:49:37 GMT". The two obsolete forms are not read: a condition with them does not count.
std::string http_date(Time time);
std::optional<Time> parse_http_date(std::string_view text);

}  // namespace homing::edge
