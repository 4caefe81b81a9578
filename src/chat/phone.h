// Phone numbers are how people find each other, so every way of writing one must lead to the same text. Pure; any thread.
//
// The only user of libphonenumber. Its tables (a few MiB) are loaded by the first call, not at start.
#pragma once

#include <string>

#include "base/result.h"

namespace homing::chat {

// The number in E.164 form ("+15551230001"); `phone_invalid` unless it was written in international form (with the
// plus) and is possible for its country. Numbers of reserved ranges such as +1 555 are possible without being assigned:
// servers are tried out with them.
Result<std::string> normal_phone(const std::string& written);

}  // namespace homing::chat
