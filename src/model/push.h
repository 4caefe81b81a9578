// Where a device can be told something while it is not connected. A plain value.
#pragma once

#include <string>

#include "base/id.h"

namespace homing {

enum class Previews { no, yes };  // whether what was said is told too, or only that something was

struct PushAddress {
  std::string endpoint;  // a URL of the device's push service
  std::string key;       // of the device: a point of P-256, 65 bytes
  std::string secret;    // of the device: 16 bytes
  Previews previews = Previews::no;

  friend bool operator==(const PushAddress&, const PushAddress&) = default;
};

}  // namespace homing
