// What both forms of the API read from a request before they know what it asks for, and how they answer. Pure but for
// authenticate(); any thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "edge/business/calls.h"
#include "edge/request.h"
#include "edge/response.h"

namespace homing::business {

// Who asks, by token_of(): 104 without a token, 190 with a wrong one.
Task<Answer<Known>> authenticate(Bots& bots, edge::Request request);
// "Authorization: Bearer x", "OAuth x", or the query's access_token; empty if there is none.
std::string token_of(const edge::Request& request);
// A body as its members, in either encoding; the query's members where there is no body.
Answer<boost::json::object> members_of(const edge::Request& request);
// JSON. With an error that passes: when to try again.
edge::Response answer(int status, std::string body, const GraphError* error = nullptr);

}  // namespace homing::business
