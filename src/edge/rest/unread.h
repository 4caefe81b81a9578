// Receiving over REST: what waits in the inbox of the token's device, oldest first. Reading changes nothing; a message
// counts as delivered when a later request says so, with `after` or an acknowledgement. Owned by Rest; any thread.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "chat/chat.h"
#include "edge/http.h"
#include "edge/request.h"
#include "edge/response.h"
#include "edge/rest/gate.h"
#include "edge/rest/people.h"
#include "edge/rest/waits.h"
#include "wire/rest_message.h"

namespace homing::rest {

class Unread {
 public:
  // `ready`: who waits for a message is answered when it says no. A wait ends with its token too, when its client has hung
  // up, and when there are newer ones of the same device.
  Unread(Gate& gate, People& people, chat::Chat& chat, Clock& clock, edge::Readiness ready)
      : gate_(gate), people_(people), chat_(chat), clock_(clock), ready_(std::move(ready)) {}

  Task<edge::Response> get(edge::Request request);
  Task<edge::Response> acknowledge(edge::Request request);

 private:
  struct Page {
    std::vector<Envelope> messages;
    Cursor next;
    More more = More::no;
  };
  // `invalid_argument` for a place that was never given out.
  Task<Result<Cursor>> moved_to(Caller caller, std::string written, std::string field);
  Task<Result<Page>> read(Caller caller, Cursor after, std::size_t limit);
  Task<Result<std::string>> written(Caller caller, Page page);

  Gate& gate_;
  People& people_;
  chat::Chat& chat_;
  Clock& clock_;
  edge::Readiness ready_;
  Waits waits_;
};

}  // namespace homing::rest
