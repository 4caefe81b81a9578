#include "chat/presence.h"

#include "base/log.h"
#include "chat/contacts.h"

namespace homing::chat {

Task<Result<std::optional<wire::Presence>>> Presence::seen_by(AccountId viewer, AccountId account) {
  const std::optional<wire::Presence> nothing;
  auto shown = co_await directory_.account(account);
  if (!shown && shown.error().code == Code::not_found) co_return nothing;
  if (!shown) co_return std::unexpected(shown.error());
  if ((*shown)->life == Life::ended) co_return nothing;
  auto mine = co_await directory_.account(viewer);
  if (!mine) co_return std::unexpected(mine.error());
  // What one hides from the other one does not see of them.
  auto forth = co_await admits(directory_, *shown, (*shown)->privacy.last_seen, viewer);
  if (!forth) co_return std::unexpected(forth.error());
  auto back = co_await admits(directory_, *mine, (*mine)->privacy.last_seen, account);
  if (!back) co_return std::unexpected(back.error());
  if (!*forth || !*back) co_return nothing;
  auto last = co_await seen_.person(account);
  if (!last) co_return std::unexpected(last.error());
  co_return std::optional(wire::Presence{account, hub_.online(account), *last});
}

Task<Result<wire::Presences>> Presence::of(AccountId viewer, std::vector<AccountId> accounts) {
  wire::Presences presences;
  for (AccountId account : accounts) {
    auto presence = co_await seen_by(viewer, account);
    if (!presence) co_return std::unexpected(presence.error());
    presences.presences.push_back(presence->value_or(wire::Presence{account, false, {}}));
  }
  co_return presences;
}

Task<void> Presence::tell(AccountId account) {
  for (const Hub::Watcher& watcher : hub_.watchers(account)) {
    auto presence = co_await seen_by(watcher.account, account);
    if (!presence) {
      log::warn("presence.failed", {{"code", static_cast<int>(presence.error().code)}});
      co_return;
    }
    // Who is not shown it does not even hear that something changed.
    if (*presence) hub_.whisper_to({watcher.session}, **presence);
  }
}

}  // namespace homing::chat
