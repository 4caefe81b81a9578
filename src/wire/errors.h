// What the contract says of each error code, read from the descriptors of proto/errors.proto. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace homing::wire {

struct ErrorFacts {
  std::string name;   // "not_a_member"
  int http = 500;
  bool retry = false;
  std::string text;   // one sentence for people
};

const ErrorFacts& facts(Code code);

// {"error":{"code":"not_a_member","text":"...","field":"...","retry_after_ms":0}}: the body of every refused HTTP call.
std::string error_json(const Error& error);

}  // namespace homing::wire
