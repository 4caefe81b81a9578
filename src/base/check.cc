#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace homing {

CheckFailure::CheckFailure(const char* file, int line, const char* condition) {
  message_ << file << ':' << line << ": CHECK failed: " << condition << ' ';
}

CheckFailure::~CheckFailure() {
  std::fputs(message_.str().c_str(), stderr);
  std::fputc('\n', stderr);
  std::abort();
}

}  // namespace homing
