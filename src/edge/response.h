// HTTP answers, and the one place where an Error becomes one. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace homing::edge {

struct Response {
  int status = 200;
  std::string_view type;  // MIME type, of static lifetime; empty: no body
  std::string body;
  // Instead of `body`: bytes that live as long as the process, sent without a copy.
  std::string_view file;
  std::vector<std::pair<std::string_view, std::string>> headers;
};

Response json(int status, std::string body);
// The status that proto/errors.proto gives the code, a JSON body, Retry-After where the error has a time.
Response refused(const Error& error);

// What becomes of the connection after the answer.
enum class After { keep, close };

// Status line and headers, up to and including the empty line.
std::string head_of(const Response& response, After connection);

}  // namespace homing::edge
