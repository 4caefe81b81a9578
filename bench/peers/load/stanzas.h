// Cuts an XML stream into its stanzas and looks into them by hand: a generator needs to know little of each, quickly.
// Pure; any thread.
#pragma once

#include <string_view>

namespace homing::peers {

struct Stanza {
  enum class Kind {
    none,
    opening,
    whole,
    closing
  } kind = Kind::none;  // none: not complete; opening: <stream:stream ...>
  std::string_view text;
  std::size_t size = 0;
};
// From the front of `in`, which begins between two stanzas.
Stanza next_stanza(std::string_view in);

// The value of an attribute in the first tag, or empty.
std::string_view attribute(std::string_view stanza, std::string_view name);
// What stands between <tag ...> and the next '<', or empty.
std::string_view inner_text(std::string_view stanza, std::string_view tag);
// Whether its name is this.
bool is_named(std::string_view stanza, std::string_view name);

}  // namespace homing::peers
