// Is this text? Text messages of a WebSocket must be. Pure; any thread.
#pragma once

#include <string_view>

namespace homing::edge {

// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);

}  // namespace homing::edge
