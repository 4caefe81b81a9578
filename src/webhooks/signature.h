// What proves to a receiver that a body comes from us and was not changed. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace homing::webhooks {

// "sha256=<HMAC-SHA-256 of exactly these bytes, lower-case hex>": the value of X-Hub-Signature-256.
std::string signature_256(std::string_view secret, std::string_view body);
// "sha1=<HMAC-SHA-1>": the value of X-Hub-Signature, for old receivers.
std::string signature_1(std::string_view secret, std::string_view body);

}  // namespace homing::webhooks
