// A bounded map of what was used lately: two generations, the older one dropped whole when the younger is full. Shared by
// threads; values are copied out, so keep them small or behind a shared_ptr.
//
// Who reads from the disk takes the key's edition first and then offers what was read: it stays out if something newer was
// put in between, even if that has left again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/guarded.h"

namespace homing::rocks {

template <class Key, class Value>
class Cache {
 public:
  explicit Cache(std::size_t entries) : half_(entries / 2) {}

  std::optional<Value> find(Key key) {
    return generations_.with([&](Generations& g) -> std::optional<Value> {
      if (auto found = g.young.find(key); found != g.young.end()) return found->second;
      auto found = g.old.find(key);
      if (found == g.old.end()) return std::nullopt;
      Value value = found->second;
      g.old.erase(found);
      insert(g, key, value);
      return value;
    });
  }

  void put(Key key, Value value) {
    generations_.with([&](Generations& g) {
      ++g.editions[slot(key)];
      g.old.erase(key);
      insert(g, key, std::move(value));
    });
  }
  std::uint64_t edition(Key key) const {
    return generations_.with([&](const Generations& g) { return g.editions[slot(key)]; });
  }
  // Returns what is here now, or `value`.
  Value offer(Key key, Value value, std::uint64_t edition) {
    return generations_.with([&](Generations& g) {
      if (auto found = g.young.find(key); found != g.young.end()) return found->second;
      if (auto found = g.old.find(key); found != g.old.end()) return found->second;
      if (g.editions[slot(key)] == edition) insert(g, key, value);
      return value;
    });
  }

 private:
  static constexpr std::size_t kEditions = 64;
  struct Generations {
    std::unordered_map<Key, Value> young, old;
    std::array<std::uint64_t, kEditions> editions{};  // many keys share one: that only keeps a value out
  };
  static std::size_t slot(Key key) { return std::hash<Key>{}(key) >> 58; }
  void insert(Generations& g, Key key, Value value) {
    if (g.young.size() >= half_) {
      g.old = std::move(g.young);
      g.young = {};
    }
    g.young.insert_or_assign(key, std::move(value));
  }

  std::size_t half_;
  Guarded<Generations> generations_;
};

}  // namespace homing::rocks
