// What a request asks for: the path in segments and the query in parameters, decoded. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace homing::edge {

// "%41" → "A". Nothing if an escape is not two hex digits. `plus` says what "+" means: itself, or (in forms) a blank.
enum class Plus { itself, blank };
std::optional<std::string> percent_decode(std::string_view text, Plus plus);
// Everything but RFC 3986's unreserved characters escaped.
std::string percent_encode(std::string_view text);

// The parameters of "a=1&b=2", in their order; names may repeat.
class Query {
 public:
  // `bad_frame` for a broken escape, a control character or what is not UTF-8, `too_big` beyond kQueryParametersMax.
  static Result<Query> parse(std::string_view text);

  // The first of this name.
  std::optional<std::string_view> get(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return parameters_; }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

struct Target {
  std::string path;  // decoded; starts with "/"
  // Between the slashes, each decoded by itself: an escaped slash divides nothing. A slash at the end is not counted.
  std::vector<std::string> segments;
  Query query;
};

// "/a%20b/c?d=e" or the same after "http://host". `bad_frame` for what is no path, `too_big` beyond a limit.
Result<Target> parse_target(std::string_view target);

// Whether this may stand for a {parameter} of a path: not empty, not "." or "..", no slash of either kind.
bool is_name_segment(std::string_view segment);

}  // namespace homing::edge
