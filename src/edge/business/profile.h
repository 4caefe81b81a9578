// What a bot says of itself in its business profile, as both forms of the API spell it. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <functional>

#include "edge/business/calls.h"

namespace homing::business {

inline constexpr std::size_t kProfileAboutMax = 139;  // code points

// What these members make of a bot's business profile; 100 for what is too long, or cannot be kept here.
Answer<std::function<void(Bot&)>> profile_change(const boost::json::object& said);

}  // namespace homing::business
