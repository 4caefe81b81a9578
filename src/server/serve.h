// `homing serve`: prepares the process (memory, descriptors, signals), runs a Server until it is told to stop.
#pragma once

#include <span>

#include "edge/embedded.h"
#include "server/config.h"

namespace homing::server {

// `files` is the web app. The exit code: 0 after an orderly stop.
int serve(Config config, std::span<const edge::EmbeddedFile> files);

}  // namespace homing::server
