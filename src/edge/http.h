// What the server answers over plain HTTP: health, registration, facts, the web app, and the families of routes that
// others add before the first connection. One object for all threads, owned by server/; its tables are constant from
// then on, its rate limits are guarded.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "chat/accounts.h"
#include "edge/assets.h"
#include "edge/embedded.h"
#include "edge/rate.h"
#include "edge/request.h"
#include "edge/response.h"
#include "edge/routes.h"

namespace homing::edge {

// Says why the server does not take work now, if so. Called from any I/O thread.
using Readiness = std::function<Result<void>()>;

struct HttpOptions {
  std::string version;
  Rate registrations{20, std::chrono::hours(1)};  // of one address (of one /64 with IPv6)
};

class Http {
 public:
  Http(chat::Accounts& accounts, Clock& clock, Readiness readiness, std::span<const EmbeddedFile> files,
       HttpOptions options);

  // Asked before ours, in this order.
  Family& family(FamilyOptions options) { return others_.family(std::move(options)); }
  // Ours, below /v1.
  Family& native() { return *native_; }

  // Every request gets a route or an answer.
  Match find(Request& request) const;

 private:
  void add_routes();
  Task<Response> send_code(Request request);
  Task<Response> register_device(Request request);
  Task<Response> link_device(Request request);
  Task<Response> me(Request request);
  Task<Response> healthz(Request request);
  Task<Response> readyz(Request request);
  Task<Response> server_facts(Request request);
  Task<Response> page(Request request);

  chat::Accounts& accounts_;
  Clock& clock_;
  Readiness readiness_;
  Assets assets_;
  HttpOptions options_;
  AddressLimit registrations_;
  Routes others_;
  Routes own_;
  Family* native_ = nullptr;
};

}  // namespace homing::edge
