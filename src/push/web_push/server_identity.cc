#include "push/web_push/server_identity.h"

#include <fmt/format.h>

#include <chrono>

#include "push/web_push/base64.h"

namespace homing::web_push {
namespace {

using std::chrono::hours;

// At most a day, RFC 8292, 2; made anew long before that.
constexpr hours kTokenLife{12};
constexpr hours kRenewAfter{6};
constexpr std::size_t kOriginsMax = 1000;  // more are made up: then all are forgotten

// A contact comes from the settings: quotes and backslashes would end the JSON text.
std::string json_text(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out;
}

}  // namespace

ServerIdentity::ServerIdentity(Key key, std::string contact)
    : key_(std::move(key)), contact_(std::move(contact)), point_(point_of(key_).value_or("")) {}

Result<std::string> ServerIdentity::authorization(const std::string& origin, Time now) {
  auto kept = tokens_.with([&](auto& tokens) -> std::string {
    auto found = tokens.find(origin);
    return found == tokens.end() || found->second.renew <= now ? std::string() : found->second.header;
  });
  if (!kept.empty()) return kept;

  std::int64_t ends = (now + kTokenLife).ms / 1000;
  std::string head = to_base64("{\"typ\":\"JWT\",\"alg\":\"ES256\"}");
  std::string claims = to_base64(
      fmt::format("{{\"aud\":\"{}\",\"exp\":{},\"sub\":\"{}\"}}", json_text(origin), ends, json_text(contact_)));
  std::string text = head + "." + claims;
  auto signed_by_us = signature(key_, text);
  if (!signed_by_us) return signed_by_us;
  std::string header = fmt::format("vapid t={}.{}, k={}", text, to_base64(*signed_by_us), to_base64(point_));
  tokens_.with([&](auto& tokens) {
    if (tokens.size() >= kOriginsMax) tokens.clear();
    tokens.insert_or_assign(origin, Token{header, now + kRenewAfter});
  });
  return header;
}

}  // namespace homing::web_push
