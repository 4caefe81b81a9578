#include "edge/rest/people.h"

#include <charconv>
#include <optional>

#include "chat/phone.h"

namespace homing::rest {
namespace {

std::optional<AccountId> id_from(const std::string& written) {
  AccountId id;
  const char* end = written.data() + written.size();
  auto [at, error] = std::from_chars(written.data(), end, id.value);
  if (error != std::errc() || at != end) return std::nullopt;
  return id;
}

// Digits alone are a phone number without its plus, unless an account has them for its id. In an address a plus means a
// space: who writes +1555... there unescaped means the plus.
std::string with_plus(const std::string& written) {
  if (written.starts_with(' ')) return "+" + written.substr(1);
  return id_from(written) ? "+" + written : written;
}

}  // namespace

Task<Result<void>> People::check_caller(Caller caller, std::string written, std::string field) {
  if (id_from(written) == caller.account) co_return Result<void>{};
  auto phone = chat::normal_phone(with_plus(written));
  if (phone) {
    wire::FindAccounts own{{}, {caller.account}};
    auto found = co_await chat_.find_accounts(caller, std::move(own));
    if (!found) co_return std::unexpected(found.error());
    if (!found->accounts.empty() && found->accounts.front().phone == *phone) co_return Result<void>{};
  }
  co_return fail(Code::forbidden, "This is not the account of the token.", std::move(field));
}

Task<Result<wire::Recipient>> People::find(Caller caller, std::string written) {
  auto id = id_from(written);
  if (!id) co_return wire::Recipient{wire::Phone{std::move(written)}};
  wire::FindAccounts wanted{{}, {*id}};
  auto found = co_await chat_.find_accounts(caller, std::move(wanted));
  if (!found) co_return std::unexpected(found.error());
  constexpr std::size_t kPhoneDigitsMax = 15;
  if (!found->accounts.empty() || written.size() > kPhoneDigitsMax) co_return wire::Recipient{*id};
  co_return wire::Recipient{wire::Phone{with_plus(written)}};
}

}  // namespace homing::rest
