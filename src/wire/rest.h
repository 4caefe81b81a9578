// Bodies of the native REST calls (proto/rest.proto), checked against the schema's limits. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace homing::wire {

struct CodeRequest {
  std::string phone;
};
struct Registration {
  std::string phone;
  std::string code;
  std::string invite;
  std::string name;
  std::string device_name;
};
struct Linking {
  std::string code;
  std::string device_name;
};
struct Registered {
  std::string account_id;
  std::string phone;
  std::string device_id;
  std::string token;
};
struct ServerFacts {
  std::string version;
  bool registration_by_code = false;
};

Result<CodeRequest> parse_code_request(std::string_view json);
Result<Registration> parse_registration(std::string_view json);
Result<Linking> parse_linking(std::string_view json);
std::string to_json(const Registered& registered);
std::string to_json(const ServerFacts& facts);

}  // namespace homing::wire
