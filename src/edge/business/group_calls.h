// How links and requests to join are spelled for programs. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"

namespace homing::business {

// What people open to join: the web app, with the code of the link.
std::string invite_address(std::string_view origin, std::string_view code);

// Somebody asks once at a time: who it is names the request.
std::string join_request_id(AccountId account);

}  // namespace homing::business
