// Client ids for events of which the server itself is the author's device, or whose author named them in another way.
// Any thread.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "model/event.h"

namespace homing::chat {

// A UUIDv7 (RFC 9562, section 5.7): an id made later is larger, which the store finds to be new without a look at the disk
// (docs/decisions/0016).
ClientId fresh_client_id(Time now, Random& random);

// The id that always stands for this key; `domain` keeps two kinds of keys apart. Smaller than every UUIDv7 of our time, so
// that it does not make later ones look old.
ClientId client_id_of(std::string_view domain, std::string_view key);

}  // namespace homing::chat
