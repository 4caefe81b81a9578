// CHECK(condition) << "why": a bug stops the process with a message, also in production.
// Never CHECK what a client or a disk sent us.
#pragma once

#include <sstream>

namespace homing {

class CheckFailure {
 public:
  CheckFailure(const char* file, int line, const char* condition);
  [[noreturn]] ~CheckFailure();
  std::ostream& stream() { return message_; }

 private:
  std::ostringstream message_;
};

struct Voidify {
  void operator&(std::ostream&) const {}
};

}  // namespace homing

// The odd shape lets `<<` follow and keeps the message unevaluated while the condition holds.
#define CHECK(condition) \
  (condition) ? (void)0 : ::homing::Voidify() & ::homing::CheckFailure(__FILE__, __LINE__, #condition).stream()
