// Messages and uploads over REST: the first byte says what is read.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "edge/rest/spelling.h"
#include "edge/rest/tus_header.h"
#include "wire/limits.h"
#include "wire/rest_message.h"

using namespace homing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 4 == 1) {
    auto metadata = rest::parse_upload_metadata(text);
    CHECK(!metadata || metadata->filename.size() <= text.size()) << "more than was written";
    return 0;
  }
  if (data[0] % 4 == 2) {
    auto checksum = rest::parse_checksum(text);
    if (checksum && *checksum) (void)rest::matches(**checksum, text);
    return 0;
  }
  auto spelled = rest::spelled(text);
  if (!spelled) return 0;
  auto audience = data[0] % 4 == 3 ? wire::Audience::own_status : wire::Audience::somebody;
  auto message = wire::parse_new_message(*spelled, audience, wire::Attached::no);
  CHECK(!message || message->text.size() <= limits::kTextBytesMax) << "a text beyond its limit";
  return 0;
}
