// Accounts: a device that is in lets a new one in, by a code that is shown there and read here.
#include <array>

#include "chat/accounts.h"
#include "chat/token.h"
#include "wire/limits.h"

namespace homing::chat {
namespace {

std::string link_key(const std::string& code) { return "link/" + to_hex(hash_secret(code)); }
// How many codes this account may still make in this hour.
std::string budget_key(AccountId account) { return "links/" + std::to_string(account.value); }

}  // namespace

Task<Result<Invite>> Accounts::link_code(AccountId account) {
  if (auto spent = co_await spend_budget(budget_key(account), limits::kLinkCodesPerHourMax, {}); !spent)
    co_return std::unexpected(spent.error());
  std::array<std::uint8_t, 16> secret;
  random_.fill(secret);
  Invite invite{to_base64url(secret), clock_.now() + limits::kLinkCodeLife};

  Ticket ticket;
  ticket.key = link_key(invite.code);
  ticket.hash = hash_secret(invite.code);
  ticket.issued = clock_.now();
  ticket.expires = invite.expires;
  ticket.attempts_left = 1;
  ticket.account = account;
  auto stored = co_await directory_.put(std::move(ticket));
  if (!stored) co_return std::unexpected(stored.error());
  co_return invite;
}

Task<Result<NewDevice>> Accounts::link_device(std::string code, std::string device_name) {
  auto ticket = co_await directory_.ticket(link_key(code));
  if (!ticket && ticket.error().code != Code::not_found) co_return std::unexpected(ticket.error());
  if (!ticket || ticket->expires <= clock_.now()) co_return fail(Code::link_code_invalid, {}, "code");
  auto account = co_await directory_.account(ticket->account);
  if (!account) co_return std::unexpected(account.error());
  if ((*account)->life == Life::ended) co_return fail(Code::link_code_invalid, {}, "code");
  // Used before the device is made: of two at the same moment one gets it.
  auto used = co_await directory_.erase(std::move(*ticket));
  if (!used) {
    co_return used.error().code == Code::conflict ? fail(Code::link_code_invalid, {}, "code")
                                                  : std::unexpected(used.error());
  }
  co_return co_await add_device((*account)->id, (*account)->phone, std::move(device_name));
}

}  // namespace homing::chat
