#include "wire/schema.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include <fmt/format.h>

#include <mutex>

#include "base/log.h"
#include "options.pb.h"

namespace homing::wire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// protobuf says that a string is not UTF-8 only through its log, on the thread that parses.
thread_local bool saw_invalid_utf8 = false;

void on_protobuf_log(google::protobuf::LogLevel level, const char* file, int line, const std::string& text) {
  if (text.find("invalid UTF-8") != std::string::npos) {
    saw_invalid_utf8 = true;
  } else if (level >= google::protobuf::LOGLEVEL_ERROR && text.find("parse") == std::string::npos) {
    log::warn("wire.protobuf", {{"text", text}});
  }
}

void listen_to_protobuf() {
  static std::once_flag once;
  std::call_once(once, [] { google::protobuf::SetLogHandler(&on_protobuf_log); });
}

Result<void> check_size(const FieldDescriptor& field, const v1::Limit& limit, const std::string& value) {
  bool text = field.full_name() == "homing.v1.Text.text";
  if (value.size() < limit.min_bytes()) {
    return fail(text ? Code::empty_text : Code::invalid_argument, fmt::format("{} must not be empty.", field.name()),
                field.name());
  }
  if (limit.max_bytes() != 0 && value.size() > limit.max_bytes()) {
    return fail(text ? Code::text_too_long : Code::invalid_argument,
                fmt::format("{} has {} bytes; at most {} are allowed.", field.name(), value.size(), limit.max_bytes()),
                field.name());
  }
  return {};
}

Result<void> check_strings(const Message& message, const FieldDescriptor& field, const v1::Limit& limit, int count) {
  const Reflection& reflection = *message.GetReflection();
  std::string scratch;
  if (!field.is_repeated()) return check_size(field, limit, reflection.GetStringReference(message, &field, &scratch));
  for (int i = 0; i < count; ++i) {
    auto sized = check_size(field, limit, reflection.GetRepeatedStringReference(message, &field, i, &scratch));
    if (!sized) return sized;
  }
  return {};
}

Result<void> check_children(const Message& message, const FieldDescriptor& field, int count) {
  const Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    if (!reflection.HasField(message, &field)) return {};
    return check_limits(reflection.GetMessage(message, &field));
  }
  for (int i = 0; i < count; ++i) {
    auto child = check_limits(reflection.GetRepeatedMessage(message, &field, i));
    if (!child) return child;
  }
  return {};
}

// Protobuf's parser says "(hello.cursor): invalid value ...". The path is part of the schema; the rest is its own affair.
std::string field_named_in(std::string_view said) {
  constexpr std::size_t kPathCharsMax = 100;
  std::size_t open = said.find('(');
  std::size_t close = said.find("):");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  std::string_view path = said.substr(open + 1, close - open - 1);
  bool plain = path.size() <= kPathCharsMax &&
               path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.[]") ==
                   std::string_view::npos;
  return plain ? std::string(path) : std::string();
}

}  // namespace

Result<void> check_limits(const Message& message) {
  const auto* descriptor = message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor& field = *descriptor->field(i);
    if (field.real_containing_oneof() != nullptr && !reflection.HasField(message, &field)) continue;
    const v1::Limit& limit = field.options().GetExtension(v1::limit);
    int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
    if (field.is_repeated() && limit.max_items() != 0 && count > static_cast<int>(limit.max_items())) {
      return fail(Code::invalid_argument,
                  fmt::format("{} has {} items; at most {} are allowed.", field.name(), count, limit.max_items()),
                  field.name());
    }
    Result<void> inner;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      inner = check_strings(message, field, limit, count);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      inner = check_children(message, field, count);
    }
    if (!inner) return inner;
  }
  return {};
}

Result<void> parse(std::string_view bytes, Form form, Message& message) {
  listen_to_protobuf();
  saw_invalid_utf8 = false;
  if (form == Form::proto) {
    message.Clear();
    // Partial: what could be read before the fault stays, so that a refusal can name its request.
    if (message.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()))) return {};
    return fail(saw_invalid_utf8 ? Code::invalid_utf8 : Code::bad_frame);
  }
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  auto status = google::protobuf::util::JsonStringToMessage({bytes.data(), bytes.size()}, &message, options);
  if (status.ok()) return {};
  if (saw_invalid_utf8) return fail(Code::invalid_utf8);
  std::string field = field_named_in({status.message().data(), status.message().size()});
  if (field.empty()) return fail(Code::bad_frame, "This is not a JSON object of the form that is expected here.");
  return fail(Code::bad_frame, "The value of " + field + " does not fit its type.", field);
}

void print_json(const Message& message, std::string& out) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  out += json;
}

}  // namespace homing::wire
