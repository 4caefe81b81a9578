#include "edge/upgrade.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace homing::edge {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
constexpr std::size_t kKeyChars = 24;                                        // 16 bytes in base64

std::string accept_for(std::string_view key) {
  std::string text(key);
  text += kGuid;
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1> encoded;
  int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size)};
}

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

bool is_key(std::string_view key) {
  return key.size() == kKeyChars && key.ends_with("==") && std::ranges::all_of(key.substr(0, kKeyChars - 2), is_base64);
}

bool origin_allowed(const RequestHead& head, const std::vector<std::string>& allowed) {
  if (head.origin.empty()) return true;
  if (std::ranges::find(allowed, head.origin) != allowed.end()) return true;
  std::size_t scheme = head.origin.find("://");
  return scheme != std::string_view::npos && !head.host.empty() && head.origin.substr(scheme + 3) == head.host;
}

std::unexpected<Response> refuse(Code code, std::string why, std::string field) {
  return std::unexpected(refused(Error{code, std::move(why), std::move(field), {}}));
}

}  // namespace

bool is_websocket_path(std::string_view target) { return target.substr(0, target.find('?')) == kWebSocketPath; }

std::string_view bearer_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    char c = authorization[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != kScheme[i]) return {};
  }
  return authorization.substr(kScheme.size());
}

std::expected<Upgrade, Response> check_upgrade(const RequestHead& head,
                                               const std::vector<std::string>& allowed_origins) {
  if (head.method != "GET") {
    auto answer = refuse(Code::wrong_method, "A WebSocket begins with GET.", "method");
    answer.error().headers.emplace_back("Allow", "GET");
    return answer;
  }
  if (!has_token(head.upgrade, "websocket") || !has_token(head.connection, "upgrade")) {
    auto answer = refuse(Code::upgrade_required, "This address speaks WebSocket only.", "Upgrade");
    answer.error().headers.emplace_back("Upgrade", "websocket");
    return answer;
  }
  if (!head.http_1_1) return refuse(Code::invalid_argument, "A WebSocket begins with HTTP/1.1.", "version");
  if (head.websocket_version != "13") {
    auto answer = refuse(Code::upgrade_required, "The WebSocket version is 13.", "Sec-WebSocket-Version");
    answer.error().headers.emplace_back("Sec-WebSocket-Version", "13");
    return answer;
  }
  if (!is_key(head.websocket_key)) {
    return refuse(Code::invalid_argument, "The key is 16 bytes in base64.", "Sec-WebSocket-Key");
  }
  if (!origin_allowed(head, allowed_origins)) {
    return refuse(Code::forbidden, "Pages of this origin may not connect here.", "Origin");
  }

  Upgrade upgrade;
  bool spoken = false;
  std::string_view offered = head.websocket_protocol;
  for (std::string_view entry = next_token(offered); !entry.empty(); entry = next_token(offered)) {
    if (entry.starts_with(kBearerPrefix)) upgrade.token = entry.substr(kBearerPrefix.size());
    if (spoken || (entry != kProtoProtocol && entry != kJsonProtocol)) continue;
    spoken = true;
    upgrade.form = entry == kJsonProtocol ? wire::Form::json : wire::Form::proto;
  }
  if (!spoken) {
    return refuse(Code::invalid_argument, "Offer the subprotocol homing.v1.proto or homing.v1.json.",
                  "Sec-WebSocket-Protocol");
  }
  if (std::string_view bearer = bearer_of(head.authorization); !bearer.empty()) upgrade.token = bearer;
  upgrade.accept = accept_for(head.websocket_key);
  return upgrade;
}

void append_switching(std::string& out, const Upgrade& upgrade) {
  out += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
  out += upgrade.accept;
  out += "\r\nSec-WebSocket-Protocol: ";
  out += upgrade.form == wire::Form::json ? kJsonProtocol : kProtoProtocol;
  out += "\r\n\r\n";
}

}  // namespace homing::edge
