// A bounded map of what was used lately: two generations, the older one dropped whole when the younger is full. Shared by
// threads; values are copied out, so keep them small or behind a shared_ptr.
#pragma once

#include <cstddef>
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
      g.old.erase(key);
      insert(g, key, std::move(value));
    });
  }
  // Puts what was read from disk, unless something newer came in between.
  Value put_if_absent(Key key, Value value) {
    return generations_.with([&](Generations& g) {
      if (auto found = g.young.find(key); found != g.young.end()) return found->second;
      if (auto found = g.old.find(key); found != g.old.end()) return found->second;
      insert(g, key, value);
      return value;
    });
  }

 private:
  struct Generations {
    std::unordered_map<Key, Value> young, old;
  };
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
