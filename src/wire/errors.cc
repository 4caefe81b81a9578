#include "wire/errors.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <unordered_map>

#include "base/check.h"
#include "errors.pb.h"
#include "frames.pb.h"

namespace homing::wire {
namespace {

static_assert(static_cast<int>(Code::bad_frame) == v1::bad_frame);
static_assert(static_cast<int>(Code::phone_invalid) == v1::phone_invalid);
static_assert(static_cast<int>(Code::head_too_big) == v1::head_too_big);
static_assert(static_cast<int>(Code::unauthenticated) == v1::unauthenticated);
static_assert(static_cast<int>(Code::code_undeliverable) == v1::code_undeliverable);
static_assert(static_cast<int>(Code::forbidden) == v1::forbidden);
static_assert(static_cast<int>(Code::unknown_recipient) == v1::unknown_recipient);
static_assert(static_cast<int>(Code::seq_unknown) == v1::seq_unknown);
static_assert(static_cast<int>(Code::conflict) == v1::conflict);
static_assert(static_cast<int>(Code::shutting_down) == v1::shutting_down);

std::unordered_map<int, ErrorFacts> read_descriptors() {
  std::unordered_map<int, ErrorFacts> table;
  const auto* codes = v1::ErrorCode_descriptor();
  for (int i = 0; i < codes->value_count(); ++i) {
    const auto* value = codes->value(i);
    const v1::ErrorFact& fact = value->options().GetExtension(v1::error);
    table[value->number()] = ErrorFacts{value->name(), static_cast<int>(fact.http()), fact.retry(), fact.text()};
  }
  return table;
}

}  // namespace

const ErrorFacts& facts(Code code) {
  static const auto table = read_descriptors();
  auto found = table.find(static_cast<int>(code));
  CHECK(found != table.end()) << "code " << static_cast<int>(code) << " is not in proto/errors.proto";
  return found->second;
}

std::string error_json(const Error& error) {
  v1::Error message;
  message.set_code(static_cast<v1::ErrorCode>(error.code));
  message.set_text(error.detail.empty() ? facts(error.code).text : error.detail);
  message.set_field(error.field);
  message.set_retry_after_ms(static_cast<std::uint32_t>(error.retry_after.count()));
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  return "{\"error\":" + json + "}";
}

}  // namespace homing::wire
