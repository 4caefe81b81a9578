// What the operator's commands read out of a request, and how they write ids.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace homing::server {

std::unexpected<Error> bad_field(std::string_view name, std::string detail);
// A text; empty if it is not there.
Result<std::string> text(const boost::json::object& request, std::string_view name);
// From 1 to `max`.
Result<std::int64_t> number(const boost::json::object& request, std::string_view name, std::int64_t otherwise,
                            std::int64_t max);
Result<std::uint64_t> id(const boost::json::object& request, std::string_view name);
// Ids are written as texts: JSON's numbers are not exact in every reader.
std::string id_text(auto id) { return std::to_string(id.value); }

}  // namespace homing::server
