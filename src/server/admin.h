// The operator's commands: one line of JSON in, one line out. The same table answers on the socket of a running server
// (admin_socket.h) and in the process of `homing account ...` when no server runs (operator.h).
//
//   {"command":"account.add","phone":"+15551230001","name":"Ana"}
//   {"result":{"account_id":"...","phone":"+15551230001","device_id":"...","token":"..."}}
//   {"error":{"code":"phone_invalid","text":"This is not ..."}}
//
// Lives on one thread; answers are computed on the executor of who awaits them.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "chat/accounts.h"
#include "chat/files.h"
#include "chat/pushes.h"
#include "edge/business/bots.h"
#include "server/live_limits.h"
#include "webhooks/desk.h"

namespace homing::server {

inline constexpr std::size_t kAdminLineBytesMax = 4096;   // a request
inline constexpr std::size_t kAdminBatchMax = 256;        // requests that are worked on at the same moment
inline constexpr std::size_t kAdminListMax = 500;         // accounts in one answer

class Admin {
 public:
  // Closes the live sessions of a device, or of all devices of the account if there is none named.
  using EndSessions = std::function<void(AccountId, DeviceId)>;

  // What only a running server has.
  struct Running {
    chat::Pushes* pushes = nullptr;  // none: it has no contact
    LiveLimits* limits = nullptr;
  };
  Admin(chat::Accounts& accounts, chat::Files& files, business::Bots& bots, webhooks::Desk& webhooks,
        EndSessions end_sessions, Running running);

  Task<std::string> answer(std::string line);
  // The result alone.
  Task<Result<boost::json::object>> perform(std::string line);
  // Works on all at the same moment, so that their writes share the disk's syncs. Answers in the order of the lines.
  Task<std::vector<std::string>> answer_all(std::vector<std::string> lines);

 private:
  using Answer = Task<Result<boost::json::object>>;
  struct Command;
  static const Command kCommands[];

  Answer account_add(boost::json::object request);
  Answer account_remove(boost::json::object request);
  Answer account_list(boost::json::object request);
  Answer invite_create(boost::json::object request);
  Answer device_list(boost::json::object request);
  Answer device_revoke(boost::json::object request);
  Answer media_sweep(boost::json::object request);
  Answer bot_add(boost::json::object request);
  Answer bot_list(boost::json::object request);
  Answer bot_remove(boost::json::object request);
  Answer push_test(boost::json::object request);
  Answer limits_list(boost::json::object request);
  Answer limits_set(boost::json::object request);
  // admin_webhooks.cc
  Answer webhook_list(boost::json::object request);
  Answer webhook_dead(boost::json::object request);
  Answer webhook_retry(boost::json::object request);

  chat::Accounts& accounts_;
  chat::Files& files_;
  business::Bots& bots_;
  webhooks::Desk& webhooks_;
  EndSessions end_sessions_;
  const Running running_;
};

}  // namespace homing::server
