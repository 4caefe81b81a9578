// JSON that is pure ASCII: whoever escapes it again, or reads it in another encoding, sees the same bytes. Receivers check
// a signature over them. Pure; any thread.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace homing::business {

// Every code unit from U+007F on is written \uXXXX; what is not UTF-8 becomes U+FFFD. Numbers in their shortest form.
std::string ascii_json(const boost::json::value& value);

// A text as a JSON value.
inline boost::json::string_view js(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace homing::business
