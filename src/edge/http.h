// What the server answers over plain HTTP: health, registration, facts, and the web app. One object for all threads,
// owned by server/; its tables are constant, its rate limits are guarded.
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

  // Every request gets an answer. HEAD is asked like GET; the caller leaves out the body.
  Task<Response> answer(Request request);

 private:
  Task<Response> send_code(Request request);
  Task<Response> register_device(Request request);
  Task<Response> me(Request request);
  Response healthz() const;
  Response readyz() const;
  Response server_facts() const;

  chat::Accounts& accounts_;
  Clock& clock_;
  Readiness readiness_;
  Assets assets_;
  HttpOptions options_;
  RateLimit registrations_;
};

}  // namespace homing::edge
