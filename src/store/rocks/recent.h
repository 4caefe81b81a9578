// The envelopes that were committed last, in commit order, bounded by their bytes: the common reads never touch the disk.
// Any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/guarded.h"
#include "model/event.h"

namespace homing::rocks {

class Recent {
 public:
  explicit Recent(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void add(const std::vector<Envelope>& envelopes) {
    ring_.with([&](Ring& ring) {
      for (const Envelope& envelope : envelopes) {
        ring.bytes += cost(envelope);
        ring.envelopes.push_back(envelope);
      }
      while (ring.bytes > bytes_max_ && ring.envelopes.size() > 1) {
        ring.bytes -= cost(ring.envelopes.front());
        ring.envelopes.pop_front();
      }
    });
  }

  // An envelope that reads otherwise now, if it is still here.
  void replace(const Envelope& envelope) {
    ring_.with([&](Ring& ring) {
      auto it = std::ranges::lower_bound(ring.envelopes, envelope.commit, {}, &Envelope::commit);
      if (it == ring.envelopes.end() || it->commit != envelope.commit) return;
      ring.bytes = ring.bytes - cost(*it) + cost(envelope);
      *it = envelope;
    });
  }

  std::optional<Envelope> find(Commit commit) const {
    return ring_.with([&](const Ring& ring) -> std::optional<Envelope> {
      auto it = at_or_after(ring, commit);
      bool here = it != ring.envelopes.end() && it->commit == commit;
      ++(here ? ring.found.hits : ring.found.misses);
      if (!here) return std::nullopt;
      return *it;
    });
  }

  struct Found {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
  };
  Found found() const {
    return ring_.with([](const Ring& ring) { return ring.found; });
  }

  // Everything after `after`, at most `limit`; nothing at all if what follows `after` may have left the ring.
  std::optional<std::vector<Envelope>> after(Commit after, std::size_t limit) const {
    return ring_.with([&](const Ring& ring) -> std::optional<std::vector<Envelope>> {
      if (ring.envelopes.empty() || after < ring.envelopes.front().commit) return std::nullopt;
      std::vector<Envelope> result;
      for (auto it = at_or_after(ring, Commit{after.value + 1}); it != ring.envelopes.end() && result.size() < limit;
           ++it) {
        result.push_back(*it);
      }
      return result;
    });
  }

 private:
  struct Ring {
    std::deque<Envelope> envelopes;
    std::size_t bytes = 0;
    mutable Found found;  // counted under the lock that is held anyway
  };
  static std::size_t cost(const Envelope& envelope) { return envelope.sealed->bytes.size() + 256; }
  static std::deque<Envelope>::const_iterator at_or_after(const Ring& ring, Commit commit) {
    return std::ranges::lower_bound(ring.envelopes, commit, {}, &Envelope::commit);
  }

  std::size_t bytes_max_;
  Guarded<Ring> ring_;
};

}  // namespace homing::rocks
