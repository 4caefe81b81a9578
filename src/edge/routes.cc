#include "edge/routes.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/check.h"

namespace homing::edge {
namespace {

std::vector<std::string> segments_of(std::string_view pattern) {
  std::vector<std::string> segments;
  while (!pattern.empty()) {
    if (pattern.front() == '/') pattern.remove_prefix(1);
    if (pattern.empty()) break;
    std::size_t slash = pattern.find('/');
    segments.emplace_back(pattern.substr(0, slash));
    pattern.remove_prefix(slash == std::string_view::npos ? pattern.size() : slash);
  }
  return segments;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool fits(const std::vector<std::string>& pattern, std::span<const std::string> path) {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_parameter(pattern[i]) ? !is_name_segment(path[i]) : pattern[i] != path[i]) return false;
  }
  return true;
}

// Both fit the same path: the earlier word wins.
bool is_narrower(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (is_parameter(a[i]) != is_parameter(b[i])) return is_parameter(b[i]);
  }
  return false;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void note(std::vector<std::string>& methods, const std::string& method) {
  if (std::ranges::find(methods, method) == methods.end()) methods.push_back(method);
}

}  // namespace

Claim below(std::string_view prefix) {
  return [wanted = segments_of(prefix)](const Request& request) -> std::optional<std::size_t> {
    bool ours =
        request.segments.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), request.segments.begin());
    return ours ? std::optional<std::size_t>(0) : std::nullopt;
  };
}

void Family::add(std::string_view method, std::string_view pattern, Handler handler, std::size_t body_bytes_max) {
  CHECK(body_bytes_max <= limits::kApiBodyBytesMax) << "larger bodies are streamed";
  routes_.push_back(Route{std::string(method), segments_of(pattern), body_bytes_max, std::move(handler), {}});
}

void Family::stream(std::string_view method, std::string_view pattern, StreamHandler handler) {
  routes_.push_back(Route{std::string(method), segments_of(pattern), 0, {}, std::move(handler)});
}

Response Family::refuse(int status, const Error& error, const Request& request) const {
  return options_.refuse ? options_.refuse(status, error, request) : refused(status, error);
}

Family& Routes::family(FamilyOptions options) {
  return *families_.emplace_back(std::make_unique<Family>(std::move(options)));
}

Match Routes::find(Request& request) const {
  Match match;
  if (request.path == "*") {
    match.answer.status = request.method == "OPTIONS" ? 204 : 400;
    return match;
  }
  std::size_t skipped = 0;
  for (const auto& family : families_) {
    std::optional<std::size_t> claimed = family->options_.claim ? family->options_.claim(request) : 0;
    if (!claimed || *claimed > request.segments.size()) continue;
    skipped = *claimed;
    match.family = family.get();
    break;
  }
  if (match.family == nullptr) {
    match.answer = refused(Error{Code::not_found, {}, {}, {}});
    return match;
  }
  const FamilyOptions& options = match.family->options_;
  if (options.method_override == FamilyOptions::MethodOverride::yes && request.method == "POST" &&
      request.headers.has("x-http-method-override")) {
    request.method = request.header("x-http-method-override");
  }

  auto path = std::span<const std::string>(request.segments).subspan(skipped);
  const Route* get = nullptr;
  std::vector<std::string> allowed;
  auto keep_narrower = [](const Route*& best, const Route& route) {
    if (best == nullptr || is_narrower(route.pattern, best->pattern)) best = &route;
  };
  for (const Route& route : match.family->routes_) {
    if (!fits(route.pattern, path)) continue;
    note(allowed, route.method);
    if (route.method == "GET") note(allowed, "HEAD");
    if (route.method == request.method) keep_narrower(match.route, route);
    if (route.method == "GET") keep_narrower(get, route);
  }
  bool reads = request.method == "GET" || request.method == "HEAD";
  if (match.route == nullptr && request.method == "HEAD") match.route = get;
  if (match.route != nullptr) {
    for (std::size_t i = 0; i < path.size(); ++i) {
      const std::string& segment = match.route->pattern[i];
      if (is_parameter(segment)) request.params.emplace_back(segment.substr(1, segment.size() - 2), path[i]);
    }
    return match;
  }
  if (allowed.empty() && options.otherwise) {
    if (reads) {
      match.otherwise = &options.otherwise;
      return match;
    }
    allowed = {"GET", "HEAD"};
  }
  if (allowed.empty()) {
    match.answer = match.family->refuse(404, Error{Code::not_found, {}, {}, {}}, request);
    return match;
  }
  std::string methods = joined(allowed);
  if (request.method == "OPTIONS") {
    match.answer.status = 204;
  } else {
    Error error{Code::wrong_method, "This address takes " + methods + ".", "method", {}};
    match.answer = match.family->refuse(405, error, request);
  }
  match.answer.headers.emplace_back("Allow", std::move(methods));
  return match;
}

}  // namespace homing::edge
