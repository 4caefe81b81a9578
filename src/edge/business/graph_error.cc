#include "edge/business/graph_error.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "edge/business/ascii_json.h"
#include "edge/business/meta.h"
#include "wire/errors.h"

namespace homing::business {
namespace {

namespace json = boost::json;

constexpr auto kGraph = std::to_array<GraphFacts>({
    {0, "AuthException", 401},
    {1, "API unknown", 500},
    {2, "API service", 503},
    {4, "API too many calls", 429},
    {10, "Permission denied", 403},
    {33, "Parameter value is not valid", 400},
    {100, "Invalid parameter", 400},
    {104, "An access token is required to request this resource", 401},
    {190, "Invalid OAuth access token", 401},
    {368, "Temporarily blocked for policies violations", 403},
    {80007, "Rate limit issues", 429},
    {130429, "Rate limit hit", 429},
    {131000, "Something went wrong", 500},
    {131005, "Access denied", 403},
    {131008, "Required parameter is missing", 400},
    {131009, "Parameter value is not valid", 400},
    {131016, "Service unavailable", 503},
    {131021, "Recipient cannot be sender", 400},
    {131026, "Message undeliverable", 400},
    {131031, "Account has been locked", 403},
    {131047, "Re-engagement message", 400},
    {131051, "Unsupported message type", 400},
    {131052, "Media download error", 400},
    {131053, "Media upload error", 400},
    {131056, "(Business Account, Consumer Account) pair rate limit hit", 429},
    {132000, "Number of parameters does not match the expected number of params", 400},
    {132001, "Template name does not exist in the translation", 404},
    {133010, "Phone number not registered", 400},
});

// Those that no number of the Graph API stands for.
constexpr auto kOnPremises = std::to_array<OnPremError>({
    {1001, "Message too long", 400},
    {1002, "Invalid recipient type", 400},
    {1014, "Internal error", 500},
    {1025, "Request not valid", 400},
});

struct Mapped {
  int graph;
  int subcode = 0;
  int http = 0;
};

Mapped mapped(Code code) {
  switch (code) {
    case Code::bad_frame: return {100};
    case Code::too_big: return {100, 0, 413};
    case Code::invalid_argument: return {131009};
    case Code::invalid_utf8: return {100};
    case Code::empty_text: return {131009};
    case Code::text_too_long: return {131009};
    case Code::unknown_kind: return {131051};
    case Code::bad_client_id: return {100};
    case Code::phone_invalid: return {131026};
    case Code::wrong_method: return {100, 33};
    case Code::upgrade_required: return {100};
    case Code::head_too_big: return {100};
    case Code::unauthenticated: return {190};
    case Code::registration_closed: return {10};
    case Code::invite_invalid: return {10};
    case Code::code_wrong: return {10};
    case Code::code_expired: return {10};
    case Code::too_many_attempts: return {130429};
    case Code::code_undeliverable: return {131000};
    case Code::forbidden: return {131005};
    case Code::unknown_recipient: return {131026};
    case Code::unknown_conversation: return {100, 33};
    case Code::not_a_member: return {131005};
    case Code::not_an_admin: return {131005};
    case Code::group_full: return {131009};
    case Code::already_member: return {131009};
    case Code::not_a_group: return {131009};
    case Code::client_id_reused: return {131009};
    case Code::phone_taken: return {131009};
    case Code::not_found: return {100, 33};
    case Code::seq_unknown: return {131009};
    case Code::not_the_author: return {131005};
    case Code::media_unknown: return {100};
    case Code::media_wrong_type: return {131053};
    case Code::media_too_big: return {100};
    case Code::quota_exceeded: return {131053};
    case Code::range_wrong: return {100, 0, 416};
    case Code::media_dangerous: return {131053};
    case Code::too_late: return {131009};
    case Code::message_deleted: return {131009};
    case Code::not_wanted: return {131005};
    case Code::link_code_invalid: return {10};
    case Code::last_admin: return {131009};
    case Code::link_invalid: return {131009};
    case Code::already_asked: return {131009};
    case Code::not_asked: return {131009};
    case Code::too_many_asking: return {131009};
    case Code::conflict: return {2};
    case Code::rate_limited: return {130429};
    case Code::unavailable: return {131016};
    case Code::read_only: return {131016};
    case Code::corrupt: return {131000};
    case Code::shutting_down: return {131016};
  }
  return {131000};
}

}  // namespace

const GraphFacts& graph_facts(int code) {
  const auto* found = std::ranges::find(kGraph, code, &GraphFacts::code);
  if (found == kGraph.end()) found = std::ranges::find(kGraph, 131000, &GraphFacts::code);
  return *found;
}

int http_of(const GraphError& error) { return error.http != 0 ? error.http : graph_facts(error.code).http; }

GraphError graph_error(const Error& error) {
  Mapped to = mapped(error.code);
  std::string details = error.detail.empty() ? wire::facts(error.code).text : error.detail;
  if (!error.field.empty()) details = error.field + ": " + details;
  return {to.graph, std::move(details), to.subcode, to.http, error.retry_after};
}

GraphError unknown_object(std::string_view method, std::string_view id) {
  std::string verb(method);
  for (char& c : verb) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return {100,
          "Unsupported " + verb + " request. Object with ID '" + std::string(id) +
              "' does not exist, cannot be loaded due to missing permissions, or does not support this operation",
          33};
}

std::string graph_body(const GraphError& error, std::string_view trace_id) {
  const GraphFacts& facts = graph_facts(error.code);
  bool no_object = error.subcode == 33;
  std::string message = no_object ? error.details : "(#" + std::to_string(error.code) + ") " + std::string(facts.title);
  json::object inner;
  inner["message"] = js(message);
  inner["type"] = no_object ? "GraphMethodException" : "OAuthException";
  inner["code"] = error.code;
  if (error.subcode != 0) inner["error_subcode"] = error.subcode;
  if (!error.details.empty()) {
    inner["error_data"] = json::object{{"messaging_product", "whatsapp"}, {"details", js(error.details)}};
  }
  if (http_of(error) == 503) inner["is_transient"] = true;
  inner["fbtrace_id"] = js(trace_id);
  return ascii_json(json::object{{"error", std::move(inner)}});
}

namespace {

OnPremError on_prem_facts(const GraphError& error) {
  if (error.on_premises != 0) {
    const auto* found = std::ranges::find(kOnPremises, error.on_premises, &OnPremError::code);
    if (found != kOnPremises.end()) return *found;
  }
  if (error.subcode == 33) return {1006, "Resource not found", 404};
  switch (error.code) {
    case 0:
    case 104:
    case 190: return {1005, "Access denied", 401};
    case 10:
    case 131005: return {1005, "Access denied", 403};
    case 4:
    case 80007:
    case 130429:
    case 131056: return {1015, "Too many requests", 429};
    case 2:
    case 131016: return {1016, "System overloaded", 503};
    case 100: return {1009, "Parameter value is not valid", 400};
    case 131008: return {1008, "Required parameter is missing", 400};
    case 131009: return {1009, "Parameter value is not valid", 400};
    case 131021: return {1021, "Bad user", 400};
    case 131026: return {1013, "User is not valid", 400};
    case 131051: return {501, "Message type is not currently supported", 400};
    case 131052:
    case 131053: return {1009, "Parameter value is not valid", 400};
    case 132000:
    case 132001: return {1009, "Parameter value is not valid", 400};
    case 133010: return {1011, "Service not ready", 400};
    default: return {1014, "Internal error", 500};
  }
}

}  // namespace

OnPremError on_prem_error(const GraphError& error) {
  OnPremError facts = on_prem_facts(error);
  if (error.http != 0) facts.http = error.http;
  return facts;
}

std::string on_prem_body(const GraphError& error) {
  OnPremError facts = on_prem_error(error);
  json::object one{{"code", facts.code}, {"title", js(facts.title)}};
  if (!error.details.empty()) one["details"] = js(error.details);
  return ascii_json(json::object{{"meta", meta()}, {"errors", json::array{std::move(one)}}});
}

}  // namespace homing::business
