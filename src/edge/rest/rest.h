// All of our own REST calls: what each needs, and which routes lead to it. The table is proto/rest.proto's; a call without
// a handler stops the process at start. Owned by server/, outlives the threads; any thread.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "chat/accounts.h"
#include "chat/chat.h"
#include "chat/files.h"
#include "chat/uploads.h"
#include "edge/http.h"
#include "edge/rest/gate.h"
#include "edge/rest/media.h"
#include "edge/rest/messages.h"
#include "edge/rest/people.h"
#include "edge/rest/tus.h"
#include "edge/rest/unread.h"
#include "edge/rest/upload.h"

namespace homing::rest {

struct RestOptions {
  std::string version;
  GateLimits limits;
  // Who answers POST /v1/messages with a body that is not of our form; nothing: it is refused as ours.
  edge::Handler other_messages;
};

class Rest {
 public:
  Rest(chat::Accounts& accounts, chat::Chat& chat, chat::Files& files, chat::Uploads& uploads, Clock& clock,
       edge::Readiness ready, RestOptions options);

  // Adds the routes. Once, before the first connection, and after families that claim some of the same paths.
  // From now on.
  void set_limits(GateLimits limits) { gate_.set(limits); }
  void join(edge::Http& http);

 private:
  struct Call {
    edge::Handler handler;
    edge::StreamHandler stream;  // one of the two
  };
  std::map<std::string, Call> calls();
  Task<edge::Response> openapi(edge::Request request);
  Task<edge::Response> page(edge::Request request);
  Task<edge::Response> style(edge::Request request);

  Gate gate_;
  People people_;
  Upload upload_;
  Media media_;
  Messages messages_;
  Unread unread_;
  Tus tus_;
  const edge::Handler other_messages_;
  const std::string openapi_;
  const std::string page_;
};

}  // namespace homing::rest
