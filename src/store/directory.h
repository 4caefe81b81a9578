// Small records: accounts, devices, tickets, conversations, and the receipt marks beside the log. Records are changed
// with the version that was read and are durable when the call returns; marks merge by the larger and may lag unless
// asked otherwise.
//
// Owned by server/. Every method may be called from any I/O thread and completes on the caller's executor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "model/account.h"
#include "model/conversation.h"
#include "model/inbox.h"
#include "store/page.h"

namespace homing {

enum class Durable { later, now };

inline constexpr std::size_t kConversationsComparedMax = 20'000;

struct MarksChange {
  std::vector<MemberReceipt> before;  // every member's marks before this merge; empty if nothing moved
  Receipt was;                        // the merged member's own marks, before and after
  Receipt is;
};

class Directory {
 public:
  virtual ~Directory() = default;

  // Reading. `not_found` where there is none (ended accounts and devices are returned as such).
  virtual Task<Result<std::shared_ptr<const Account>>> account(AccountId id) = 0;
  virtual Task<Result<AccountId>> account_by_phone(std::string phone) = 0;
  virtual Task<Result<std::shared_ptr<const Device>>> device(DeviceId id) = 0;
  virtual Task<Result<std::vector<Device>>> devices_of(AccountId account) = 0;
  virtual Task<Result<Ticket>> ticket(std::string key) = 0;
  // Always the state after the last event that EventLog::append stored for it.
  virtual Task<Result<std::shared_ptr<const Conversation>>> conversation(ConversationId id) = 0;
  // Conversations that this account is or was a member of, by id, after `after`.
  virtual Task<Result<Page<ConversationId>>> conversations_of(AccountId account, ConversationId after,
                                                              std::size_t limit) = 0;
  // At most `limit` of them, those with the newest last events, newest first; where an account has more than
  // kConversationsComparedMax, of that many by id. Looks at each: for the first screen of a new device, not for every call.
  virtual Task<Result<std::vector<ConversationId>>> newest_conversations_of(AccountId account, std::size_t limit) = 0;
  // All accounts by id, after `after` (ended ones included).
  virtual Task<Result<Page<Account>>> accounts(AccountId after, std::size_t limit) = 0;
  // All tickets by key, after `after` (expired ones included).
  virtual Task<Result<Page<Ticket>>> tickets(std::string after, std::size_t limit) = 0;

  // Writing. The record's `version` is the one that was read (0: it must not exist); `conflict` if it has moved.
  // Stores it with version + 1 and returns that. An account's phone is unique among active accounts: `phone_taken`.
  virtual Task<Result<std::uint64_t>> put(Account account) = 0;
  virtual Task<Result<std::uint64_t>> put(Device device) = 0;
  virtual Task<Result<std::uint64_t>> put(Ticket ticket) = 0;
  // Taking away what has this version; `conflict` if it has moved or is gone. So a ticket is used once.
  virtual Task<Result<void>> erase(Ticket ticket) = 0;

  // Marks of everybody who ever had any in this conversation.
  virtual Task<Result<std::vector<MemberReceipt>>> marks(ConversationId conversation) = 0;
  // Takes the larger of each mark. With Durable::now the merged marks are on disk when this returns, and so are
  // the marks of this conversation that were merged, and the notices to its members about them that were posted, before.
  virtual Task<Result<MarksChange>> merge(ConversationId conversation, AccountId account, Receipt receipt,
                                          Durable durable) = 0;
};

}  // namespace homing
