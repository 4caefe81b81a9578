#include "model/inbox.h"

#include <algorithm>

namespace homing {

Receipt merged(Receipt a, Receipt b) {
  return Receipt{std::max(a.delivered, b.delivered), std::max(a.read, b.read), std::max(a.seen, b.seen)};
}

}  // namespace homing
