// Names of files and MIME types from strangers: what comes out is harmless, and cleaning it again changes nothing.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "chat/file_names.h"
#include "wire/limits.h"

using namespace homing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view written(reinterpret_cast<const char*>(data), size);
  std::string name = chat::clean_file_name(written);
  CHECK(name.size() <= limits::kFileNameBytesMax) << "a name is too long";
  CHECK(name.find_first_of(std::string_view("/\\\r\n\0", 5)) == name.npos) << "a name holds a separator";
  CHECK(chat::clean_file_name(name) == name) << "a clean name is cleaned again";
  std::string type = chat::clean_mime_type(written);
  CHECK(type.size() <= limits::kMimeTypeBytesMax) << "a type is too long";
  CHECK(chat::clean_mime_type(type) == type) << "a clean type is cleaned again";
  CHECK(chat::folded(chat::folded(written)) == chat::folded(written)) << "a small letter becomes another";
  return 0;
}
