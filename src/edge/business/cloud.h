// The Cloud form over HTTP: /vNN.N/... with any version, or without one where the path begins with an id. Every answer is
// JSON in the shape of the Graph API, refusals too. Owned by server/; any I/O thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "edge/business/bot_files.h"
#include "edge/business/calls.h"
#include "edge/http.h"

namespace homing::business {

class Cloud {
 public:
  Cloud(Calls& calls, BotFiles& files) : calls_(calls), files_(files) {}

  // Adds the family of routes. Once, before the first connection.
  void join(edge::Http& http);

 private:
  using Done = Task<Answer<boost::json::object>>;
  using Method = Done (Cloud::*)(Known known, edge::Request request);
  edge::Handler by(Method method);
  Task<edge::Response> run(Method method, edge::Request request);
  edge::Response refused(const GraphError& error);

  // --- /{M}, and what else has an id ---
  Task<edge::Response> upload(edge::Request request, edge::Body& body);
  Task<edge::Response> attachment(edge::Request request);
  Done node(Known known, edge::Request request);
  Done erase(Known known, edge::Request request);

  // --- /{P} ---
  Done messages(Known known, edge::Request request);
  Done number(Known known, edge::Request request);
  Done set_number(Known known, edge::Request request);
  Done profile(Known known, edge::Request request);
  Done set_profile(Known known, edge::Request request);
  Done block(Known known, edge::Request request);
  Done unblock(Known known, edge::Request request);
  Done blocked(Known known, edge::Request request);
  Done enrol(Known known, edge::Request request);
  Done withdraw(Known known, edge::Request request);
  Done confirm_code(Known known, edge::Request request);
  // --- /{B} ---
  Done numbers(Known known, edge::Request request);
  Done subscribe(Known known, edge::Request request);
  Done subscription(Known known, edge::Request request);
  Done unsubscribe(Known known, edge::Request request);
  // --- groups (cloud_groups.cc) ---
  Done create_group(Known known, edge::Request request);
  Done groups(Known known, edge::Request request);
  Done group(Known known, std::string id);
  Task<edge::Response> update(edge::Request request, edge::Body& body);
  Done set_group(Known known, edge::Request request, boost::json::object said, std::string picture);
  // --- groups: links and requests (cloud_joins.cc) ---
  Done invite_link(Known known, edge::Request request);
  Done renew_link(Known known, edge::Request request);
  Done revoke_link(Known known, edge::Request request);
  Done join_requests(Known known, edge::Request request);
  Done approve_joins(Known known, edge::Request request);
  Done reject_joins(Known known, edge::Request request);
  Done review_joins(Known known, edge::Request request, wire::Decision decision);
  boost::json::object link_object(const edge::Request& request, std::string_view code) const;
  Done end_group(Known known, edge::Request request);
  Done add_members(Known known, edge::Request request);
  Done remove_members(Known known, edge::Request request);
  Task<Answer<void>> change_members(Known known, edge::Request request, wire::ChangeMembers change);
  Task<Answer<std::vector<AccountId>>> participants(Known known, edge::Request request);

  Done change_blocks(Known known, edge::Request request, wire::Blocked blocked);
  Task<Answer<void>> set_webhook(Known known, boost::json::object said);
  Task<Answer<boost::json::object>> number_object(Known known);

  Calls& calls_;
  BotFiles& files_;
};

}  // namespace homing::business
