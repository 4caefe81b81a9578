// RocksStore as an EventLog.
#include <boost/asio/this_coro.hpp>

#include <rocksdb/convenience.h>

#include <algorithm>

#include "base/log.h"
#include "store/rocks/committed.h"
#include "store/rocks/keys.h"
#include "wire/seal.h"
#include "wire/stored.h"

namespace homing {

using rocks::Family;
using rocks::Group;
using rocks::Head;
using rocks::key;
using rocks::Look;
using rocks::Reach;

Result<Envelope> RocksStore::load(Commit commit, Look& look) {
  if (commit.value < database_->floor()) return fail(Code::not_found);
  if (auto recent = recent_.find(commit)) return *recent;
  auto bytes = database_->get(Family::log, key(commit), look);
  if (!bytes) return std::unexpected(bytes.error());
  auto loaded = wire::load_envelope(*bytes, commit);
  if (!loaded) return std::unexpected(loaded.error());
  return std::move(loaded->envelope);
}

Result<ClientId> RocksStore::largest_id(DeviceId device, const Group& group) {
  ClientId largest = overlay_.largest(device).value_or(ClientId{});
  for (const auto& [name, place] : group.clients) {
    if (name.device == device) largest = std::max(largest, name.id);
  }
  auto stored = database_->last_name(Family::clients, key(device.value), key(device.value + 1));
  if (!stored && stored.error().code == Code::not_found) return largest;
  if (!stored) return std::unexpected(stored.error());
  ClientId id;
  if (stored->size() != 8 + id.size()) return fail(Code::corrupt, "The name of a stored client id cannot be read.");
  std::copy(stored->begin() + 8, stored->end(), id.begin());
  return std::max(largest, id);
}

// docs/decisions/0016. What is remembered may be too large, when a group could not be written: that costs a look-up. A
// device that says one thing and rests is not worth the walk for its largest.
Result<bool> RocksStore::is_above_all(DeviceId device, const ClientId& id, const Group& group) {
  auto known = largest_ids_.find(device);
  if (!known) {
    largest_ids_.put(device, std::nullopt);
    return false;
  }
  if (!*known) {
    auto largest = largest_id(device, group);
    if (!largest) return std::unexpected(largest.error());
    largest_ids_.put(device, *largest);
    known = *largest;
  }
  if (id <= **known) return false;
  largest_ids_.put(device, id);
  return true;
}

Result<std::optional<Commit>> RocksStore::known_client(DeviceId device, const ClientId& id, const Group* group,
                                                       Look& look) {
  rocks::ClientKey name{device, id};
  if (group != nullptr) {
    if (auto here = group->clients.find(name); here != group->clients.end())
      return group->envelopes[here->second].commit;
  }
  if (auto commit = overlay_.find(name)) return commit;
  auto stored = database_->get(Family::clients, key(device, id), look);
  if (!stored && stored.error().code == Code::not_found) return std::optional<Commit>{};
  if (!stored) return std::unexpected(stored.error());
  if (stored->size() != 8) return fail(Code::corrupt, "A stored client id cannot be read.");
  Commit commit{rocks::get_u64(*stored)};
  if (commit.value < database_->floor()) return std::optional<Commit>{};  // remembered as long as the message
  return std::optional<Commit>{commit};
}

Result<Head> RocksStore::head_of(ConversationId conversation, Look& look) {
  if (auto known = heads_.find(conversation)) return *known;
  Head head;
  auto record = database_->get(Family::directory, key('c', conversation.value), look);
  if (!record && record.error().code == Code::not_found) return head;
  if (!record) return std::unexpected(record.error());
  auto loaded = wire::load_conversation(*record);
  if (!loaded) return std::unexpected(loaded.error());
  head.version = loaded->version;
  head.seq = std::max(Seq{head.version.value}, overlay_.head(conversation));
  auto stored = database_->get(Family::directory, key('h', conversation.value), look);
  if (!stored && stored.error().code != Code::not_found) return std::unexpected(stored.error());
  if (stored && stored->size() != 8) return fail(Code::corrupt, "A stored head cannot be read.");
  if (stored) head.seq = std::max(head.seq, Seq{rocks::get_u64(*stored)});
  return head;
}

Result<Envelope> RocksStore::stage_append(const Draft& draft, Group& group) {
  Look look(Reach::disk);  // this thread may wait
  auto above = is_above_all(draft.device, draft.client_id, group);
  if (!above) return std::unexpected(above.error());
  auto known = *above ? std::optional<Commit>() : known_client(draft.device, draft.client_id, &group, look);
  if (!known) return std::unexpected(known.error());
  if (*known) {
    auto here = group.clients.find({draft.device, draft.client_id});
    Result<Envelope> first =
        here != group.clients.end() ? Result<Envelope>(group.envelopes[here->second]) : load(**known, look);
    if (!first) return first;
    bool same = first->sealed->bytes == draft.sealed->bytes || is_revised(first->sealed->header);
    if (!same) return fail(Code::client_id_reused, {}, "client_id");
    return first;
  }
  auto here = group.heads.find(draft.conversation);
  // Only this thread fills the cache: what another one has read may be old by the time it is put there.
  auto head = here != group.heads.end() ? Result<Head>(here->second) : head_of(draft.conversation, look);
  if (!head) return std::unexpected(head.error());
  if (head->version != draft.expects) return fail(Code::conflict);
  if (!head->version && !draft.becomes) return fail(Code::unknown_conversation);

  Seq seq{head->seq.value + 1};
  if (!draft.revises.empty()) {
    if (auto revised = stage_revisions(draft, seq, group, look); !revised) return std::unexpected(revised.error());
  }
  Commit commit{group.last.value + 1};
  Envelope envelope{draft.conversation, seq, commit, clock_.now(), draft.device, draft.client_id, draft.sealed};
  group.batch.Put(database_->family(Family::log), key(commit), wire::store(envelope, draft.expects));
  group.last = commit;
  group.heads[draft.conversation] = Head{seq, draft.becomes ? Version{seq.value} : head->version};
  group.clients[{draft.device, draft.client_id}] = group.envelopes.size();
  group.envelopes.push_back(envelope);
  if (draft.becomes) stage_conversation(group, *draft.becomes, seq);
  return envelope;
}

// All of them or none: what is refused must leave the group as it was.
Result<void> RocksStore::stage_revisions(const Draft& draft, Seq by, Group& group, Look& look) {
  std::vector<wire::StoredEnvelope> revised;
  for (const Revision& revision : draft.revises) {
    Commit commit = revision.event.commit;
    if (commit.value < database_->floor()) return fail(Code::conflict);
    auto bytes = database_->get(Family::log, key(commit), look);
    if (!bytes) return std::unexpected(bytes.error());
    auto stored = wire::load_envelope(*bytes, commit);
    if (!stored) return std::unexpected(stored.error());
    if (auto here = group.revised.find(commit); here != group.revised.end()) stored->envelope = here->second;
    if (stored->envelope.sealed->bytes != revision.from->bytes) return fail(Code::conflict);
    stored->envelope.sealed = wire::reseal(revision, by);
    revised.push_back(std::move(*stored));
  }
  for (const wire::StoredEnvelope& stored : revised) {
    const Envelope& envelope = stored.envelope;
    group.batch.Put(database_->family(Family::log), key(envelope.commit), wire::store(envelope, stored.version));
    group.revised.insert_or_assign(envelope.commit, envelope);
  }
  return {};
}

void RocksStore::publish(Group& group) {
  for (const auto& [commit, envelope] : group.revised) recent_.replace(envelope);
  for (const Envelope& envelope : group.envelopes) overlay_.add(envelope);
  for (const auto& [conversation, head] : group.heads) heads_.put(conversation, head);
  for (const auto& conversation : group.conversations) conversations_.put(conversation->id, conversation);
  recent_.add(group.envelopes);
  events_ += group.envelopes.size();
}

Task<Result<Envelope>> RocksStore::append(Draft draft) {
  auto shared = std::make_shared<const Draft>(std::move(draft));
  std::function<Result<Envelope>(Group&)> stage = [this, shared](Group& group) { return stage_append(*shared, group); };
  return committed<Envelope>(std::move(stage));
}

Task<Result<std::optional<Envelope>>> RocksStore::find(DeviceId device, ClientId client_id) {
  auto find = [this, device, client_id](Look& look) -> Result<std::optional<Envelope>> {
    auto commit = known_client(device, client_id, nullptr, look);
    if (!commit) return std::unexpected(commit.error());
    if (!*commit) return std::optional<Envelope>{};
    auto envelope = load(**commit, look);
    if (!envelope) return std::unexpected(envelope.error());
    return std::optional<Envelope>{std::move(*envelope)};
  };
  Look look(Reach::memory);
  if (auto found = find(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(find));
}

Task<Result<Page<Envelope>>> RocksStore::read(ConversationId conversation, Seq from, Seq to, std::size_t limit) {
  auto read = [this, conversation, from, to, limit](Look& look) { return events(conversation, from, to, limit, look); };
  Look look(Reach::memory);
  if (auto page = read(look); !look.wants_disk()) co_return page;
  co_return co_await reads_.cold(std::move(read));
}

Result<Page<Envelope>> RocksStore::events(ConversationId conversation, Seq from, Seq to, std::size_t limit,
                                          Look& look) {
  // The overlay first: what leaves it in between is on disk by then.
  std::map<Seq, Commit> fresh, places;
  overlay_.collect(conversation, from, to, fresh);
  auto scanned = database_->scan(Family::index, key(conversation, from), key(conversation, to), look,
                                 [&](std::string_view name, std::string_view value) {
                                   Commit commit{rocks::get_u64(value)};
                                   if (commit.value >= database_->floor())
                                     places[Seq{rocks::get_u64(name, 8)}] = commit;
                                   return places.size() <= limit;
                                 });
  if (!scanned) return std::unexpected(scanned.error());
  places.merge(fresh);
  Page<Envelope> page;
  for (const auto& [seq, commit] : places) {
    if (commit.value < database_->floor()) continue;
    if (page.items.size() == limit) {
      page.more = More::yes;
      break;
    }
    auto envelope = load(commit, look);
    if (!envelope && envelope.error().code == Code::not_found) continue;
    if (!envelope) return std::unexpected(envelope.error());
    page.items.push_back(std::move(*envelope));
  }
  return page;
}

Task<Result<Seq>> RocksStore::head(ConversationId conversation) {
  auto read = [this, conversation](Look& look) -> Result<Seq> {
    auto head = head_of(conversation, look);
    if (!head) return std::unexpected(head.error());
    return head->seq;
  };
  Look look(Reach::memory);
  if (auto head = read(look); !look.wants_disk()) co_return head;
  co_return co_await reads_.cold(std::move(read));
}

Task<Result<std::vector<Envelope>>> RocksStore::get(std::vector<EventRef> refs) {
  auto read = [this, refs = std::move(refs)](Look& look) { return events(refs, look); };
  Look look(Reach::memory);
  if (auto found = read(look); !look.wants_disk()) co_return found;
  co_return co_await reads_.cold(std::move(read));
}

Result<std::vector<Envelope>> RocksStore::events(const std::vector<EventRef>& refs, Look& look) {
  std::vector<Envelope> envelopes;
  envelopes.reserve(refs.size());
  for (const EventRef& ref : refs) {
    if (ref.commit.value < database_->floor()) continue;
    auto envelope = load(ref.commit, look);
    if (!envelope && envelope.error().code == Code::not_found) continue;
    if (!envelope) return std::unexpected(envelope.error());
    if (envelope->conversation != ref.conversation || envelope->seq != ref.seq) continue;
    envelopes.push_back(std::move(*envelope));
  }
  return envelopes;
}

Task<Result<Followed>> RocksStore::follow(Partition, Commit after, std::size_t limit) {
  boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  Commit last = committer_->last();
  if (last <= after) {
    auto initiate = [this, executor, after](auto handler) mutable {
      auto shared = std::make_shared<std::decay_t<decltype(handler)>>(std::move(handler));
      committer_->wait(after, executor, [shared] {
        auto resumed = std::move(*shared);
        resumed();
      });
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(std::move(initiate),
                                                                                       boost::asio::use_awaitable);
    last = committer_->last();
  }
  auto read = [this, after, last, limit](Look& look) { return events(after, last, limit, look); };
  Look look(Reach::memory);
  if (auto followed = read(look); !look.wants_disk()) co_return followed;
  co_return co_await reads_.cold(std::move(read));
}

Result<Followed> RocksStore::events(Commit after, Commit last, std::size_t limit, Look& look) {
  Followed followed;
  if (std::uint64_t floor = database_->floor(); floor > 0) after = std::max(after, Commit{floor - 1});
  if (auto recent = recent_.after(after, limit)) {
    followed.envelopes = std::move(*recent);
  } else {
    Result<void> readable;
    auto scanned = database_->scan(Family::log, key(Commit{after.value + 1}), key(Commit{last.value + 1}), look,
                                   [&](std::string_view name, std::string_view value) {
                                     auto loaded = wire::load_envelope(value, Commit{rocks::get_u64(name)});
                                     if (!loaded) readable = std::unexpected(loaded.error());
                                     if (loaded) followed.envelopes.push_back(std::move(loaded->envelope));
                                     return loaded.has_value() && followed.envelopes.size() < limit;
                                   });
    if (!scanned) return std::unexpected(scanned.error());
    if (!readable) return std::unexpected(readable.error());
  }
  // More may have been committed since `last` was read; what the page holds decides.
  followed.next = followed.envelopes.size() >= limit ? followed.envelopes.back().commit : last;
  if (!followed.envelopes.empty()) followed.next = std::max(followed.next, followed.envelopes.back().commit);
  return followed;
}

Task<Result<Commit>> RocksStore::advance(Partition) {
  std::function<Result<Commit>(Group&)> stage = [this](Group& group) -> Result<Commit> {
    group.last = Commit{group.last.value + 1};
    group.batch.Put(database_->family(Family::meta), "last", key(group.last));
    return group.last;
  };
  return committed<Commit>(std::move(stage));
}

// The first commit that is not older than `limit`: commit order is time order, near enough for days.
Result<Commit> RocksStore::first_after(Time limit) {
  std::uint64_t low = database_->floor(), high = committer_->last().value + 1;
  while (low < high) {
    std::uint64_t middle = low + (high - low) / 2;
    std::optional<wire::StoredEnvelope> found;
    Result<void> readable;
    auto scanned = database_->scan(Family::log, key(Commit{middle}), key(Commit{high}),
                                   [&](std::string_view name, std::string_view value) {
                                     auto loaded = wire::load_envelope(value, Commit{rocks::get_u64(name)});
                                     if (!loaded) readable = std::unexpected(loaded.error());
                                     if (loaded) found = std::move(*loaded);
                                     return false;
                                   });
    if (!scanned) return std::unexpected(scanned.error());
    if (!readable) return std::unexpected(readable.error());
    if (!found || found->envelope.time >= limit) {
      high = middle;
    } else {
      low = found->envelope.commit.value + 1;
    }
  }
  return Commit{low};
}

Task<Result<Commit>> RocksStore::retain(Retention retention, Time now) {
  if (retention.keep == Keep::forever) co_return Commit{database_->floor()};
  auto retain = [this, retention, now](Look&) { return retain_now(retention, now); };
  co_return co_await reads_.cold(std::move(retain));
}

Result<Commit> RocksStore::retain_now(Retention retention, Time now) {
  using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;
  auto days_ago = [&](int days) { return now - std::chrono::duration_cast<std::chrono::milliseconds>(Days{days}); };
  // Until when what is delivered stays, then until when what waits does.
  Result<Commit> floor = Commit{committer_->last().value + 1};
  if (retention.keep == Keep::days) floor = first_after(days_ago(retention.days));
  if (!floor) return floor;
  if (retention.keep == Keep::until_delivered || retention.undelivered_days > retention.days) {
    auto too_old = first_after(days_ago(retention.undelivered_days));
    if (!too_old) return too_old;
    if (auto flushed = flush(); !flushed) return std::unexpected(flushed.error());
    auto waiting = inboxes_.oldest_waiting(inboxes_.bookmark());
    if (!waiting) return waiting;
    *floor = std::min(*floor, std::max(*too_old, *waiting));
  }
  // Never past what Delivery has posted or what is not indexed yet.
  *floor = std::min(*floor, Commit{inboxes_.bookmark().value + 1});
  if (floor->value <= database_->floor()) return Commit{database_->floor()};
  if (auto flushed = flush(); !flushed) return std::unexpected(flushed.error());

  rocksdb::WriteBatch batch;
  batch.Put(database_->family(Family::meta), "floor", key(*floor));
  if (auto written = database_->write(batch, rocks::Database::Sync::yes); !written)
    return std::unexpected(written.error());
  database_->set_floor(*floor);
  // Whole files that hold nothing but dropped events go at once; the rest as files are rewritten.
  std::string begin = key(Commit{}), end = key(*floor);
  rocksdb::Slice from(begin), to(end);
  rocksdb::RangePtr range(&from, &to);
  (void)rocksdb::DeleteFilesInRanges(&database_->db(), database_->family(Family::log), &range, 1, false);
  log::info("store.retained", {{"from", floor->value}});
  return *floor;
}

}  // namespace homing
