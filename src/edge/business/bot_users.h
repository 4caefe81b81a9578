// Names of records about users. Private to bots.cc and bot_users.cc.
#pragma once

#include <string>
#include <string_view>

#include "edge/business/lenient.h"

namespace homing::business {

// A further user.
inline std::string user_record(std::string_view name) { return "bot/name/" + std::string(name); }
// The bot itself, by its phone.
inline std::string phone_record(std::string_view phone) { return "bot/user/" + digits_of(phone); }

}  // namespace homing::business
