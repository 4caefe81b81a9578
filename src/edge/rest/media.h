// The calls on files: upload, download, search, take back. Owned by Rest; any thread.
#pragma once

#include "chat/files.h"
#include "edge/request.h"
#include "edge/response.h"
#include "edge/rest/gate.h"
#include "edge/rest/people.h"
#include "edge/rest/upload.h"

namespace homing::rest {

class Media {
 public:
  Media(Gate& gate, People& people, chat::Files& files, Upload& upload)
      : gate_(gate), people_(people), files_(files), upload_(upload) {}

  Task<edge::Response> upload(edge::Request request, edge::Body& body);
  Task<edge::Response> search(edge::Request request);
  Task<edge::Response> download(edge::Request request);
  Task<edge::Response> erase(edge::Request request);

 private:
  Gate& gate_;
  People& people_;
  chat::Files& files_;
  Upload& upload_;
};

}  // namespace homing::rest
