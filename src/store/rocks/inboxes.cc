#include "store/rocks/inboxes.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

#include "store/rocks/keys.h"
#include "wire/stored.h"

namespace homing::rocks {
namespace {

constexpr std::size_t kBatchBytesMax = 256 << 10;

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
  if (made) {
    Commit newest = order_.with([](const Order& order) { return order.newest; });
    found->second.maybe_on_disk = Cursor::at(newest, Cursor::kStepMax);
    found->second.number = ++states_made_;
  }
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
    if (it->on_disk != OnDisk::no) state.unwritten_removals.push_back(it->at);
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
        order_.with([&](Order& order) { order.newest = std::max(order.newest, arrived->event.commit); });
        auto place = std::ranges::lower_bound(entries, at, {}, &Entry::at);
        if (place == entries.end() || place->at != at) entries.insert(place, Entry{at, post.news});
        return;
      }
      // Behind all that is here and all that was read.
      Commit commit;
      if (!entries.empty()) commit = entries.back().at.commit();
      for (const Place& device : state.places) commit = std::max(commit, device.cursor.commit());
      std::erase_if(entries, [&](const Entry& entry) {
        if (entry.news != post.news) return false;
        if (entry.on_disk != OnDisk::no) state.unwritten_removals.push_back(entry.at);
        return true;
      });
      Cursor at = next_place(commit);
      entries.insert(std::ranges::upper_bound(entries, at, {}, &Entry::at), Entry{at, post.news});
    });
  }
}

void Inboxes::set_bookmark(Commit through) {
  order_.with([&](Order& order) {
    order.bookmark = std::max(order.bookmark, through);
    order.newest = std::max(order.newest, through);
  });
}

Cursor Inboxes::next_place(Commit commit) {
  return order_.with([&](Order& order) {
    commit = std::max(commit, order.bookmark);
    if (order.bookmark > order.stepped) order.step = 0;
    order.stepped = std::max(order.stepped, commit);
    order.newest = std::max(order.newest, commit);
    // When steps run out (16 million without one new event), a hint may be lost.
    order.step = std::min(order.step + 1, Cursor::kStepMax);
    return Cursor::at(commit, order.step);
  });
}

Result<Page<Notice>> Inboxes::read(AccountId account, Cursor after, std::size_t limit, Look& look) {
  Cursor disk_until;
  std::uint64_t number = 0;
  shard(account).with([&](auto& states) {
    State& state = touch(states, account);
    disk_until = state.maybe_on_disk;
    number = state.number;
  });
  std::vector<Notice> notices;
  if (disk_until > after) {
    Result<void> readable;
    auto scanned =
        database_.scan(Family::inbox, key(account, Cursor{after.value + 1}), key(account, Cursor{disk_until.value + 1}),
                       look, [&](std::string_view at, std::string_view value) {
                         auto news = load_news(value);
                         if (!news) readable = std::unexpected(news.error());
                         if (!news) return false;
                         notices.push_back(Notice{Cursor{get_u64(at, 8)}, *news});
                         return notices.size() <= limit;
                       });
    if (!scanned) return std::unexpected(scanned.error());
    if (!readable) return std::unexpected(readable.error());
  }
  std::size_t from_disk = notices.size();
  bool same = true;
  shard(account).with([&](auto& states) {
    State& state = touch(states, account);
    // Made anew in between: what it held is on disk by now, behind the scan's back.
    same = state.number == number;
    if (!same) return;
    // Nothing on disk after `after` that is not here as well: the next read from there needs no disk.
    if (disk_until > after && from_disk == 0) state.maybe_on_disk = std::min(state.maybe_on_disk, after);
    if (from_disk > 0) state.drained_from_disk = true;
    std::erase_if(notices, [&](const Notice& notice) {
      return std::ranges::find(state.unwritten_removals, notice.at) != state.unwritten_removals.end();
    });
    auto it = std::ranges::upper_bound(state.entries, after, {}, &Entry::at);
    for (std::size_t taken = 0; it != state.entries.end() && taken <= limit; ++it, ++taken) {
      notices.push_back(Notice{it->at, it->news});
    }
  });
  if (!same) return read(account, after, limit, look);
  if (from_disk > 0) {
    std::ranges::sort(notices, {}, &Notice::at);
    auto twice = std::ranges::unique(notices, {}, &Notice::at);
    notices.erase(twice.begin(), twice.end());
  }
  Page<Notice> page{std::move(notices), More::no};
  // Should removals have emptied a full page from disk, there may be more all the same.
  if (page.items.size() > limit || from_disk > limit) page.more = More::yes;
  if (page.items.size() > limit) page.items.resize(limit);
  return page;
}

Result<std::vector<Inboxes::Place>> Inboxes::load_places(AccountId account, Look& look) {
  std::vector<Place> places;
  Result<void> readable;
  auto scanned = database_.scan(Family::directory, key('v', account.value), key('v', account.value + 1), look,
                                [&](std::string_view name, std::string_view value) {
                                  if (value == "active") places.push_back(Place{DeviceId{get_u64(name, 9)}, Cursor{}});
                                  return true;
                                });
  if (!scanned) return std::unexpected(scanned.error());
  scanned = database_.scan(Family::cursors, key(account.value), next_account(account), look,
                           [&](std::string_view name, std::string_view value) {
                             auto place = std::ranges::find(places, DeviceId{get_u64(name, 8)}, &Place::device);
                             if (place != places.end() && value.size() == 8) place->cursor = Cursor{get_u64(value)};
                             return true;
                           });
  if (!scanned) return std::unexpected(scanned.error());
  return places;
}

Result<void> Inboxes::know_places(AccountId account, Look& look) {
  for (;;) {
    std::uint64_t before = devices_changed_;
    std::uint64_t number = 0;
    bool known = shard(account).with([&](auto& states) {
      State& state = touch(states, account);
      number = state.number;
      return state.places_known;
    });
    if (known) return {};
    auto loaded = load_places(account, look);
    if (!loaded) return std::unexpected(loaded.error());
    bool settled = shard(account).with([&](auto& states) {
      State& state = touch(states, account);
      if (state.places_known) return true;
      // A device came or went while the disk was read, or cursors moved, were written and left memory: what was read is old.
      if (devices_changed_ != before || state.number != number) return false;
      state.places = std::move(*loaded);
      state.places_known = true;
      return true;
    });
    if (settled) return {};
  }
}

Result<Cursor> Inboxes::cursor(AccountId account, DeviceId device, Look& look) {
  if (auto known = know_places(account, look); !known) return std::unexpected(known.error());
  return shard(account).with([&](auto& states) {
    State& state = touch(states, account);
    auto place = std::ranges::find(state.places, device, &Place::device);
    return place == state.places.end() ? Cursor{} : place->cursor;
  });
}

Result<Cursor> Inboxes::move(AccountId account, DeviceId device, Cursor to, Look& look) {
  if (auto known = know_places(account, look); !known) return std::unexpected(known.error());
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
  ++devices_changed_;
  shard(account).with([&](auto& states) {
    auto found = states.find(account);
    if (found == states.end() || !found->second.places_known) return;  // read from disk when it is needed
    auto& places = found->second.places;
    if (std::ranges::find(places, device, &Place::device) == places.end()) places.push_back(Place{device, Cursor{}});
  });
}

Result<void> Inboxes::remove(AccountId account, DeviceId device, Look& look) {
  if (auto known = know_places(account, look); !known) return known;
  shard(account).with([&](auto& states) {
    State& state = touch(states, account);
    std::erase_if(state.places, [&](const Place& place) { return place.device == device; });
    state.forgotten.push_back(device);
    trim(state);
  });
  return {};
}

void Inboxes::stage(AccountId account, State& state, rocksdb::WriteBatch& notices, rocksdb::WriteBatch& places,
                    std::vector<Passed>& passed) {
  for (Entry& entry : state.entries) {
    if (entry.on_disk == OnDisk::yes) continue;
    notices.Put(database_.family(Family::inbox), key(account, entry.at), store(entry.news));
    entry.on_disk = OnDisk::yes;
  }
  for (Cursor at : state.unwritten_removals) places.Delete(database_.family(Family::inbox), key(account, at));
  std::vector<Cursor>().swap(state.unwritten_removals);
  for (DeviceId device : state.forgotten)
    places.Delete(database_.family(Family::cursors), key(account.value, device.value));
  std::vector<DeviceId>().swap(state.forgotten);
  if (!state.places_dirty) return;
  for (const Place& place : state.places) {
    places.Put(database_.family(Family::cursors), key(account.value, place.device.value), key(place.cursor.value));
  }
  state.places_dirty = false;
  if (state.drained_from_disk && state.places_known) {
    Cursor to = lowest(state);
    if (to > state.removed) passed.push_back(Passed{account, std::exchange(state.removed, to), to});
    state.drained_from_disk = false;
  }
}

std::vector<Inboxes::Passed> Inboxes::stage(rocksdb::WriteBatch& notices, rocksdb::WriteBatch& places) {
  std::vector<Passed> passed;
  for (Shard& shard : shards_) {
    shard.with([&](auto& states) {
      for (auto& [account, state] : states) stage(account, state, notices, places, passed);
    });
  }
  places.Put(database_.family(Family::meta), "bookmark", key(bookmark()));
  return passed;
}

Result<void> Inboxes::remove(const std::vector<Passed>& passed) {
  rocksdb::WriteBatch batch;
  Result<void> written;
  for (const Passed& notices : passed) {
    auto scanned = database_.scan(Family::inbox, key(notices.account, Cursor{notices.after.value + 1}),
                                  key(notices.account, Cursor{notices.to.value + 1}),
                                  [&](std::string_view name, std::string_view) {
                                    batch.Delete(database_.family(Family::inbox), name);
                                    if (batch.GetDataSize() < kBatchBytesMax) return true;
                                    written = database_.write(batch, Database::Sync::no);
                                    batch.Clear();
                                    return written.has_value();
                                  });
    if (!scanned) return scanned;
    if (!written) return written;
  }
  if (batch.Count() > 0) written = database_.write(batch, Database::Sync::no);
  return written;
}

void Inboxes::stage_moved(const Conversation& conversation, rocksdb::WriteBatch& batch) {
  News moved = MarksMoved{conversation.id};
  for (const Membership& membership : conversation.members) {
    AccountId account = membership.account;
    shard(account).with([&](auto& states) {
      auto found = states.find(account);
      if (found == states.end()) return;
      for (Entry& entry : found->second.entries) {
        if (entry.on_disk == OnDisk::yes || entry.news != moved) continue;
        batch.Put(database_.family(Family::inbox), key(account, entry.at), store(entry.news));
        entry.on_disk = OnDisk::perhaps;
      }
    });
  }
}

void Inboxes::rest() {
  // What was not touched since the last time and is wholly on disk can be read from there.
  for (Shard& shard : shards_) {
    shard.with([&](auto& states) {
      for (auto it = states.begin(); it != states.end();) {
        State& state = it->second;
        bool clean =
            !state.places_dirty && state.unwritten_removals.empty() && state.forgotten.empty() &&
            std::ranges::all_of(state.entries, [](const Entry& entry) { return entry.on_disk == OnDisk::yes; });
        if (state.rested && clean) {
          it = states.erase(it);
        } else {
          state.rested = true;
          ++it;
        }
      }
    });
  }
}

std::size_t Inboxes::size() const {
  std::size_t size = 0;
  for (const Shard& shard : shards_) size += shard.with([](const auto& states) { return states.size(); });
  return size;
}

Result<Commit> Inboxes::oldest_waiting(Commit through) {
  Commit oldest{through.value + 1};
  Look look(Reach::disk);
  std::string from = key(std::uint64_t{0});
  for (;;) {
    std::optional<AccountId> account;
    auto found =
        database_.scan(Family::inbox, from, std::string(17, '\xff'), [&](std::string_view name, std::string_view) {
          account = AccountId{get_u64(name)};
          return false;
        });
    if (!found) return std::unexpected(found.error());
    if (!account) return oldest;
    auto places = load_places(*account, look);
    if (!places) return std::unexpected(places.error());
    State state;
    state.places = *places;
    auto scanned = database_.scan(Family::inbox, key(*account, Cursor{lowest(state).value + 1}), next_account(*account),
                                  [&](std::string_view, std::string_view value) {
                                    auto news = load_news(value);
                                    const auto* arrived = news ? std::get_if<EventArrived>(&*news) : nullptr;
                                    if (arrived != nullptr && !state.places.empty())
                                      oldest = std::min(oldest, arrived->event.commit);
                                    return arrived == nullptr;
                                  });
    if (!scanned) return std::unexpected(scanned.error());
    from = next_account(*account);
  }
}

}  // namespace homing::rocks
