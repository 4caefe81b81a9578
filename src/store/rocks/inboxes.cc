#include "store/rocks/inboxes.h"

#include <rocksdb/write_batch.h>

#include <algorithm>

#include "store/rocks/keys.h"
#include "wire/stored.h"

namespace homing::rocks {
namespace {

constexpr std::size_t kBatchBytesMax = 256 << 10;  // small writes let the committer's pass between them

std::string next_account(AccountId account) { return key(account.value + 1); }

}  // namespace

std::string store(const News& news) {
  std::string out;
  if (const auto* arrived = std::get_if<EventArrived>(&news)) {
    out.push_back(arrived->own == Own::yes ? 'o' : 'e');
    put_u64(out, arrived->event.conversation.value);
    put_u64(out, arrived->event.seq.value);
    put_u64(out, arrived->event.commit.value);
  } else {
    out.push_back('m');
    put_u64(out, std::get<MarksMoved>(news).conversation.value);
  }
  return out;
}

Result<News> load_news(std::string_view bytes) {
  if (bytes.size() == 9 && bytes[0] == 'm') return News{MarksMoved{ConversationId{get_u64(bytes, 1)}}};
  if (bytes.size() == 25 && (bytes[0] == 'o' || bytes[0] == 'e')) {
    EventRef ref{ConversationId{get_u64(bytes, 1)}, Seq{get_u64(bytes, 9)}, Commit{get_u64(bytes, 17)}};
    return News{EventArrived{ref, bytes[0] == 'o' ? Own::yes : Own::no}};
  }
  return fail(Code::corrupt, "A stored notice cannot be read.");
}

Inboxes::State& Inboxes::touch(std::unordered_map<AccountId, State>& states, AccountId account) {
  auto [found, made] = states.try_emplace(account);
  // Everything that was posted before this state existed stands at or before the bookmark's commit.
  if (made) found->second.maybe_on_disk = Cursor::at(bookmark(), Cursor::kStepMax);
  found->second.rested = false;
  return found->second;
}

Cursor Inboxes::lowest(const State& state) {
  Cursor result{~0ull};
  for (const Place& place : state.places) result = std::min(result, place.cursor);
  return state.places.empty() ? Cursor{} : result;
}

void Inboxes::trim(State& state) {
  if (!state.places_known) return;
  Cursor passed = lowest(state);
  auto keep = std::ranges::find_if(state.entries, [&](const Entry& entry) { return entry.at > passed; });
  for (auto it = state.entries.begin(); it != keep; ++it) {
    if (it->written) state.unwritten_removals.push_back(it->at);
  }
  state.entries.erase(state.entries.begin(), keep);
  if (state.entries.empty()) std::vector<Entry>().swap(state.entries);
}

void Inboxes::post(const std::vector<Post>& posts) {
  for (const Post& post : posts) {
    shard(post.account).with([&](auto& states) {
      State& state = touch(states, post.account);
      auto& entries = state.entries;
      if (const auto* arrived = std::get_if<EventArrived>(&post.news)) {
        Cursor at = Cursor::at(arrived->event.commit);
        auto place = std::ranges::lower_bound(entries, at, {}, &Entry::at);
        if (place == entries.end() || place->at != at) entries.insert(place, Entry{at, post.news});
        return;
      }
      // Behind all that is here, all that was read, and every event that was posted anywhere.
      Commit commit = bookmark();
      if (!entries.empty()) commit = std::max(commit, entries.back().at.commit());
      for (const Place& device : state.places) commit = std::max(commit, device.cursor.commit());
      std::erase_if(entries, [&](const Entry& entry) {
        if (entry.news != post.news) return false;
        if (entry.written) state.unwritten_removals.push_back(entry.at);
        return true;
      });
      entries.push_back(Entry{Cursor::at(commit, ++step_ & Cursor::kStepMax), post.news});
    });
  }
}

void Inboxes::set_bookmark(Commit through) {
  std::uint64_t known = bookmark_;
  while (known < through.value && !bookmark_.compare_exchange_weak(known, through.value)) {
  }
}

Result<Page<Notice>> Inboxes::read(AccountId account, Cursor after, std::size_t limit) {
  Page<Notice> page;
  Cursor disk_until;
  shard(account).with([&](auto& states) {
    State& state = touch(states, account);
    if (after < state.maybe_on_disk) {
      disk_until = state.entries.empty() ? state.maybe_on_disk : std::min(state.maybe_on_disk, Cursor{state.entries.front().at.value - 1});
    }
  });
  if (disk_until > after) {
    Result<void> readable;
    auto scanned = database_.scan(Family::inbox, key(account, Cursor{after.value + 1}), key(account, Cursor{disk_until.value + 1}),
                                  [&](std::string_view at, std::string_view value) {
                                    auto news = load_news(value);
                                    if (!news) readable = std::unexpected(news.error());
                                    if (!news) return false;
                                    page.items.push_back(Notice{Cursor{get_u64(at, 8)}, *news});
                                    return page.items.size() <= limit;
                                  });
    if (!scanned) return std::unexpected(scanned.error());
    if (!readable) return std::unexpected(readable.error());
  }
  shard(account).with([&](auto& states) {
    State& state = touch(states, account);
    if (disk_until > after && page.items.empty() && state.maybe_on_disk > after) {
      // Nothing between `after` and what is here: the next read from there needs no disk.
      bool still = state.entries.empty() || state.entries.front().at > disk_until;
      if (still) state.maybe_on_disk = after;
    }
    if (!page.items.empty()) state.drained_from_disk = true;
    if (page.items.size() > limit) return;
    auto it = std::ranges::upper_bound(state.entries, std::max(after, page.items.empty() ? after : page.items.back().at), {}, &Entry::at);
    for (; it != state.entries.end() && page.items.size() <= limit; ++it) page.items.push_back(Notice{it->at, it->news});
  });
  if (page.items.size() > limit) {
    page.items.resize(limit);
    page.more = More::yes;
  }
  return page;
}

Result<std::vector<Inboxes::Place>> Inboxes::load_places(AccountId account) {
  std::vector<Place> places;
  Result<void> readable;
  auto scanned = database_.scan(
      Family::directory, key('v', account.value), key('v', account.value + 1), [&](std::string_view name, std::string_view value) {
        if (value == "active") places.push_back(Place{DeviceId{get_u64(name, 9)}, Cursor{}});
        return true;
      });
  if (!scanned) return std::unexpected(scanned.error());
  scanned = database_.scan(Family::cursors, key(account.value), next_account(account), [&](std::string_view name, std::string_view value) {
    auto place = std::ranges::find(places, DeviceId{get_u64(name, 8)}, &Place::device);
    if (place != places.end() && value.size() == 8) place->cursor = Cursor{get_u64(value)};
    return true;
  });
  if (!scanned) return std::unexpected(scanned.error());
  return places;
}

Result<void> Inboxes::know_places(AccountId account) {
  bool known = shard(account).with([&](auto& states) { return touch(states, account).places_known; });
  if (known) return {};
  auto loaded = load_places(account);
  if (!loaded) return std::unexpected(loaded.error());
  shard(account).with([&](auto& states) {
    State& state = touch(states, account);
    if (state.places_known) return;
    for (const Place& place : *loaded) {
      if (std::ranges::find(state.places, place.device, &Place::device) == state.places.end()) state.places.push_back(place);
    }
    state.places_known = true;
  });
  return {};
}

Result<Cursor> Inboxes::cursor(AccountId account, DeviceId device) {
  if (auto known = know_places(account); !known) return std::unexpected(known.error());
  return shard(account).with([&](auto& states) {
    State& state = touch(states, account);
    auto place = std::ranges::find(state.places, device, &Place::device);
    return place == state.places.end() ? Cursor{} : place->cursor;
  });
}

Result<Cursor> Inboxes::move(AccountId account, DeviceId device, Cursor to) {
  if (auto known = know_places(account); !known) return std::unexpected(known.error());
  return shard(account).with([&](auto& states) {
    State& state = touch(states, account);
    auto place = std::ranges::find(state.places, device, &Place::device);
    if (place == state.places.end()) place = state.places.insert(place, Place{device, Cursor{}});
    Cursor was = place->cursor;
    if (to <= was) return was;
    place->cursor = to;
    state.places_dirty = true;
    trim(state);
    return was;
  });
}

void Inboxes::add(AccountId account, DeviceId device) {
  shard(account).with([&](auto& states) {
    auto found = states.find(account);
    if (found == states.end() || !found->second.places_known) return;  // read from disk when it is needed
    auto& places = found->second.places;
    if (std::ranges::find(places, device, &Place::device) == places.end()) places.push_back(Place{device, Cursor{}});
  });
}

void Inboxes::remove(AccountId account, DeviceId device) {
  shard(account).with([&](auto& states) {
    State& state = touch(states, account);
    std::erase_if(state.places, [&](const Place& place) { return place.device == device; });
    trim(state);
  });
}

void Inboxes::stage(AccountId account, State& state, rocksdb::WriteBatch& batch) {
  for (Entry& entry : state.entries) {
    if (entry.written) continue;
    batch.Put(database_.family(Family::inbox), key(account, entry.at), store(entry.news));
    entry.written = true;
  }
  for (Cursor at : state.unwritten_removals) batch.Delete(database_.family(Family::inbox), key(account, at));
  std::vector<Cursor>().swap(state.unwritten_removals);
  if (state.places_dirty) {
    for (const Place& place : state.places) {
      batch.Put(database_.family(Family::cursors), key(account.value, place.device.value), key(place.cursor.value));
    }
    state.places_dirty = false;
    if (state.drained_from_disk && state.places_known) {
      Cursor passed = lowest(state);
      batch.DeleteRange(database_.family(Family::inbox), key(account.value), key(account, Cursor{passed.value + 1}));
      state.drained_from_disk = false;
    }
  }
}

Result<void> Inboxes::flush() {
  Commit through = bookmark();  // before the notices are collected: all up to it are in memory or on disk already
  rocksdb::WriteBatch batch;
  for (Shard& shard : shards_) {
    std::vector<AccountId> accounts;
    shard.with([&](auto& states) {
      for (const auto& [account, state] : states) accounts.push_back(account);
    });
    for (AccountId account : accounts) {
      shard.with([&](auto& states) {
        auto found = states.find(account);
        if (found == states.end()) return;
        stage(account, found->second, batch);
      });
      if (batch.GetDataSize() < kBatchBytesMax) continue;
      if (auto written = database_.write(batch, Database::Sync::no); !written) return written;
      batch.Clear();
    }
  }
  batch.Put(database_.family(Family::meta), "bookmark", key(through));
  if (auto written = database_.write(batch, Database::Sync::no); !written) return written;

  // What rested since the last flush and is wholly on disk can be read from there.
  for (Shard& shard : shards_) {
    shard.with([&](auto& states) {
      for (auto it = states.begin(); it != states.end();) {
        State& state = it->second;
        bool clean = !state.places_dirty && state.unwritten_removals.empty() &&
                     std::ranges::all_of(state.entries, &Entry::written);
        if (state.rested && clean) {
          it = states.erase(it);
        } else {
          state.rested = true;
          ++it;
        }
      }
    });
  }
  return {};
}

Result<Commit> Inboxes::oldest_waiting(Commit through) {
  if (auto flushed = flush(); !flushed) return std::unexpected(flushed.error());
  Commit oldest{through.value + 1};
  std::string from = key(std::uint64_t{0});
  for (;;) {
    std::optional<AccountId> account;
    auto found = database_.scan(Family::inbox, from, std::string(17, '\xff'), [&](std::string_view name, std::string_view) {
      account = AccountId{get_u64(name)};
      return false;
    });
    if (!found) return std::unexpected(found.error());
    if (!account) return oldest;
    auto places = load_places(*account);
    if (!places) return std::unexpected(places.error());
    State state;
    state.places = *places;
    auto scanned = database_.scan(Family::inbox, key(*account, Cursor{lowest(state).value + 1}), next_account(*account),
                                  [&](std::string_view, std::string_view value) {
                                    auto news = load_news(value);
                                    const auto* arrived = news ? std::get_if<EventArrived>(&*news) : nullptr;
                                    if (arrived != nullptr && !state.places.empty()) oldest = std::min(oldest, arrived->event.commit);
                                    return arrived == nullptr;
                                  });
    if (!scanned) return std::unexpected(scanned.error());
    from = next_account(*account);
  }
}

}  // namespace homing::rocks
