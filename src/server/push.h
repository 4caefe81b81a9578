// The push gateway of this server: its key in the data folder, its way out behind the guard of webhooks. At start only.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "push/push_gateway.h"
#include "server/config.h"
#include "webhooks/outgoing.h"

namespace homing::server {

// nullptr: there is nobody whom push services could write to, so there are no pushes. Makes the key when there is none.
Result<std::unique_ptr<PushGateway>> push_gateway(const Config& config, webhooks::Outgoing& outgoing, Clock& clock,
                                                  Random& random);

}  // namespace homing::server
