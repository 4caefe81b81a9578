// What was said: out of an event, and as the members of a webhook's message. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "edge/business/wamid.h"
#include "events.pb.h"
#include "model/event.h"

namespace homing::business {

// The part of a message that everybody may read; what cannot be read is not supported.
v1::Content content_of(const Sealed& sealed);

// A tap on one of a message's buttons, or on a row of its list.
enum class Tapped { button, row };

// Adds `type` and the object of that name (and `errors` for what bots cannot be told).
void add_content(const v1::Content& content, Tapped tapped, Api api, boost::json::object& message);
void add_unsupported(std::string_view details, boost::json::object& message);
// "errors"[i]: code, title, message, error_data.
boost::json::object error_object(int code, std::string_view details, Api api);

}  // namespace homing::business
