// Holds a decoded message against the limits that its schema declares. Private to wire/.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/frame.h"

namespace homing::wire {

// The first field that is longer, shorter or more numerous than its `limit` option allows, as an error that names it.
Result<void> check_limits(const google::protobuf::Message& message);

// Parses either form into `message`. `bad_frame` if it is not decodable, `invalid_utf8` if a text is not UTF-8.
// Fields that were read before the fault stay in `message`.
Result<void> parse(std::string_view bytes, Form form, google::protobuf::Message& message);

// The JSON form, with the field names of the schema.
void print_json(const google::protobuf::Message& message, std::string& out);

}  // namespace homing::wire
