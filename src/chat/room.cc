#include "chat/room.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "wire/limits.h"
#include "wire/stored.h"

namespace homing::chat {
namespace {

constexpr std::chrono::milliseconds kAgainAfter = std::chrono::seconds(1);
constexpr std::uint64_t kAheadParts = 2 * limits::kUploadsAtOnceMax;  // of what is left, one is taken ahead at most

std::unexpected<Error> too_many() {
  return std::unexpected(
      Error{Code::rate_limited, "Too many uploads of this account at once.", "uploads", kAgainAfter});
}

}  // namespace

class Room::Taken {
 public:
  // The account's uploads count it already.
  Taken(std::shared_ptr<Accounts> accounts, AccountId owner) : accounts_(std::move(accounts)), owner_(owner) {}
  ~Taken() {
    accounts_->with([&](auto& accounts) {
      auto found = accounts.find(owner_);
      found->second.bytes -= bytes_;
      if (--found->second.uploads == 0) accounts.erase(found);
    });
  }
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;

  AccountId owner() const { return owner_; }
  std::uint64_t bytes() const { return bytes_; }
  // What the account's uploads have then.
  std::uint64_t resize(std::uint64_t bytes) {
    return accounts_->with([&](auto& accounts) {
      UnderWay& all = accounts.at(owner_);
      all.bytes = all.bytes - bytes_ + bytes;
      bytes_ = bytes;
      return all.bytes;
    });
  }

 private:
  const std::shared_ptr<Accounts> accounts_;
  const AccountId owner_;
  std::uint64_t bytes_ = 0;
};

Task<Result<Usage>> Room::usage(AccountId owner) {
  auto text = co_await records_.record(name::usage(owner));
  if (!text && text.error().code == Code::not_found) co_return Usage{};
  if (!text) co_return std::unexpected(text.error());
  co_return usage_from(*text);
}

Task<Result<std::uint64_t>> Room::in_pieces(AccountId owner) {
  std::string prefix = name::upload_prefix(owner);
  auto open = co_await records_.records(prefix, end_of(prefix), limits::kUploadsOpenMax);
  if (!open) co_return std::unexpected(open.error());
  std::uint64_t bytes = 0;
  for (const Record& mark : open->items) {
    auto record = co_await records_.record(name::upload(id_from(mark.name)));
    if (!record && record.error().code == Code::not_found) continue;
    if (!record) co_return std::unexpected(record.error());
    auto upload = wire::load_upload(*record);
    if (upload) bytes += upload->size;
  }
  co_return bytes;
}

// What is asked for is taken first and looked at then: of two at the same moment the second one sees the first.
Task<Result<std::uint64_t>> Room::left(AccountId owner, std::uint64_t taken) {
  if (account_bytes_ == std::numeric_limits<std::uint64_t>::max()) co_return account_bytes_;
  auto used = co_await usage(owner);
  if (!used) co_return std::unexpected(used.error());
  auto pieces = co_await in_pieces(owner);
  if (!pieces) co_return std::unexpected(pieces.error());
  std::uint64_t all = used->bytes + *pieces + taken;
  if (all > account_bytes_) co_return fail(Code::quota_exceeded);
  co_return account_bytes_ - all;
}

Task<Result<Room::Held>> Room::take(AccountId owner, std::uint64_t bytes) {
  bool one_more = accounts_->with([&](auto& accounts) {
    UnderWay& all = accounts[owner];
    if (all.uploads >= limits::kUploadsAtOnceMax) return false;
    ++all.uploads;
    return true;
  });
  if (!one_more) co_return too_many();
  auto held = std::make_shared<Taken>(accounts_, owner);
  auto rest = co_await left(owner, held->resize(bytes));
  if (!rest) co_return std::unexpected(rest.error());
  co_return held;
}

Task<Result<void>> Room::grow(Held held, std::uint64_t bytes, std::uint64_t ahead) {
  std::uint64_t before = held->bytes();
  if (bytes <= before) co_return Result<void>{};
  auto rest = co_await left(held->owner(), held->resize(bytes));
  if (!rest) {
    held->resize(before);
    co_return std::unexpected(rest.error());
  }
  // Never so much that others of the account are refused for it.
  held->resize(bytes + std::min(ahead, *rest / kAheadParts));
  co_return Result<void>{};
}

void Room::settle(const Held& held, std::uint64_t bytes) {
  if (bytes < held->bytes()) held->resize(bytes);
}

}  // namespace homing::chat
