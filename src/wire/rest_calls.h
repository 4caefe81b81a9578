// The table of native REST calls, read from the service of proto/rest.proto. Constant; any thread.
#pragma once

#include <string>
#include <vector>

namespace homing::wire {

struct RestCall {
  std::string name;  // "SendMessage"
  std::string method;
  std::vector<std::string> paths;  // "/v1/media/{id}"
  std::string summary;
  std::string example;  // what to type after `curl`
  bool open = false;  // needs no token
};

const std::vector<RestCall>& rest_calls();

// OpenAPI 3.1 of these calls: bodies with their limits, answers, error codes. `version`: the server's.
std::string openapi_json(const std::string& version);

}  // namespace homing::wire
