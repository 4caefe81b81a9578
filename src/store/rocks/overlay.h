// Index entries and client ids of events that are in the log but not yet in their own families. Any thread.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "base/guarded.h"
#include "model/event.h"

namespace homing::rocks {

struct ClientKey {
  DeviceId device;
  ClientId id{};
  friend auto operator<=>(const ClientKey&, const ClientKey&) = default;  // the order of key(device, id)
};
struct ClientKeyHash {
  std::size_t operator()(const ClientKey& key) const noexcept {
    std::uint64_t words[2];
    std::memcpy(words, key.id.data(), sizeof words);
    return std::hash<DeviceId>{}(DeviceId{key.device.value ^ words[0] ^ (words[1] * 3)});
  }
};

class Overlay {
 public:
  struct Layer {
    std::map<std::pair<ConversationId, Seq>, Commit> index;
    std::map<ClientKey, Commit> clients;
    Commit through;
  };

  void add(const Envelope& envelope) {
    layers_.with([&](Layers& layers) {
      layers.fresh.index[{envelope.conversation, envelope.seq}] = envelope.commit;
      layers.fresh.clients[{envelope.device, envelope.client_id}] = envelope.commit;
      layers.fresh.through = envelope.commit;
    });
  }
  std::optional<Commit> find(ConversationId conversation, Seq seq) const {
    return layers_.with([&](const Layers& layers) -> std::optional<Commit> {
      for (const Layer* layer : {&layers.fresh, &layers.leaving}) {
        if (auto it = layer->index.find({conversation, seq}); it != layer->index.end()) return it->second;
      }
      return std::nullopt;
    });
  }
  std::optional<Commit> find(const ClientKey& key) const {
    return layers_.with([&](const Layers& layers) -> std::optional<Commit> {
      for (const Layer* layer : {&layers.fresh, &layers.leaving}) {
        if (auto it = layer->clients.find(key); it != layer->clients.end()) return it->second;
      }
      return std::nullopt;
    });
  }
  // The largest client id of the device here.
  std::optional<ClientId> largest(DeviceId device) const {
    return layers_.with([&](const Layers& layers) {
      std::optional<ClientId> result;
      for (const Layer* layer : {&layers.fresh, &layers.leaving}) {
        auto it = layer->clients.lower_bound(ClientKey{DeviceId{device.value + 1}, {}});
        if (it == layer->clients.begin() || std::prev(it)->first.device != device) continue;
        result = std::max(result, std::optional(std::prev(it)->first.id));
      }
      return result;
    });
  }
  // The newest Seq of the conversation here, or 0.
  Seq head(ConversationId conversation) const {
    return layers_.with([&](const Layers& layers) {
      Seq result;
      for (const Layer* layer : {&layers.fresh, &layers.leaving}) {
        auto it = layer->index.upper_bound({conversation, Seq{~0ull}});
        if (it != layer->index.begin() && std::prev(it)->first.first == conversation) {
          result = std::max(result, std::prev(it)->first.second);
        }
      }
      return result;
    });
  }
  // Entries in [from, to) of one conversation, merged into `out`.
  void collect(ConversationId conversation, Seq from, Seq to, std::map<Seq, Commit>& out) const {
    layers_.with([&](const Layers& layers) {
      for (const Layer* layer : {&layers.leaving, &layers.fresh}) {
        for (auto it = layer->index.lower_bound({conversation, from}); it != layer->index.end(); ++it) {
          if (it->first.first != conversation || it->first.second >= to) break;
          out[it->first.second] = it->second;
        }
      }
    });
  }
  std::size_t size() const {
    return layers_.with([](const Layers& layers) {
      return layers.fresh.index.size() + layers.fresh.clients.size() + layers.leaving.index.size() +
             layers.leaving.clients.size();
    });
  }
  // For the one thread that writes them behind: what to write, and that it is written. Stays visible in between.
  const Layer& begin_leaving() {
    return layers_.with([](Layers& layers) -> const Layer& {
      if (layers.leaving.index.empty()) std::swap(layers.leaving, layers.fresh);
      return layers.leaving;
    });
  }
  void end_leaving() {
    layers_.with([](Layers& layers) { layers.leaving = Layer{}; });
  }

 private:
  struct Layers {
    Layer fresh, leaving;
  };
  Guarded<Layers> layers_;
};

}  // namespace homing::rocks
