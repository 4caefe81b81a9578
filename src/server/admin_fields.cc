#include "server/admin_fields.h"

#include <charconv>
#include <utility>

namespace homing::server {

namespace json = boost::json;

std::unexpected<Error> bad_field(std::string_view name, std::string detail) {
  return fail(Code::invalid_argument, std::move(detail), std::string(name));
}

Result<std::string> text(const json::object& request, std::string_view name) {
  const json::value* value = request.if_contains(name);
  if (!value) return std::string();
  if (!value->is_string()) return bad_field(name, "A text is expected.");
  return std::string(value->get_string());
}

Result<std::int64_t> number(const json::object& request, std::string_view name, std::int64_t otherwise,
                            std::int64_t max) {
  const json::value* value = request.if_contains(name);
  if (!value) return otherwise;
  if (!value->is_int64() || value->get_int64() < 1 || value->get_int64() > max) {
    return bad_field(name, "A number from 1 to " + std::to_string(max) + " is expected.");
  }
  return value->get_int64();
}

Result<std::uint64_t> id(const json::object& request, std::string_view name) {
  auto written = text(request, name);
  if (!written) return std::unexpected(written.error());
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(written->data(), written->data() + written->size(), value);
  if (error != std::errc() || end != written->data() + written->size()) return bad_field(name, "An id is expected.");
  return value;
}

}  // namespace homing::server
