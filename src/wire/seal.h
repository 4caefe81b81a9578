// Sealing: an event is encoded once, and the same bytes go to the disk and to every device. Pure; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/event.h"

namespace homing::wire {

// `hidden_from` is kept beside the bytes: clients never see it.
std::shared_ptr<const Sealed> seal(const Event& event, std::vector<AccountId> hidden_from = {});

// An earlier event as it reads once the event with this Seq is true.
std::shared_ptr<const Sealed> reseal(const Revision& revision, Seq by);

// The header out of sealed bytes; `corrupt` when they are not an event.
Result<std::shared_ptr<const Sealed>> unseal(std::string bytes, std::vector<AccountId> hidden_from = {});

}  // namespace homing::wire
