// Who answers which request. Families of routes are asked in turn whether a path is theirs; the family that says so
// has the last word on it, in its own way of refusing. Filled before the first connection, constant afterwards.
//
//     Family& media = routes.family({.claim = below("v1/media")});
//     media.add("GET", "/v1/media/{id}", [this](Request request) { return download(std::move(request)); });
//     media.stream("PUT", "/v1/media/{id}", [this](Request request, Body& body) { ... });
//
// A handler is a plain function that returns a Task; a lambda that captures must not be a coroutine itself
// (docs/STYLE.md, 18).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "edge/body.h"
#include "edge/request.h"
#include "edge/response.h"
#include "wire/limits.h"

namespace homing::edge {

// Gets the request with its body.
using Handler = std::function<Task<Response>(Request)>;
// Gets the request as soon as its head is there, and reads the body. What it leaves unread ends the connection. Both
// outlive the returned task.
using StreamHandler = std::function<Task<Response>(Request, Body&)>;

// Whether a request is a family's: how many segments of its path stand before the family's patterns (a version, say;
// usually 0), or nothing if it is not. Asked with the head.
using Claim = std::function<std::optional<std::size_t>(const Request&)>;
// Makes an answer out of what the machinery refuses: 400, 404, 405, 413.
using Refuse = std::function<Response(int status, const Error& error, const Request& request)>;

// All paths that begin with these segments ("v1/media").
Claim below(std::string_view prefix);

struct FamilyOptions {
  Claim claim;        // none: everything is its
  Refuse refuse;      // none: refused(status, error)
  Handler otherwise;  // for GET and HEAD of paths that have no route; none: 404
  // Whether a POST with X-HTTP-Method-Override is taken for the method that stands there (tus).
  enum class MethodOverride { no, yes } method_override = MethodOverride::no;
};

struct Route {
  std::string method;
  std::vector<std::string> pattern;  // segments; "{name}" stands for any one of is_name_segment()
  std::size_t body_bytes_max = limits::kHttpBodyBytesMax;
  Handler handler;
  StreamHandler stream;  // one of the two
};

class Family {
 public:
  explicit Family(FamilyOptions options) : options_(std::move(options)) {}

  // Of routes that fit, the one with a word where the other has a {name} is taken. GET answers HEAD too, unless there is
  // a route for HEAD; OPTIONS is answered with Allow, unless there is a route. At most kApiBodyBytesMax of body.
  void add(std::string_view method, std::string_view pattern, Handler handler,
           std::size_t body_bytes_max = limits::kHttpBodyBytesMax);
  void stream(std::string_view method, std::string_view pattern, StreamHandler handler);

  Response refuse(int status, const Error& error, const Request& request) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  friend class Routes;
  FamilyOptions options_;
  std::vector<Route> routes_;
};

// What becomes of a request. Either a route or an answer.
struct Match {
  const Family* family = nullptr;
  const Route* route = nullptr;
  const Handler* otherwise = nullptr;
  Response answer;
};

class Routes {
 public:
  // Asked in this order.
  Family& family(FamilyOptions options);
  // The request gets the names of the route's parameters.
  Match find(Request& request) const;

 private:
  std::vector<std::unique_ptr<Family>> families_;
};

}  // namespace homing::edge
