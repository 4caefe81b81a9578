// HTTP answers, and the one place where an Error becomes one. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "edge/file_region.h"

namespace homing::edge {

struct Response {
  int status = 200;
  std::string type;  // MIME type; empty: none is named
  std::string body;
  // Instead of `body`: bytes that live as long as the process, sent without a copy.
  std::string_view file;
  // Instead of `body`: a part of a file. It must not get shorter meanwhile.
  FileRegion region;
  // Names are of static lifetime. Line breaks in a value do not get out.
  std::vector<std::pair<std::string_view, std::string>> headers;

  std::uint64_t length() const {
    if (region.file != nullptr) return region.length;
    return file.empty() ? body.size() : file.size();
  }
};

Response json(int status, std::string body);
// The status that proto/errors.proto gives the code, a JSON body, Retry-After where the error has a time.
Response refused(const Error& error);
// The same with a status that no code has (501), or another family's.
Response refused(int status, const Error& error);

// What becomes of the connection after the answer.
enum class After { keep, close };

// Status line and headers, up to and including the empty line.
std::string head_of(const Response& response, After connection);

}  // namespace homing::edge
