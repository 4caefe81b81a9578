// Content-Type and other headers with parameters.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "edge/mime.h"
#include "wire/limits.h"

using namespace homing;
using namespace homing::edge;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (Backslash backslash : {Backslash::escapes, Backslash::mostly_itself}) {
    auto parsed = parse_parameters(text, backslash);
    if (!parsed) continue;
    CHECK(parsed->params.size() <= limits::kMediaTypeParametersMax) << "too many parameters";
    for (const auto& [name, value] : parsed->params) {
      CHECK(!name.empty() && value.find_first_of("\r\n") == std::string::npos) << "a parameter that breaks lines";
      CHECK(parsed->get(name) == value) << "a parameter named twice";
    }
  }
  auto type = parse_media_type(text);
  CHECK(!type || type->value.find('/') != std::string::npos) << "a type without a subtype";
  return 0;
}
