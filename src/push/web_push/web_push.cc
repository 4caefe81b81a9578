#include "push/web_push/web_push.h"

#include <fmt/format.h>

#include <algorithm>

#include "push/web_push/sealing.h"

namespace homing {
namespace {

constexpr std::size_t kEndpointBytesMax = 2048;
// A URL as it goes into a header and a request line: visible ASCII.
bool is_plain(const std::string& url) {
  return std::ranges::all_of(url, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

// "https://push.example:8443/x" -> "https://push.example:8443"
std::string origin_of(const std::string& url) {
  std::size_t host = url.find("://") + 3;
  return url.substr(0, std::min(url.find_first_of("/?#", host), url.size()));
}

PushAnswer answer_for(const WebPush::Response& response) {
  using enum PushAnswer::What;
  if (response.status >= 200 && response.status < 300) return {taken, {}};
  if (response.status == 404 || response.status == 410) return {gone, {}};
  if (response.status == 429 || response.status >= 500) return {later, response.retry_after};
  return {refused, {}};
}

}  // namespace

Result<std::unique_ptr<WebPush>> WebPush::open(const std::string& pem, std::string contact, Services services, Ask ask,
                                               Clock& clock, Random& random) {
  auto key = web_push::key_from_pem(pem);
  if (!key) return std::unexpected(key.error());
  return std::unique_ptr<WebPush>(
      new WebPush(std::move(*key), std::move(contact), services, std::move(ask), clock, random));
}

Result<std::string> WebPush::fresh_pem() {
  auto key = web_push::fresh_key();
  if (!key) return std::unexpected(key.error());
  return web_push::to_pem(*key);
}

Result<void> WebPush::check(const PushAddress& address) const {
  const std::string& url = address.endpoint;
  bool known = url.starts_with("https://") || (services_ == Services::plain && url.starts_with("http://"));
  if (!known || url.size() > kEndpointBytesMax || !is_plain(url) || origin_of(url).find('@') != std::string::npos)
    return fail(Code::invalid_argument, "An endpoint is an https URL.", "endpoint");
  if (auto key = web_push::key_from_point(address.key); !key)
    return fail(Code::invalid_argument, key.error().detail, "key");
  if (address.secret.size() != web_push::kSecretBytes)
    return fail(Code::invalid_argument, "A secret has 16 bytes.", "secret");
  return {};
}

Result<WebPush::Request> WebPush::request(const PushAddress& address, const PushMessage& message) {
  auto fresh = web_push::fresh_key();
  if (!fresh) return std::unexpected(fresh.error());
  std::string salt(web_push::kSaltBytes, '\0');
  random_.fill({reinterpret_cast<std::uint8_t*>(salt.data()), salt.size()});
  auto body = web_push::sealed(address, *fresh, salt, message.text);
  if (!body) return std::unexpected(body.error());
  auto authorization = identity_.authorization(origin_of(address.endpoint), clock_.now());
  if (!authorization) return std::unexpected(authorization.error());
  Request request{address.endpoint, {}, std::move(*body)};
  request.headers = {"Authorization: " + *authorization, "Content-Encoding: aes128gcm",
                     "Content-Type: application/octet-stream", fmt::format("TTL: {}", message.keep.count()),
                     "Urgency: high"};
  if (!message.topic.empty()) request.headers.push_back("Topic: " + message.topic);
  return request;
}

Task<Result<PushAnswer>> WebPush::push(PushAddress address, PushMessage message) {
  auto made = request(address, message);
  if (!made) co_return std::unexpected(made.error());
  Request request = std::move(*made);
  auto response = co_await ask_(std::move(request));
  if (!response) co_return std::unexpected(response.error());
  co_return answer_for(*response);
}

}  // namespace homing
