// Laws broken on purpose: what the simulator must notice. Not for anything else.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <optional>
#include <string_view>

#include "store/event_log.h"

namespace homing::sim {

enum class Law {
  kept,
  answer_before_commit,  // law 1
  no_dedupe,             // law 3
  order_by_reader,       // law 2: pages are handed out backwards
};

inline std::optional<Law> law_named(std::string_view name) {
  if (name == "answer-before-commit") return Law::answer_before_commit;
  if (name == "no-dedupe") return Law::no_dedupe;
  if (name == "order-by-reader") return Law::order_by_reader;
  return std::nullopt;
}

class BrokenLog final : public EventLog {
 public:
  BrokenLog(EventLog& log, Law law) : log_(log), law_(law) {}

  Task<Result<Envelope>> append(Draft draft) override {
    if (law_ == Law::no_dedupe) {
      draft.client_id = ClientId{};
      for (unsigned i = 0; i < 8; ++i) draft.client_id[i] = static_cast<std::uint8_t>(++made_up_ >> (8 * i));
    }
    if (law_ != Law::answer_before_commit || draft.becomes) {
      auto envelope = co_await log_.append(std::move(draft));
      co_return envelope;
    }
    auto head = co_await log_.head(draft.conversation);
    if (!head) co_return std::unexpected(head.error());
    Envelope guess{draft.conversation, Seq{head->value + 1}, {}, {}, draft.device, draft.client_id, draft.sealed};
    auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::co_spawn(executor, log_.append(std::move(draft)), boost::asio::detached);
    co_return guess;
  }
  Task<Result<std::optional<Envelope>>> find(DeviceId device, ClientId id) override { return log_.find(device, id); }
  Task<Result<Page<Envelope>>> read(ConversationId conversation, Seq from, Seq to, std::size_t limit) override {
    return log_.read(conversation, from, to, limit);
  }
  Task<Result<Seq>> head(ConversationId conversation) override { return log_.head(conversation); }
  Task<Result<std::vector<Envelope>>> get(std::vector<EventRef> refs) override {
    auto envelopes = co_await log_.get(std::move(refs));
    if (envelopes && law_ == Law::order_by_reader && envelopes->size() > 1) {
      std::swap(envelopes->front().sealed, envelopes->back().sealed);
    }
    co_return envelopes;
  }
  Task<Result<Followed>> follow(Partition partition, Commit after, std::size_t limit) override {
    return log_.follow(partition, after, limit);
  }
  Task<Result<Commit>> advance(Partition partition) override { return log_.advance(partition); }
  Task<Result<Commit>> retain(Retention retention, Time now) override { return log_.retain(retention, now); }

 private:
  EventLog& log_;
  Law law_;
  std::uint64_t made_up_ = 0;
};

}  // namespace homing::sim
