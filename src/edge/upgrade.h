// May this request become a WebSocket of ours? Pure; any thread.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "edge/request.h"
#include "edge/response.h"
#include "wire/frame.h"

namespace homing::edge {

inline constexpr std::string_view kWebSocketPath = "/v1/ws";
inline constexpr std::string_view kProtoProtocol = "homing.v1.proto";
inline constexpr std::string_view kJsonProtocol = "homing.v1.json";
// Browsers cannot set headers on a WebSocket: they offer the token as one more subprotocol. It is never echoed.
inline constexpr std::string_view kBearerPrefix = "homing.bearer.";

struct Upgrade {
  wire::Form form = wire::Form::proto;
  std::string token;   // not checked yet; may be empty
  std::string accept;  // for Sec-WebSocket-Accept
};

bool is_websocket_path(std::string_view target);

// The first of our protocols that the client offers is spoken. A request with an Origin is taken when the origin's host
// is the one that was asked, or the origin is in `allowed_origins`.
std::expected<Upgrade, Response> check_upgrade(const RequestHead& head,
                                               const std::vector<std::string>& allowed_origins);

// The 101 answer.
void append_switching(std::string& out, const Upgrade& upgrade);

// "Bearer abc" → "abc"; empty if it is not of this form.
std::string_view bearer_of(std::string_view authorization);

}  // namespace homing::edge
