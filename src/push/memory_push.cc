#include "push/memory_push.h"

namespace homing {

Task<Result<PushAnswer>> MemoryPush::push(PushAddress address, PushMessage message) {
  said.emplace_back(std::move(address), std::move(message));
  PushAnswer answer;
  if (!answers.empty()) {
    answer = answers.front();
    answers.pop_front();
  }
  co_return answer;
}

}  // namespace homing
