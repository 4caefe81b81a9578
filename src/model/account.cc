#include "model/account.h"

#include <algorithm>

namespace homing {

bool Account::blocks(AccountId other) const { return std::ranges::find(blocked, other) != blocked.end(); }

}  // namespace homing
