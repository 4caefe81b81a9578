// MemoryStore as an EventLog.
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include "store/memory.h"
#include "wire/seal.h"

namespace homing {

MemoryStore::MemoryStore(MemoryDisk& disk, Clock& clock, MemoryFaults faults)
    : disk_(disk), clock_(clock), faults_(std::move(faults)), derived_(disk.derived) {}

Task<void> MemoryStore::turn() {
  if (!faults_.interleave) co_return;
  auto executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

Task<Result<Envelope>> MemoryStore::append(Draft draft) {
  co_await turn();
  if (auto known = disk_.client_ids.find({draft.device, draft.client_id}); known != disk_.client_ids.end()) {
    const Envelope& first = disk_.log.at(known->second).envelope;
    bool same = first.sealed->bytes == draft.sealed->bytes || is_revised(first.sealed->header);
    if (!same) co_return fail(Code::client_id_reused, {}, "client_id");
    co_return first;
  }
  auto found = disk_.conversations.find(draft.conversation);
  Version version = found == disk_.conversations.end() ? Version{} : found->second->version;
  if (version != draft.expects) co_return fail(Code::conflict);
  if (version == Version{} && !draft.becomes) co_return fail(Code::unknown_conversation);

  for (const Revision& revision : draft.revises) {
    auto record = disk_.log.find(revision.event.commit);
    bool as_seen = record != disk_.log.end() && record->second.envelope.sealed->bytes == revision.from->bytes;
    if (!as_seen) co_return fail(Code::conflict);
  }

  Fate what = fate(faults_.on_append);
  if (what == Fate::refused) co_return fail(Code::read_only);
  Envelope envelope = commit(std::move(draft));
  wake_followers();
  co_await turn();
  if (what == Fate::lost) co_return fail(Code::unavailable);
  co_return envelope;
}

Envelope MemoryStore::commit(Draft draft) {
  Seq seq{disk_.heads[draft.conversation].value + 1};
  Commit commit{disk_.last.value + 1};
  Envelope envelope{draft.conversation, seq, commit, clock_.now(), draft.device, draft.client_id, draft.sealed};
  for (const Revision& revision : draft.revises) {
    disk_.log.at(revision.event.commit).envelope.sealed = wire::reseal(revision, seq);
  }
  disk_.last = commit;
  disk_.heads[draft.conversation] = seq;
  disk_.log.emplace(commit, MemoryDisk::Record{envelope, draft.expects});
  disk_.index[{draft.conversation, seq}] = commit;
  disk_.client_ids[{draft.device, draft.client_id}] = commit;
  if (draft.becomes) store_conversation(std::move(*draft.becomes), seq);
  return envelope;
}

void MemoryStore::store_conversation(Conversation conversation, Seq seq) {
  for (Membership& membership : conversation.members) {
    if (membership.since == kThisEvent) membership.since = seq;
    if (membership.until == kThisEvent) membership.until = seq;
    disk_.memberships[membership.account][conversation.id] = true;
  }
  conversation.version = Version{seq.value};
  ConversationId id = conversation.id;
  disk_.conversations[id] = std::make_shared<const Conversation>(std::move(conversation));
}

void MemoryStore::wake_followers() {
  for (boost::asio::steady_timer* follower : followers_) follower->cancel();
}

Task<Result<std::optional<Envelope>>> MemoryStore::find(DeviceId device, ClientId client_id) {
  co_await turn();
  auto known = disk_.client_ids.find({device, client_id});
  if (known == disk_.client_ids.end()) co_return std::optional<Envelope>{};
  co_return std::optional<Envelope>{disk_.log.at(known->second).envelope};
}

Task<Result<Page<Envelope>>> MemoryStore::read(ConversationId conversation, Seq from, Seq to, std::size_t limit) {
  co_await turn();
  Page<Envelope> page;
  for (auto it = disk_.index.lower_bound({conversation, from}); it != disk_.index.end(); ++it) {
    if (it->first.first != conversation || it->first.second >= to) break;
    if (page.items.size() == limit) {
      page.more = More::yes;
      break;
    }
    page.items.push_back(disk_.log.at(it->second).envelope);
  }
  co_return page;
}

Task<Result<Seq>> MemoryStore::head(ConversationId conversation) {
  co_await turn();
  auto found = disk_.heads.find(conversation);
  co_return found == disk_.heads.end() ? Seq{} : found->second;
}

Task<Result<std::vector<Envelope>>> MemoryStore::get(std::vector<EventRef> refs) {
  co_await turn();
  std::vector<Envelope> envelopes;
  envelopes.reserve(refs.size());
  for (const EventRef& ref : refs) {
    auto found = disk_.index.find({ref.conversation, ref.seq});
    if (found != disk_.index.end()) envelopes.push_back(disk_.log.at(found->second).envelope);
  }
  co_return envelopes;
}

Task<Result<Followed>> MemoryStore::follow(Partition, Commit after, std::size_t limit) {
  co_await turn();
  while (disk_.last <= after) {
    // A timer that never fires is Asio's condition variable.
    boost::asio::steady_timer wake(co_await boost::asio::this_coro::executor,
                                   boost::asio::steady_timer::time_point::max());
    auto place = followers_.insert(followers_.end(), &wake);
    boost::system::error_code cancelled;
    co_await wake.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    followers_.erase(place);
  }
  Followed followed;
  for (auto it = disk_.log.upper_bound(after); it != disk_.log.end() && followed.envelopes.size() < limit; ++it) {
    followed.envelopes.push_back(it->second.envelope);
  }
  followed.next = followed.envelopes.size() == limit ? followed.envelopes.back().commit : disk_.last;
  co_return followed;
}

Task<Result<Commit>> MemoryStore::advance(Partition) {
  co_await turn();
  if (fate(faults_.on_append) == Fate::refused) co_return fail(Code::read_only);
  disk_.last = Commit{disk_.last.value + 1};
  wake_followers();
  co_return disk_.last;
}

Task<Result<Commit>> MemoryStore::retain(Retention retention, Time now) {
  co_await turn();
  using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;
  auto older_than = [&](int days) {
    Time limit = now - std::chrono::duration_cast<std::chrono::milliseconds>(Days{days});
    auto it = std::ranges::find_if(disk_.log, [&](const auto& entry) { return entry.second.envelope.time >= limit; });
    return it == disk_.log.end() ? Commit{disk_.last.value + 1} : it->first;
  };
  if (retention.keep == Keep::forever) co_return disk_.log.empty() ? disk_.last : disk_.log.begin()->first;
  // Until when what is delivered stays, then until when what waits does.
  Commit floor{disk_.last.value + 1};
  if (retention.keep == Keep::days) floor = older_than(retention.days);
  if (retention.keep == Keep::until_delivered || retention.undelivered_days > retention.days) {
    Commit waiting{derived_.bookmark.value + 1};
    for (const auto& [account, notices] : derived_.inboxes) {
      for (const auto& [place, news] : notices) {
        const auto* arrived = std::get_if<EventArrived>(&news);
        if (arrived == nullptr || !has_active_devices_before(account, place)) continue;
        waiting = std::min(waiting, arrived->event.commit);
        break;
      }
    }
    floor = std::min(floor, std::max(waiting, older_than(retention.undelivered_days)));
  }
  floor = std::min(floor, Commit{derived_.bookmark.value + 1});  // Delivery reads on from there
  for (auto it = disk_.log.begin(); it != disk_.log.end() && it->first < floor;) {
    const Envelope& envelope = it->second.envelope;
    disk_.index.erase({envelope.conversation, envelope.seq});
    disk_.client_ids.erase({envelope.device, envelope.client_id});
    it = disk_.log.erase(it);
  }
  for (auto& [account, notices] : derived_.inboxes)
    notices.erase(notices.begin(), notices.lower_bound(Cursor::at(floor)));
  co_return disk_.log.empty() ? disk_.last : disk_.log.begin()->first;
}

}  // namespace homing
