// The On-Premises form over HTTP: /v1/... as far as it is not our own. Same objects, other paths, other refusals, `meta` in
// every answer. Owned by server/; any I/O thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "edge/business/bot_files.h"
#include "edge/business/calls.h"
#include "edge/http.h"
#include "edge/rate.h"

namespace homing::business {

class OnPremises {
 public:
  OnPremises(Calls& calls, BotFiles& files, Clock& clock);

  // Adds the family of routes. Once, before the first connection.
  void join(edge::Http& http);
  // POST /v1/messages, for who decides by the body whose it is.
  edge::Handler messages_call() { return by(&OnPremises::messages); }

 private:
  using Done = Task<Answer<boost::json::object>>;
  using Method = Done (OnPremises::*)(Known known, edge::Request request);
  edge::Handler by(Method method, int status = 200);
  Task<edge::Response> run(Method method, int status, edge::Request request);
  edge::Response refused(const GraphError& error);

  Task<edge::Response> login(edge::Request request);
  Task<edge::Response> upload(edge::Request request, edge::Body& body);
  Task<edge::Response> download(edge::Request request);
  Task<edge::Response> erase(edge::Request request);

  Done logout(Known known, edge::Request request);
  Done add_user(Known known, edge::Request request);
  Done user(Known known, edge::Request request);
  Done set_user(Known known, edge::Request request);
  Done remove_user(Known known, edge::Request request);
  Done contacts(Known known, edge::Request request);
  Done messages(Known known, edge::Request request);
  Done set_message(Known known, edge::Request request);
  Done health(Known known, edge::Request request);
  Done settings(Known known, edge::Request request);
  Done set_settings(Known known, edge::Request request);
  Done about(Known known, edge::Request request);
  Done set_about(Known known, edge::Request request);
  Done business(Known known, edge::Request request);
  Done set_business(Known known, edge::Request request);
  Done create_group(Known known, edge::Request request);
  Done groups(Known known, edge::Request request);
  Done group(Known known, edge::Request request);
  Done rename_group(Known known, edge::Request request);
  Done remove_members(Known known, edge::Request request);
  Done promote(Known known, edge::Request request);
  Done demote(Known known, edge::Request request);
  Done invite(Known known, edge::Request request);
  Done revoke_invite(Known known, edge::Request request);
  Done remove_icon(Known known, edge::Request request);
  // --- pictures (on_prem_pictures.cc) ---
  Done remove_photo(Known known, edge::Request request);
  Task<edge::Response> set_photo(edge::Request request, edge::Body& body);
  Task<edge::Response> set_icon(edge::Request request, edge::Body& body);
  Task<edge::Response> photo(edge::Request request);
  Task<edge::Response> icon(edge::Request request);
  Task<edge::Response> picture(Known known, std::string file, edge::Request request);
  Task<Answer<std::string>> upload_picture(Known known, edge::Request request, edge::Body& body);
  Done leave(Known known, edge::Request request);
  Done change_members(Known known, edge::Request request, std::vector<AccountId> wire::ChangeMembers::* part);
  Task<Answer<std::vector<AccountId>>> people(Known known, edge::Request request);

  Calls& calls_;
  BotFiles& files_;
  Clock& clock_;
  edge::AddressLimit logins_{{20, std::chrono::minutes(1)}};  // of one address
  edge::RateLimit lookups_{{1000, std::chrono::minutes(10)}};  // numbers that one bot asks about
};

}  // namespace homing::business
