// Targets of requests: paths and queries.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "edge/target.h"
#include "edge/utf8.h"
#include "wire/limits.h"

using namespace homing;
using namespace homing::edge;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto target = parse_target(text);
  if (target) {
    CHECK(target->path == "*" || target->path.starts_with('/')) << "no path";
    CHECK(is_utf8(target->path)) << "a path that is no text";
    CHECK(target->query.all().size() <= limits::kQueryParametersMax) << "too many parameters";
  }
  auto query = Query::parse(text);
  if (query) {
    for (const auto& [name, value] : query->all()) {
      CHECK(is_utf8(name) && is_utf8(value)) << "a parameter that is no text";
      CHECK(query->get(name)) << "a parameter that is not found";
    }
  }
  CHECK(percent_decode(percent_encode(text), Plus::itself) == text) << "not what was encoded";
  return 0;
}
