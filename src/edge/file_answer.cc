#include "edge/file_answer.h"

#include <fmt/format.h>

namespace homing::edge {
namespace {

// Opened by itself, a user's file is nobody's page: no scripts, no forms, no origin, nothing loaded.
constexpr std::string_view kFilePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";

}  // namespace

Response file_answer(const Request& request, const ServedFile& file) {
  Condition condition = check_conditions(request, file.validators);
  if (condition == Condition::failed) {
    return refused(412, Error{Code::conflict, "The file is not the one that was asked for.", {}, {}});
  }
  Response response;
  auto& headers = response.headers;
  if (!file.validators.etag.empty()) headers.emplace_back("ETag", file.validators.etag);
  if (file.validators.modified) headers.emplace_back("Last-Modified", http_date(*file.validators.modified));
  headers.emplace_back("Cache-Control", file.cache_control);
  if (condition == Condition::not_modified) {
    response.status = 304;
    return response;
  }

  std::uint64_t size = file.region.length;
  RangeChoice range;
  if (request.method == "GET" && range_applies(request, file.validators)) {
    range = choose_range(request.header("range"), size);
  }
  if (range.kind == RangeChoice::Kind::unsatisfied) {
    Response refusal = refused(416, Error{Code::range_wrong, {}, "range", {}});
    refusal.headers.emplace_back("Content-Range", fmt::format("bytes */{}", size));
    refusal.headers.emplace_back("Accept-Ranges", "bytes");
    return refusal;
  }
  response.type = file.type;
  response.region = file.region;
  headers.emplace_back("Accept-Ranges", "bytes");
  headers.emplace_back("Content-Disposition", content_disposition(file.disposition, file.name));
  headers.emplace_back("Content-Security-Policy", kFilePolicy);
  headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  if (range.kind == RangeChoice::Kind::part) {
    response.status = 206;
    response.region.offset += range.first;
    response.region.length = range.length;
    headers.emplace_back("Content-Range",
                         fmt::format("bytes {}-{}/{}", range.first, range.first + range.length - 1, size));
  }
  return response;
}

}  // namespace homing::edge
