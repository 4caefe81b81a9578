#include "wire/rest.h"

#include "rest.pb.h"
#include "wire/limits.h"
#include "wire/schema.h"

namespace homing::wire {
namespace {

template <class Message>
Result<Message> parse_body(std::string_view json) {
  if (json.size() > limits::kHttpBodyBytesMax) return fail(Code::too_big);
  Message message;
  if (auto parsed = parse(json, Form::json, message); !parsed) return std::unexpected(parsed.error());
  if (auto checked = check_limits(message); !checked) return std::unexpected(checked.error());
  return message;
}

}  // namespace

Result<CodeRequest> parse_code_request(std::string_view json) {
  auto message = parse_body<v1::CodeRequest>(json);
  if (!message) return std::unexpected(message.error());
  return CodeRequest{message->phone()};
}

Result<Registration> parse_registration(std::string_view json) {
  auto message = parse_body<v1::Registration>(json);
  if (!message) return std::unexpected(message.error());
  if (message->code().empty() == message->invite().empty()) {
    return fail(Code::invalid_argument, "Give either a code or an invite.", "code");
  }
  return Registration{message->phone(), message->code(), message->invite(), message->name(), message->device_name()};
}

Result<Linking> parse_linking(std::string_view json) {
  auto message = parse_body<v1::Linking>(json);
  if (!message) return std::unexpected(message.error());
  return Linking{message->code(), message->device_name()};
}

std::string to_json(const Registered& registered) {
  v1::Registered message;
  message.set_account_id(registered.account_id);
  message.set_phone(registered.phone);
  message.set_device_id(registered.device_id);
  message.set_token(registered.token);
  std::string out;
  print_json(message, out);
  return out;
}

std::string to_json(const ServerFacts& facts) {
  v1::ServerFacts message;
  message.set_version(facts.version);
  message.set_registration_by_code(facts.registration_by_code);
  std::string out;
  print_json(message, out);
  return out;
}

}  // namespace homing::wire
