#include "edge/http.h"

#include <fmt/format.h>

#include <utility>

#include "edge/upgrade.h"
#include "wire/rest.h"

namespace homing::edge {
namespace {

Response wrong_method(std::string allowed) {
  Response response = refused(Error{Code::wrong_method, "This address takes " + allowed + ".", "method", {}});
  response.headers.emplace_back("Allow", std::move(allowed));
  return response;
}

}  // namespace

Http::Http(chat::Accounts& accounts, Clock& clock, Readiness readiness, std::span<const EmbeddedFile> files,
           HttpOptions options)
    : accounts_(accounts),
      clock_(clock),
      readiness_(std::move(readiness)),
      assets_(files),
      options_(std::move(options)),
      registrations_(options_.registrations) {}

Task<Response> Http::answer(Request request) {
  bool posts = request.path == "/v1/register" || request.path == "/v1/register/code";
  if (posts && request.method != "POST") co_return wrong_method("POST");
  if (!posts && request.method != "GET" && request.method != "HEAD") co_return wrong_method("GET, HEAD");

  if (request.path == "/healthz") co_return healthz();
  if (request.path == "/readyz") co_return readyz();
  if (request.path == "/v1/server") co_return server_facts();
  if (request.path == "/v1/me") co_return co_await me(std::move(request));
  if (request.path == "/v1/register/code") co_return co_await send_code(std::move(request));
  if (request.path == "/v1/register") co_return co_await register_device(std::move(request));
  if (request.path.starts_with("/v1/")) co_return refused(Error{Code::not_found, {}, {}, {}});
  co_return assets_.get(request.path, request.if_none_match);
}

Response Http::healthz() const { return json(200, "{\"status\":\"alive\"}"); }

Response Http::readyz() const {
  auto ready = readiness_();
  if (ready) return json(200, "{\"status\":\"ready\"}");
  return refused(ready.error());
}

Response Http::server_facts() const {
  wire::ServerFacts facts{options_.version, accounts_.registration_by_code()};
  return json(200, wire::to_json(facts));
}

Task<Response> Http::me(Request request) {
  std::string token(bearer_of(request.authorization));
  auto caller = co_await accounts_.authenticate(std::move(token));
  if (!caller) co_return refused(caller.error());
  co_return json(
      200, fmt::format("{{\"account_id\":\"{}\",\"device_id\":\"{}\"}}", caller->account.value, caller->device.value));
}

Task<Response> Http::send_code(Request request) {
  auto body = wire::parse_code_request(request.body);
  if (!body) co_return refused(body.error());
  if (auto allowed = registrations_.take(request.peer, clock_.now()); !allowed) co_return refused(allowed.error());

  auto sent = co_await accounts_.send_code(std::move(body->phone));
  if (!sent) co_return refused(sent.error());
  co_return json(202, "{}");
}

Task<Response> Http::register_device(Request request) {
  auto body = wire::parse_registration(request.body);
  if (!body) co_return refused(body.error());
  if (body->code.empty() == body->invite.empty()) {
    co_return refused(Error{Code::invalid_argument, "Send a code or an invitation.", "code", {}});
  }
  if (auto allowed = registrations_.take(request.peer, clock_.now()); !allowed) co_return refused(allowed.error());

  Result<chat::NewDevice> device = fail(Code::unavailable);
  if (!body->code.empty()) {
    device = co_await accounts_.register_by_code(std::move(body->phone), std::move(body->code), std::move(body->name),
                                                 std::move(body->device_name));
  } else {
    device = co_await accounts_.register_by_invite(std::move(body->phone), std::move(body->invite),
                                                   std::move(body->name), std::move(body->device_name));
  }
  if (!device) co_return refused(device.error());
  wire::Registered registered{std::to_string(device->account.value), device->phone,
                              std::to_string(device->device.value), device->token};
  co_return json(200, wire::to_json(registered));
}

}  // namespace homing::edge
