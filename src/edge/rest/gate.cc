#include "edge/rest/gate.h"

#include <fmt/format.h>

#include "edge/upgrade.h"

namespace homing::rest {
namespace {

std::unexpected<Error> named(Error error, const char* limit) {
  error.field = limit;
  error.detail = fmt::format("Too many calls (limit {}). Slow down.", limit);
  return std::unexpected(std::move(error));
}

}  // namespace

std::string Gate::token_of(const edge::Request& request) {
  return std::string(edge::bearer_of(request.header("authorization")));
}

Task<Result<Caller>> Gate::enter(std::string token, std::string address, Act act) {
  if (act == Act::write) {
    auto allowed = address_.take(address, clock_.now());
    if (!allowed) co_return named(allowed.error(), "api_address");
  }
  auto caller = co_await accounts_.authenticate(std::move(token));
  if (!caller || act == Act::read) co_return caller;
  auto allowed = account_.take(std::to_string(caller->account.value), clock_.now());
  if (!allowed) co_return named(allowed.error(), "api_account");
  co_return caller;
}

}  // namespace homing::rest
