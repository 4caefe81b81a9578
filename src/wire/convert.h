// Between generated protobuf classes and the model's values. Private to wire/.
#pragma once

#include <string_view>

#include "base/result.h"
#include "events.pb.h"
#include "model/event.h"

namespace homing::wire {

void fill(v1::Header& out, const Header& header);
// `corrupt` if the header has no kind that this version knows.
Result<Header> header_from(const v1::Header& in);
void fill(v1::Envelope& out, const Envelope& envelope);
ClientId client_id_from(std::string_view sixteen_bytes);
std::string_view view(const ClientId& id);

}  // namespace homing::wire
