// Numbers in a query. Pure; any thread.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "edge/target.h"

namespace homing::rest {

// Decimal digits alone.
inline std::optional<std::uint64_t> number_from(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// `usual` where the query does not say it; `invalid_argument` for what is no number from `min` to `max`.
inline Result<std::uint64_t> number_in(const edge::Query& query, std::string_view name, std::uint64_t min,
                                       std::uint64_t max, std::uint64_t usual) {
  auto text = query.get(name);
  if (!text) return usual;
  auto number = number_from(*text);
  if (number && *number >= min && *number <= max) return *number;
  return fail(Code::invalid_argument, fmt::format("{} is a number from {} to {}.", name, min, max), std::string(name));
}

}  // namespace homing::rest
