// The ways in which people and programs write a message, brought to the one that proto/rest.proto has. Pure; any thread.
//
//   sender_ID, senderId, reciever_ID, receiver_ID ...   sender_id, receiver_id
//   media_id, {"id": ...}                               media_object
//   text: {"body": ...}                                 text
//   contact, a name and a phone as texts                contacts
//   latitude, longitude beside the others (forms)       location
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace homing::rest {

// JSON in, JSON out. `bad_frame` if it is no object.
Result<std::string> spelled(std::string_view json);
// Fields of a form: `location`, `contact` and `contacts` may hold JSON.
Result<std::string> spelled(const std::vector<std::pair<std::string, std::string>>& fields);

// Whether a body of POST /v1/messages is in our form: it names a sender or a receiver in one of our spellings, or it is a
// form. The business API's names `to`.
bool is_plain(std::string_view content_type, std::string_view body);

}  // namespace homing::rest
