#include <optional>
#include <string>
#include <utility>

#include "server/admin.h"
#include "server/admin_fields.h"

namespace homing::server {
namespace {

namespace json = boost::json;

json::object describe(const webhooks::WebhookState& state) {
  json::object described{{"phone", state.phone},
                         {"account_id", id_text(state.bot)},
                         {"url", state.target.url},
                         {"form", state.target.form == webhooks::Form::cloud ? "cloud" : "on_premises"},
                         {"chats_waiting", state.chats},
                         {"attempts", state.attempts},
                         {"dead", state.dead}};
  if (state.oldest) described["oldest_ms"] = state.oldest->ms;
  if (!state.refusal.empty()) described["last_failure"] = state.refusal;
  return described;
}

json::object describe(const webhooks::DeadLetter& letter) {
  return {{"account_id", id_text(letter.lane.bot)},
          {"conversation_id", id_text(letter.lane.conversation)},
          {"order", std::to_string(letter.order)},
          {"kind", letter.kind},
          {"added_ms", letter.added.ms},
          {"attempts", letter.attempts},
          {"last_failure", letter.refusal}};
}

// Whose webhook is meant; nothing: everybody's.
Result<std::optional<std::string>> whose(const json::object& request) {
  auto phone = text(request, "phone");
  if (!phone) return std::unexpected(phone.error());
  if (phone->empty()) return std::nullopt;
  return std::move(*phone);
}

}  // namespace

Admin::Answer Admin::webhook_list(json::object request) {
  auto phone = whose(request);
  if (!phone) co_return std::unexpected(phone.error());
  auto states = co_await webhooks_.list(std::move(*phone));
  if (!states) co_return std::unexpected(states.error());
  json::array listed;
  for (const webhooks::WebhookState& state : *states) listed.push_back(describe(state));
  json::object result;
  result["webhooks"] = std::move(listed);
  co_return result;
}

Admin::Answer Admin::webhook_dead(json::object request) {
  auto phone = whose(request);
  if (!phone) co_return std::unexpected(phone.error());
  auto letters = co_await webhooks_.dead(std::move(*phone), kAdminListMax);
  if (!letters) co_return std::unexpected(letters.error());
  json::array listed;
  for (const webhooks::DeadLetter& letter : *letters) listed.push_back(describe(letter));
  json::object result;
  result["dead"] = std::move(listed);
  co_return result;
}

Admin::Answer Admin::webhook_retry(json::object request) {
  auto phone = whose(request);
  if (!phone) co_return std::unexpected(phone.error());
  auto dead = text(request, "dead");
  if (!dead) co_return std::unexpected(dead.error());
  if (!dead->empty() && *dead != "yes") co_return bad_field("dead", "Nothing or yes is expected.");
  auto which = dead->empty() ? webhooks::Letters::waiting : webhooks::Letters::and_dead;
  auto revived = co_await webhooks_.retry(std::move(*phone), which);
  if (!revived) co_return std::unexpected(revived.error());
  json::object result;
  result["revived"] = *revived;
  co_return result;
}

}  // namespace homing::server
