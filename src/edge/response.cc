#include "edge/response.h"

#include <fmt/format.h>

#include "wire/errors.h"

namespace homing::edge {
namespace {

std::string_view phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 460: return "Checksum Mismatch";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 507: return "Insufficient Storage";
    default: return "Answer";
  }
}

// A value that came from outside stays on its line.
void append_line(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  for (char c : value) head += (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F ? ' ' : c;
  head += "\r\n";
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

Response refused(const Error& error) { return refused(wire::facts(error.code).http, error); }

Response refused(int status, const Error& error) {
  Response response = json(status, wire::error_json(error));
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (error.retry_after.count() > 0) {
    response.headers.emplace_back("Retry-After", std::to_string((error.retry_after.count() + 999) / 1000));
  }
  return response;
}

std::string head_of(const Response& response, After after) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, phrase(response.status));
  if (!response.type.empty()) append_line(head, "Content-Type", response.type);
  if (response.status >= 200 && response.status != 204 && response.status != 304) {
    head += fmt::format("Content-Length: {}\r\n", response.length());
  }
  head += "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n";
  for (const auto& [name, value] : response.headers) append_line(head, name, value);
  if (after == After::close) head += "Connection: close\r\n";
  head += "\r\n";
  return head;
}

}  // namespace homing::edge
