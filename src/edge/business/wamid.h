// Names of messages and groups for the outside: `wamid.` and 32 characters that hold conversation, seq and a keyed tag, so
// that a name can be read back without a table and nobody can make one up. The On-Premises form is the same without the
// prefix; each form is understood everywhere. A name gives no right: whether the caller may see the message is asked later.
// Values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "model/event.h"

namespace homing::business {

enum class Api { cloud, on_premises };

struct MessageName {
  ConversationId conversation;
  Seq seq;
  friend bool operator==(const MessageName&, const MessageName&) = default;
};

class Wamids {
 public:
  using Key = std::array<std::uint8_t, 16>;
  explicit Wamids(const Key& key) : key_(key) {}

  std::string name(ConversationId conversation, Seq seq, Api api) const;
  // A name for a message that was accepted and never became one; `unique` as the caller likes. read() knows it not.
  std::string name_of_none(std::uint64_t unique, Api api) const;
  // Nothing for a name that is not from here.
  std::optional<MessageName> read(std::string_view name) const;

 private:
  std::string encode(std::uint64_t first, std::uint64_t second, Api api) const;
  const Key key_;
};

// The same name as the other form writes it. Any text; no key is needed.
std::string in_form(std::string_view name, Api api);

// What a change of a group is called in its answer and in its webhook.
std::string request_id(const ClientId& client_id);

// "g" and 16 hexadecimal digits: what stands in `to` and `group_id`.
std::string group_id(ConversationId conversation);
std::optional<ConversationId> parse_group_id(std::string_view text);

}  // namespace homing::business
