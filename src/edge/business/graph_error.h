// Refusals in the words of the Graph API (Cloud) and of the On-Premises API. SDKs branch on the numbers, so each number
// stands here once, with the HTTP status and the title that belong to it. Pure; any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace homing::business {

// What is wrong with a request, whichever form it came in.
struct GraphError {
  int code = 131000;
  std::string details;  // for people; may be empty
  int subcode = 0;  // 33: no such object
  int http = 0;  // 0: as the code says
  std::chrono::milliseconds retry_after{0};
  int on_premises = 0;  // its number in that form; 0: as the code says

  friend bool operator==(const GraphError&, const GraphError&) = default;
};

struct GraphFacts {
  int code;
  std::string_view title;
  int http;
};
// Code 131000's for a number that is not in the table.
const GraphFacts& graph_facts(int code);

int http_of(const GraphError& error);

GraphError graph_error(const Error& error);
// A path that is not there, or does not take this method.
GraphError unknown_object(std::string_view method, std::string_view id);

// {"error":{"message","type","code","error_subcode","error_data":{"messaging_product","details"},"fbtrace_id"}}
std::string graph_body(const GraphError& error, std::string_view trace_id);

// The On-Premises form: 1008 for 131008 and so on.
struct OnPremError {
  int code;
  std::string_view title;
  int http;
};
OnPremError on_prem_error(const GraphError& error);
// {"meta":{"api_status","version"},"errors":[{"code","title","details"}]}
std::string on_prem_body(const GraphError& error);

}  // namespace homing::business
