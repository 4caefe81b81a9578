// Bodies of message requests in both forms of the business API: the first byte says which, and how the body is encoded.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "edge/business/lenient.h"
#include "edge/business/message_in.h"
#include "events.pb.h"

using namespace homing;
using namespace homing::business;

namespace {

void check_message(const OutgoingMessage& message) {
  CHECK(!message.to.empty()) << "nobody to send to";
  CHECK(message.callback_data.size() <= 512) << "callback data beyond its limit";
  v1::Content content;
  CHECK(content.ParseFromString(message.content)) << "the content cannot be read";
  CHECK(content.kind_case() != v1::Content::KIND_NOT_SET) << "nothing is said";
  CHECK(code_points(content.text().text()) <= 4096) << "text beyond its limit";
  CHECK(message.content.size() <= 256 * 1024) << "content beyond all limits";
  CHECK(content.has_reaction() == !message.reacted_to.empty()) << "a reaction to nothing";
  if (message.media) {
    auto whole = complete(message.content, *message.media, MediaFacts{"1", "image/png", 1});
    CHECK(whole || whole.error().code == 131053) << "a file does not fit in";
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  Api api = data[0] % 2 == 0 ? Api::cloud : Api::on_premises;
  std::string_view type = data[0] / 2 % 2 == 0 ? "application/json" : "application/x-www-form-urlencoded";
  auto request = read_message(type, body, api);
  if (!request) {
    std::string answer = api == Api::cloud ? graph_body(request.error(), "t") : on_prem_body(request.error());
    CHECK(parse_body("", answer)) << "the refusal is not JSON";
    for (char c : answer) CHECK(c >= 0x20 && c < 0x7f) << "the refusal is not ASCII";
  } else if (const auto* message = std::get_if<OutgoingMessage>(&*request)) {
    check_message(*message);
  } else {
    CHECK(!std::get<ReadUpTo>(*request).message_id.empty()) << "nothing to read";
  }
  return 0;
}
