// What every On-Premises answer says about the API itself. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>

namespace homing::business {

// The last version that the original had.
inline boost::json::object meta() { return {{"api_status", "stable"}, {"version", "2.53.4"}}; }

}  // namespace homing::business
