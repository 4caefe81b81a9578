// `homing serve`: prepares the process (memory, descriptors, signals), runs a Server until it is told to stop.
#pragma once

#include "server/config.h"

namespace homing::server {

// The exit code: 0 after an orderly stop.
int serve(Config config);

}  // namespace homing::server
