#include "edge/http.h"

#include <fmt/format.h>

#include <utility>

#include "edge/upgrade.h"
#include "wire/rest.h"

namespace homing::edge {
namespace {

std::string registered_json(const chat::NewDevice& device) {
  wire::Registered registered{std::to_string(device.account.value), device.phone, std::to_string(device.device.value),
                              device.token};
  return wire::to_json(registered);
}

}  // namespace

Http::Http(chat::Accounts& accounts, Clock& clock, Readiness readiness, std::span<const EmbeddedFile> files,
           HttpOptions options)
    : accounts_(accounts),
      clock_(clock),
      readiness_(std::move(readiness)),
      assets_(files),
      options_(std::move(options)),
      registrations_(options_.registrations) {
  add_routes();
}

void Http::add_routes() {
  native_ = &own_.family({.claim = below("v1"), .refuse = {}, .otherwise = {}});
  native_->add("GET", "/v1/server", [this](Request request) { return server_facts(std::move(request)); });
  native_->add("GET", "/v1/me", [this](Request request) { return me(std::move(request)); });
  native_->add("POST", "/v1/register/code", [this](Request request) { return send_code(std::move(request)); });
  native_->add("POST", "/v1/register", [this](Request request) { return register_device(std::move(request)); });
  native_->add("POST", "/v1/devices/link", [this](Request request) { return link_device(std::move(request)); });

  Handler page_of = [this](Request request) { return page(std::move(request)); };
  Family& site = own_.family({.claim = {}, .refuse = {}, .otherwise = std::move(page_of)});
  site.add("GET", "/healthz", [this](Request request) { return healthz(std::move(request)); });
  site.add("GET", "/readyz", [this](Request request) { return readyz(std::move(request)); });
}

Match Http::find(Request& request) const {
  Match match = others_.find(request);
  return match.family != nullptr ? match : own_.find(request);
}

Task<Response> Http::healthz(Request) { co_return json(200, "{\"status\":\"alive\"}"); }

Task<Response> Http::readyz(Request) {
  auto ready = readiness_();
  if (!ready) co_return refused(ready.error());
  co_return json(200, "{\"status\":\"ready\"}");
}

Task<Response> Http::server_facts(Request) {
  wire::ServerFacts facts{options_.version, accounts_.registration_by_code()};
  co_return json(200, wire::to_json(facts));
}

Task<Response> Http::page(Request request) {
  co_return assets_.get(request.path, {request.header("if-none-match"), request.header("accept-encoding")});
}

Task<Response> Http::me(Request request) {
  std::string token(bearer_of(request.header("authorization")));
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
  co_return json(200, registered_json(*device));
}

Task<Response> Http::link_device(Request request) {
  auto body = wire::parse_linking(request.body);
  if (!body) co_return refused(body.error());
  if (auto allowed = registrations_.take(request.peer, clock_.now()); !allowed) co_return refused(allowed.error());
  auto device = co_await accounts_.link_device(std::move(body->code), std::move(body->device_name));
  if (!device) co_return refused(device.error());
  co_return json(200, registered_json(*device));
}

}  // namespace homing::edge
