// A form, fed whole and in small pieces: both say the same.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "edge/multipart.h"
#include "edge/utf8.h"

using homing::edge::MultipartReader;
using Event = MultipartReader::Event;

namespace {

std::string told(std::string_view form, std::size_t piece) {
  MultipartReader reader("xyz");
  std::string out;
  std::size_t parts = 0, data = 0, size = form.size();
  for (;;) {
    switch (reader.next()) {
      case Event::more:
        if (form.empty()) reader.finish();
        reader.feed(form.substr(0, piece));
        form.remove_prefix(std::min(piece, form.size()));
        break;
      case Event::part:
        CHECK(++parts <= homing::limits::kMultipartPartsMax) << "too many parts";
        CHECK(homing::edge::is_utf8(reader.part().name)) << "a name that is no text";
        out += "[" + reader.part().name + "|" + reader.part().file_name.value_or("") + "|" + reader.part().type + ":";
        break;
      case Event::data:
        CHECK(!reader.data().empty()) << "no progress";
        data += reader.data().size();
        CHECK(data <= size) << "more than came";
        out += reader.data();
        break;
      case Event::part_ended: out += "]"; break;
      case Event::ended: return out + "end";
      case Event::malformed:
        CHECK(!reader.error().detail.empty()) << "malformed without a reason";
        CHECK(reader.next() == Event::malformed) << "malformed, then not";
        return out + "!" + reader.error().detail;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view form(reinterpret_cast<const char*>(data), size);
  std::string whole = told(form, size + 1);
  CHECK(told(form, 1) == whole) << "byte by byte it is another form";
  CHECK(told(form, 7) == whole) << "in pieces it is another form";
  (void)homing::edge::multipart_boundary(form);
  return 0;
}
