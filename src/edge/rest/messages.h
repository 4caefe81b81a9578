// Sending over REST: messages to somebody, and statuses. The file may come along in a form. Owned by Rest; any thread.
#pragma once

#include <string>

#include "base/random.h"
#include "chat/chat.h"
#include "chat/files.h"
#include "edge/request.h"
#include "edge/response.h"
#include "edge/rest/gate.h"
#include "edge/rest/people.h"
#include "edge/rest/upload.h"
#include "edge/routes.h"
#include "wire/rest_message.h"

namespace homing::rest {

class Messages {
 public:
  Messages(Gate& gate, People& people, chat::Chat& chat, chat::Files& files, Upload& upload)
      : gate_(gate), people_(people), chat_(chat), files_(files), upload_(upload) {}

  // 201 when it is on disk.
  Task<edge::Response> send(edge::Request request, edge::Body& body);
  Task<edge::Response> post_status(edge::Request request, edge::Body& body);
  // The same where the business API answers too: a body that is not of our form (spelling.h) is handed to `other`.
  Task<edge::Response> send_or(edge::Request request, edge::Body& body, const edge::Handler& other);

 private:
  Task<edge::Response> take(edge::Request request, edge::Body& body, wire::Audience audience);
  Task<Result<Envelope>> send_json(Caller caller, std::string json, std::string key, wire::Audience audience,
                                   std::optional<File> uploaded);
  Task<Result<wire::Recipient>> recipient(Caller caller, wire::NewMessage message, wire::Audience audience);
  Task<Result<Envelope>> send_again(Caller caller, wire::NewMessage message, wire::Send send, File uploaded,
                                    Error refusal);

  Gate& gate_;
  People& people_;
  chat::Chat& chat_;
  chat::Files& files_;
  Upload& upload_;
};

}  // namespace homing::rest
