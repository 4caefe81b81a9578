#include "edge/business/request.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "edge/business/ascii_json.h"
#include "edge/business/lenient.h"

namespace homing::business {

Task<Answer<Known>> authenticate(Bots& bots, edge::Request request) {
  std::string token = token_of(request);
  if (token.empty()) co_return refuse(104, "Give the token as Authorization: Bearer");
  auto known = co_await bots.authenticate(std::move(token));
  if (!known) co_return refuse(known.error());
  co_return std::move(*known);
}

std::string token_of(const edge::Request& request) {
  std::string_view header = request.header("authorization");
  std::size_t blank = header.find(' ');
  std::string scheme(header.substr(0, blank));
  std::ranges::transform(scheme, scheme.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (blank != std::string_view::npos && (scheme == "bearer" || scheme == "oauth")) {
    std::string_view token = header.substr(blank + 1);
    while (token.starts_with(' ')) token.remove_prefix(1);
    while (token.ends_with(' ')) token.remove_suffix(1);
    if (!token.empty()) return std::string(token);
  }
  return std::string(request.query.get("access_token").value_or(std::string_view{}));
}

Answer<json::object> members_of(const edge::Request& request) {
  auto body = parse_body(request.header("content-type"), request.body);
  if (!body) return refuse(body.error());
  for (const auto& [name, value] : request.query.all()) {
    if (!body->contains(js(name))) (*body)[js(name)] = js(value);
  }
  return std::move(*body);
}

edge::Response answer(int status, std::string body, const GraphError* error) {
  edge::Response response = edge::json(status, std::move(body));
  if (error != nullptr && (status == 429 || error->retry_after.count() > 0)) {
    auto whole = std::chrono::ceil<std::chrono::seconds>(error->retry_after).count();
    response.headers.emplace_back("Retry-After", std::to_string(std::max<long long>(1, whole)));
  }
  return response;
}

}  // namespace homing::business
