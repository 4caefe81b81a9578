// Uploads in pieces over HTTP: tus 1.0.0 with creation, termination, checksum and expiration, over chat::Uploads. What
// came before a connection broke stays. Owned by Rest; any thread.
#pragma once

#include <string>

#include "chat/uploads.h"
#include "edge/body.h"
#include "edge/request.h"
#include "edge/response.h"
#include "edge/rest/gate.h"

namespace homing::rest {

class Tus {
 public:
  Tus(Gate& gate, chat::Uploads& uploads) : gate_(gate), uploads_(uploads) {}

  Task<edge::Response> options(edge::Request request);
  Task<edge::Response> create(edge::Request request, edge::Body& body);
  Task<edge::Response> state(edge::Request request);
  // The same as JSON.
  Task<edge::Response> show(edge::Request request);
  Task<edge::Response> append(edge::Request request, edge::Body& body);
  Task<edge::Response> end(edge::Request request);

 private:
  Task<edge::Response> write(Caller caller, edge::Request request, chat::UploadState state, edge::Body& body);

  Gate& gate_;
  chat::Uploads& uploads_;
};

}  // namespace homing::rest
