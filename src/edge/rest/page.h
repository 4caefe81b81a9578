// The page that lists the calls for people, at /api. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace homing::rest {

std::string api_page();
extern const std::string_view kApiStyle;
// Nothing runs on it, nothing is loaded but its style.
extern const std::string_view kApiPolicy;

}  // namespace homing::rest
