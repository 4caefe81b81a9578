// How much of an account's quota is taken: by its files, by uploads that come in pieces (all that they announced), and by
// uploads in one go that are under way. Those are known in memory only: a crash ends them all. Whether a file fits is
// decided once more when it is written down; this keeps what cannot fit from being sent. Owned by Files; any thread.
//
//   take(announced) ──► Held ──► grow() as bytes come ──► carried by the stored blob's pin ──► the file is written down
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "base/guarded.h"
#include "base/result.h"
#include "base/task.h"
#include "chat/file_records.h"
#include "store/records.h"

namespace homing::chat {

class Room {
 public:
  class Taken;
  // What one upload takes, until the last copy is gone.
  using Held = std::shared_ptr<Taken>;

  Room(Records& records, std::uint64_t account_bytes) : records_(records), account_bytes_(account_bytes) {}

  // For one more upload of this account. `quota_exceeded`; `rate_limited` when limits::kUploadsAtOnceMax are under way.
  Task<Result<Held>> take(AccountId owner, std::uint64_t bytes);
  // So that it has so many bytes in all, and up to `ahead` more while there is plenty of room: those are not asked for
  // again. `quota_exceeded` leaves it what it had.
  Task<Result<void>> grow(Held held, std::uint64_t bytes, std::uint64_t ahead = 0);
  // It will not be more than this: what was taken ahead is given back.
  void settle(const Held& held, std::uint64_t bytes);

  Task<Result<Usage>> usage(AccountId owner);

 private:
  struct UnderWay {
    std::size_t uploads = 0;
    std::uint64_t bytes = 0;
  };
  using Accounts = Guarded<std::map<AccountId, UnderWay>>;  // those that have any
  Task<Result<std::uint64_t>> in_pieces(AccountId owner);
  // What is left beside `taken`: what is under way, what is asked for included. `quota_exceeded` if that is too much.
  Task<Result<std::uint64_t>> left(AccountId owner, std::uint64_t taken);

  Records& records_;
  const std::uint64_t account_bytes_;
  const std::shared_ptr<Accounts> accounts_ = std::make_shared<Accounts>();  // what is held may outlive this
};

}  // namespace homing::chat
