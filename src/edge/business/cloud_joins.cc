// The Groups API of the Cloud form: links to join by, and who asks to be let in.
#include <algorithm>
#include <boost/json/array.hpp>

#include "edge/business/ascii_json.h"
#include "edge/business/cloud.h"
#include "edge/business/event_content.h"
#include "edge/business/group_calls.h"
#include "edge/business/lenient.h"
#include "edge/business/request.h"
#include "wire/limits.h"

namespace homing::business {
namespace {

std::string key_of(const edge::Request& request) { return std::string(request.header("idempotency-key")); }

std::string phone_of(const std::vector<wire::Profile>& people, AccountId account) {
  auto found = std::ranges::find(people, account, &wire::Profile::id);
  return found == people.end() ? std::string() : digits_of(found->phone);
}

json::object failed_request(const std::string& id) {
  json::object failed{{"join_request_id", js(id)}};
  failed["errors"] = json::array{error_object(131009, "join_requests: there is no such request", Api::cloud)};
  return failed;
}

}  // namespace

json::object Cloud::link_object(const edge::Request& request, std::string_view code) const {
  std::string link = code.empty() ? std::string() : invite_address(files_.origin_of(request), code);
  return {{"messaging_product", "whatsapp"}, {"invite_link", js(link)}};
}

Cloud::Done Cloud::invite_link(Known known, edge::Request request) {
  auto group = parse_group_id(request.param("id"));
  if (!group) co_return std::unexpected(unknown_object("get", request.param("id")));
  auto code = co_await calls_.group_code(std::move(known), *group);
  if (!code) co_return std::unexpected(code.error());
  co_return link_object(request, *code);
}

Cloud::Done Cloud::renew_link(Known known, edge::Request request) {
  auto group = parse_group_id(request.param("id"));
  if (!group) co_return std::unexpected(unknown_object("post", request.param("id")));
  auto code = co_await calls_.renew_group_code(std::move(known), *group, key_of(request));
  if (!code) co_return std::unexpected(code.error());
  co_return link_object(request, *code);
}

Cloud::Done Cloud::revoke_link(Known known, edge::Request request) {
  auto group = parse_group_id(request.param("id"));
  if (!group) co_return std::unexpected(unknown_object("delete", request.param("id")));
  wire::ChangeGroup revoke{{}, *group, LinkChange::revoke};
  auto revoked = co_await calls_.change_group(std::move(known), *group, key_of(request), std::move(revoke));
  if (!revoked) co_return std::unexpected(revoked.error());
  json::object out = link_object(request, {});
  out["success"] = true;
  co_return out;
}

Cloud::Done Cloud::join_requests(Known known, edge::Request request) {
  auto group = parse_group_id(request.param("id"));
  if (!group) co_return std::unexpected(unknown_object("get", request.param("id")));
  wire::GetJoins get{*group};
  auto joins = co_await calls_.chat().joins(known.caller, get);
  if (!joins) co_return refuse(joins.error());
  json::array data;
  for (const JoinRequest& asked : joins->requests) {
    data.push_back(json::object{{"join_request_id", js(join_request_id(asked.account))},
                                {"wa_id", js(phone_of(joins->people, asked.account))},
                                {"creation_timestamp", asked.asked.ms / 1000}});
  }
  json::object out, paging;
  out["data"] = std::move(data);
  paging["cursors"] = json::object();
  out["paging"] = std::move(paging);
  co_return out;
}

Cloud::Done Cloud::approve_joins(Known known, edge::Request request) {
  return review_joins(std::move(known), std::move(request), wire::Decision::approve);
}

Cloud::Done Cloud::reject_joins(Known known, edge::Request request) {
  return review_joins(std::move(known), std::move(request), wire::Decision::reject);
}

// Those who ask are let in or not; those of whom nobody knows are named as failed.
Cloud::Done Cloud::review_joins(Known known, edge::Request request, wire::Decision decision) {
  auto group = parse_group_id(request.param("id"));
  if (!group) co_return std::unexpected(unknown_object(request.method, request.param("id")));
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto list = array_in(*said, "join_requests");
  if (!list || list->empty()) co_return refuse(131008, "join_requests is required");
  if (list->size() > limits::kJoinRequestsMax) co_return refuse(131009, "join_requests has too many entries");
  wire::GetJoins get{*group};
  auto joins = co_await calls_.chat().joins(known.caller, get);
  if (!joins) co_return refuse(joins.error());

  wire::ReviewJoins review{calls_.client_id(key_of(request)), *group, {}, decision};
  json::array done, failed;
  for (const json::value& item : *list) {
    std::string id = text_of(item).value_or("");
    auto asked = std::ranges::find(joins->requests, id,
                                   [](const JoinRequest& waiting) { return join_request_id(waiting.account); });
    if (asked == joins->requests.end()) {
      failed.push_back(failed_request(id));
      continue;
    }
    done.push_back(js(id));
    review.accounts.push_back(asked->account);
  }
  if (!review.accounts.empty()) {
    auto reviewed = co_await calls_.chat().review_joins(known.caller, std::move(review));
    if (!reviewed) co_return refuse(reviewed.error());
  }
  json::object out{{"messaging_product", "whatsapp"}};
  out[decision == wire::Decision::approve ? "approved_join_requests" : "rejected_join_requests"] = std::move(done);
  out["failed_join_requests"] = std::move(failed);
  co_return out;
}

}  // namespace homing::business
