#include "edge/response.h"

#include <fmt/format.h>

#include "wire/errors.h"

namespace homing::edge {
namespace {

std::string_view phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 202: return "Accepted";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    default: return "Answer";
  }
}

}  // namespace

Response json(int status, std::string body) {
  Response response;
  response.status = status;
  response.type = "application/json";
  response.body = std::move(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response refused(const Error& error) {
  int status = wire::facts(error.code).http;
  Response response = json(status, wire::error_json(error));
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (error.retry_after.count() > 0) {
    response.headers.emplace_back("Retry-After", std::to_string((error.retry_after.count() + 999) / 1000));
  }
  return response;
}

std::string head_of(const Response& response, After after) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, phrase(response.status));
  if (!response.type.empty()) head += fmt::format("Content-Type: {}\r\n", response.type);
  if (response.status != 304) {
    head += fmt::format("Content-Length: {}\r\n", response.file.empty() ? response.body.size() : response.file.size());
  }
  head += "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n";
  for (const auto& [name, value] : response.headers) head += fmt::format("{}: {}\r\n", name, value);
  if (after == After::close) head += "Connection: close\r\n";
  head += "\r\n";
  return head;
}

}  // namespace homing::edge
