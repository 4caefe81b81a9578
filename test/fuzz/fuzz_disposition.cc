// Names of files: from a Content-Disposition, and from anywhere into one of ours.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "edge/mime.h"
#include "edge/utf8.h"
#include "wire/limits.h"

using namespace homing;
using namespace homing::edge;

namespace {

void check_name(std::string_view name) {
  std::string safe = safe_file_name(name);
  CHECK(is_utf8(safe) && safe.size() <= limits::kFileNameBytesMax) << "not a name";
  CHECK(safe != "." && safe != ".." && safe.find_first_of("/\\") == std::string::npos) << "a path";
  CHECK(safe_file_name(safe) == safe) << "safe, and then not";
  std::string header = content_disposition(Disposition::attachment, name);
  bool one_line = std::ranges::all_of(header, [](char c) { return c >= 0x20 && c < 0x7F; });
  CHECK(one_line) << "not for a header";
  auto parsed = parse_parameters(header, Backslash::escapes);
  CHECK(parsed && parsed->value == "attachment") << "we write what we do not read";
  CHECK(file_name_of(*parsed) == safe) << "another name comes back";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  check_name(text);
  auto parsed = parse_parameters(text, Backslash::mostly_itself);
  if (parsed) check_name(file_name_of(*parsed));
  CHECK(form_name(text).size() <= size) << "a longer name";
  return 0;
}
