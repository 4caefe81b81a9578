// The gateway in memory: keeps what was said, answers what a test wants. One thread.
#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "push/push_gateway.h"

namespace homing {

class MemoryPush final : public PushGateway {
 public:
  std::string public_key() const override { return std::string(65, 'k'); }
  Result<void> check(const PushAddress& address) const override {
    if (address.endpoint.empty()) return fail(Code::invalid_argument, "An address has an endpoint.", "endpoint");
    return {};
  }
  Task<Result<PushAnswer>> push(PushAddress address, PushMessage message) override;

  std::vector<std::pair<PushAddress, PushMessage>> said;
  std::deque<PushAnswer> answers;  // one after the other; then everything is taken
};

}  // namespace homing
