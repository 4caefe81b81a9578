#include "server/push.h"

#include <charconv>
#include <filesystem>

#include "push/web_push/web_push.h"
#include "server/private_file.h"

namespace homing::server {
namespace {

constexpr std::size_t kKeyBytesMax = 4096;
constexpr std::chrono::seconds kAnswerLimit{20};
constexpr std::int64_t kRetrySecondsMax = 24 * 3600;

std::string contact_of(const Config& config) {
  if (!config.push_contact.empty()) return config.push_contact;
  return config.public_url.starts_with("https://") ? config.public_url : std::string();
}

// Seconds; services send no dates.
std::chrono::milliseconds seconds_in(const std::string& retry_after) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), value);
  bool read = error == std::errc{} && end == retry_after.data() + retry_after.size() && value > 0;
  return std::chrono::seconds(read ? std::min(value, kRetrySecondsMax) : 0);
}

Task<Result<WebPush::Response>> ask(webhooks::Outgoing& outgoing, WebPush::Request request) {
  webhooks::HttpRequest http;
  http.method = webhooks::Method::post;
  http.url = std::move(request.url);
  http.headers = std::move(request.headers);
  http.body = std::move(request.body);
  http.limit = kAnswerLimit;
  http.errand = webhooks::Errand::delivery;
  auto answer = co_await outgoing.ask(std::move(http));
  if (!answer) co_return std::unexpected(answer.error());
  co_return WebPush::Response{answer->status, seconds_in(answer->retry_after)};
}

Result<std::string> key_in(const std::filesystem::path& path) {
  auto kept = read_private(path, kKeyBytesMax);
  if (!kept) return std::unexpected(kept.error());
  if (*kept) return std::move(**kept);
  auto fresh = WebPush::fresh_pem();
  if (!fresh) return fresh;
  if (auto written = write_private(path, *fresh); !written) return std::unexpected(written.error());
  return fresh;
}

}  // namespace

Result<std::unique_ptr<PushGateway>> push_gateway(const Config& config, webhooks::Outgoing& outgoing, Clock& clock,
                                                  Random& random) {
  std::string contact = contact_of(config);
  if (contact.empty()) return std::unique_ptr<PushGateway>();
  if (!contact.starts_with("mailto:") && !contact.starts_with("https://"))
    return fail(Code::invalid_argument, "push.contact: a mailto: or https: URL is expected.");
  std::filesystem::path path = std::filesystem::path(config.data) / "push.key";
  auto pem = key_in(path);
  if (!pem) return std::unexpected(pem.error());
  // Who lets webhooks lead to this machine develops here.
  auto services = config.webhooks_allow.empty() ? WebPush::Services::tls : WebPush::Services::plain;
  WebPush::Ask way = [&outgoing](WebPush::Request request) { return ask(outgoing, std::move(request)); };
  auto opened = WebPush::open(*pem, std::move(contact), services, std::move(way), clock, random);
  if (!opened) return fail(opened.error().code, path.string() + ": " + opened.error().detail);
  return std::move(*opened);
}

}  // namespace homing::server
