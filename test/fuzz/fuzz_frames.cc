// Client frames in both forms: the first byte chooses. What decodes is within the schema's limits.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/frame.h"
#include "wire/limits.h"

using namespace homing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  wire::Form form = data[0] % 2 == 0 ? wire::Form::proto : wire::Form::json;
  std::uint64_t request = 0;
  auto frame = wire::decode({reinterpret_cast<const char*>(data) + 1, size - 1}, form, request);
  if (!frame) return 0;
  CHECK(frame->request == request) << "two request numbers";
  if (const auto* send = std::get_if<wire::Send>(&frame->body)) {
    CHECK(send->mentions.size() <= limits::kMentionsMax) << "mentions beyond their limit";
    CHECK(send->expires.ms >= 0) << "a negative time";
    CHECK(send->body.bytes.size() <= limits::kFrameBytesMax) << "a body beyond its limit";
  }
  if (const auto* group = std::get_if<wire::CreateGroup>(&frame->body)) {
    CHECK(!group->name.empty() && group->name.size() <= limits::kGroupNameBytesMax) << "a name beyond its limits";
  }
  if (const auto* find = std::get_if<wire::FindAccounts>(&frame->body)) {
    CHECK(find->phones.size() <= limits::kFindAccountsMax) << "phones beyond their limit";
  }
  return 0;
}
