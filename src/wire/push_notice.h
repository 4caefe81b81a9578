// What a device is told while it is not connected (proto/push.proto), and push addresses as they are stored. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/event.h"
#include "model/push.h"

namespace homing::wire {

inline constexpr std::size_t kPushTextBytesMax = 240;

struct PushNotice {
  std::string author;
  std::string group;
  bool mentioned = false;
};

// Without `shown` only that something is there, and where.
std::string push_json(const Envelope& envelope, const PushNotice* shown);
std::string push_test_json();

std::string store(const PushAddress& address);
Result<PushAddress> load_push_address(std::string_view bytes);

}  // namespace homing::wire
