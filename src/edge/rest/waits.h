// Who waits for a message, by device. A client that gives up and asks again leaves its old request behind: of one device
// only so many wait, and one more ends the oldest. Owned by Unread; any thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <unordered_map>

#include "base/guarded.h"
#include "base/id.h"

namespace homing::rest {

inline constexpr std::size_t kWaitsPerDeviceMax = 2;

class Waits {
 public:
  // One wait, until it is destroyed.
  class Wait {
   public:
    Wait(Waits& waits, DeviceId device) : waits_(waits), device_(device), over_(std::make_shared<Flag>(false)) {
      waits_.devices_.with([&](Devices& devices) {
        auto& flags = devices[device_];
        flags.push_back(over_);
        if (flags.size() <= kWaitsPerDeviceMax) return;
        flags.front()->store(true);
        flags.pop_front();
      });
    }
    ~Wait() {
      waits_.devices_.with([&](Devices& devices) {
        auto found = devices.find(device_);
        if (found == devices.end()) return;
        std::erase(found->second, over_);
        if (found->second.empty()) devices.erase(found);
      });
    }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    // A newer one took its place.
    bool over() const { return over_->load(); }

   private:
    Waits& waits_;
    const DeviceId device_;
    const std::shared_ptr<std::atomic<bool>> over_;
  };

 private:
  using Flag = std::atomic<bool>;
  using Devices = std::unordered_map<DeviceId, std::deque<std::shared_ptr<Flag>>>;
  Guarded<Devices> devices_;
};

}  // namespace homing::rest
