// How far the others are: the arithmetic behind the second tick and the blue ones. Pure functions over values.
#pragma once

#include <vector>

#include "model/conversation.h"
#include "model/inbox.h"

namespace homing::chat {

// The two lowest values of one mark among the running members. A viewer's ticks follow the lowest of everybody else:
// that is `first`, or `second` for the one member who holds the lowest alone.
struct Lowest {
  Seq first;
  AccountId who;
  Seq second;

  Seq without(AccountId viewer) const { return viewer == who ? second : first; }
  friend bool operator==(const Lowest&, const Lowest&) = default;
};

using Mark = Seq Receipt::*;

// A member who joined at Seq n is never behind n - 1: what came earlier is not waiting for them.
// With `moved`, as if that account's marks were `is`.
Lowest lowest(const Conversation& conversation, const std::vector<MemberReceipt>& marks, Mark mark);
Lowest lowest(const Conversation& conversation, const std::vector<MemberReceipt>& marks, Mark mark, AccountId moved,
              const Receipt& is);

Receipt own_marks(const std::vector<MemberReceipt>& marks, AccountId account);

}  // namespace homing::chat
