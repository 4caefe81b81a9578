// Reading one message's members with the refusals that belong to them. Private to message_*.cc.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "edge/business/graph_error.h"
#include "edge/business/lenient.h"
#include "edge/business/message_in.h"
#include "events.pb.h"

namespace homing::business {

using Checked = std::expected<void, GraphError>;

inline std::unexpected<GraphError> missing(std::string_view path) {
  return std::unexpected(GraphError{131008, std::string(path) + " is required"});
}
inline std::unexpected<GraphError> wrong(std::string_view path, std::string_view must) {
  return std::unexpected(GraphError{131009, std::string(path) + " " + std::string(must)});
}

enum class Empty { allowed, refused };
// A text of at most `max` code points into `out`; left alone when absent.
Checked optional_text(const json::object& from, std::string_view name, std::string_view path, std::size_t max,
                      std::string* out);
Checked required_text(const json::object& from, std::string_view name, std::string_view path, std::size_t max,
                      std::string* out, Empty empty = Empty::refused);
// An http(s) address of at most 2000 bytes.
bool is_link(std::string_view text);

Checked read_media(const json::object& from, std::string_view type, OutgoingMessage& message, v1::Media& out);
// The id or link of a file; what it shows goes to message.media.
Checked read_file(const json::object& from, WantedMedia wanted, OutgoingMessage& message);
Checked read_contacts(const json::array& from, v1::Contacts& out);
Checked read_interactive(const json::object& from, OutgoingMessage& message, v1::Interactive& out);

}  // namespace homing::business
