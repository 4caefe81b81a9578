// JSON as the world's SDKs send it: numbers as strings and strings as numbers, null for what is not there, objects wrapped
// in a string, and whole bodies form-encoded. Reading is by asking: each function says what a value means, or nothing if it
// cannot mean that. Members that nobody asks for do not exist. Pure; any thread.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace homing::business {

namespace json = boost::json;

inline constexpr std::size_t kJsonBytesMax = 256 * 1024;
inline constexpr std::size_t kJsonDepthMax = 24;
inline constexpr std::size_t kFormFieldsMax = 256;

// The members of a body. `bad_frame` when it is not one JSON object (or a form, if the type says so), `too_big` beyond
// kJsonBytesMax. An empty body has no members.
Result<json::object> parse_body(std::string_view content_type, std::string_view bytes);
// application/x-www-form-urlencoded; of fields with the same name the last one counts.
Result<json::object> parse_form(std::string_view bytes);

// The member, or nullptr when it is absent or null.
const json::value* member(const json::object& object, std::string_view name);

// Strings, numbers and booleans as text: "1.5", "106540352242922", "true".
std::optional<std::string> text_of(const json::value& value);
std::optional<double> number_of(const json::value& value);
// true, "true", 1, "1" and their opposites.
std::optional<bool> flag_of(const json::value& value);
// Also out of a string that holds one as JSON.
std::optional<json::object> object_of(const json::value& value);
std::optional<json::array> array_of(const json::value& value);

// The same for a member; nothing, also when it is absent.
std::optional<std::string> text_in(const json::object& object, std::string_view name);
std::optional<double> number_in(const json::object& object, std::string_view name);
std::optional<bool> flag_in(const json::object& object, std::string_view name);
std::optional<json::object> object_in(const json::object& object, std::string_view name);
std::optional<json::array> array_in(const json::object& object, std::string_view name);

// Unicode code points of valid UTF-8.
std::size_t code_points(std::string_view utf8);
// The decimal digits of a text, without anything else.
std::string digits_of(std::string_view text);

}  // namespace homing::business
