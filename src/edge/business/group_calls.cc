// Calls on groups that both forms have.
#include "edge/business/group_calls.h"

#include "edge/business/calls.h"

namespace homing::business {

std::string invite_address(std::string_view origin, std::string_view code) {
  return std::string(origin) + "/?join=" + std::string(code);
}

std::string join_request_id(AccountId account) { return std::to_string(account.value); }

Task<Answer<void>> Calls::change_group(Known known, ConversationId group, std::string key, wire::ChangeGroup change) {
  change.client_id = client_id(key);
  change.conversation = group;
  auto changed = co_await chat_.change_group(known.caller, std::move(change));
  if (!changed) co_return refuse(changed.error());
  co_return Answer<void>{};
}

Task<Answer<std::string>> Calls::group_code(Known known, ConversationId group) {
  wire::GetGroupLink get{group};
  auto link = co_await chat_.group_link(known.caller, get);
  if (!link) co_return refuse(link.error());
  if (!link->code.empty()) co_return std::move(link->code);
  co_return co_await renew_group_code(std::move(known), group, {});
}

Task<Answer<std::string>> Calls::renew_group_code(Known known, ConversationId group, std::string key) {
  wire::ChangeGroup renew;
  renew.what = LinkChange::renew;
  auto renewed = co_await change_group(known, group, std::move(key), std::move(renew));
  if (!renewed) co_return std::unexpected(renewed.error());
  wire::GetGroupLink get{group};
  auto link = co_await chat_.group_link(known.caller, get);
  if (!link) co_return refuse(link.error());
  co_return std::move(link->code);
}

Task<Answer<void>> Calls::set_group_picture(Known known, ConversationId group, std::string key, std::string file) {
  wire::ChangeGroup change;
  change.what = wire::Picture{std::move(file)};
  return change_group(std::move(known), group, std::move(key), std::move(change));
}

}  // namespace homing::business
