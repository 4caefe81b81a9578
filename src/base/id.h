// Numbers that mean something: an AccountId is not a DeviceId, a Seq is not a Commit. Values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace homing {

// A 64-bit number of one kind. Zero means "none" everywhere.
template <class Tag>
struct Id {
  std::uint64_t value = 0;

  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using AccountId = Id<struct AccountTag>;
using DeviceId = Id<struct DeviceTag>;
using ConversationId = Id<struct ConversationTag>;

// The place of an event in its conversation: 1, 2, 3 ... without gaps.
using Seq = Id<struct SeqTag>;
// The place of an event in its partition's commit order. Grows; may have gaps.
using Commit = Id<struct CommitTag>;
// Which change of membership, name or roles a conversation is at; the Seq of the event that made it, or 0 before any.
using Version = Id<struct VersionTag>;
// One commit order. The RocksDB store has exactly one, number 0.
using Partition = Id<struct PartitionTag>;

}  // namespace homing

template <class Tag>
struct std::hash<homing::Id<Tag>> {
  std::size_t operator()(homing::Id<Tag> id) const noexcept {
    // Fibonacci mixing: ids made one after the other must not fall into neighbouring buckets only.
    return static_cast<std::size_t>(id.value * 0x9E3779B97F4A7C15ull);
  }
};
