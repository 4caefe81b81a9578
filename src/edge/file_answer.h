// A stored file as an answer to GET and HEAD: ranges, conditions and what keeps a stranger's file from acting as a page
// of ours. Pure; any thread.
#pragma once

#include <string>

#include "edge/file_region.h"
#include "edge/mime.h"
#include "edge/range.h"
#include "edge/request.h"
#include "edge/response.h"

namespace homing::edge {

struct ServedFile {
  FileRegion region;  // all of it
  std::string type = "application/octet-stream";
  std::string name;  // for saving; may be empty
  Disposition disposition = Disposition::attachment;
  Validators validators;
  std::string cache_control = "private, no-cache";
};

// 200, 206, 304, 412 or 416, with ETag, Last-Modified, Accept-Ranges, Content-Disposition and a sandbox.
Response file_answer(const Request& request, const ServedFile& file);

}  // namespace homing::edge
