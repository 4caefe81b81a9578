// Bodies of the native REST calls: the first byte says which.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/rest.h"

using namespace homing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    auto request = wire::parse_code_request(body);
    CHECK(!request || (!request->phone.empty() && request->phone.size() <= 32)) << "a phone beyond its limits";
  } else {
    auto request = wire::parse_registration(body);
    CHECK(!request || (request->name.size() <= 100 && request->code.size() <= 16)) << "a field beyond its limits";
  }
  return 0;
}
