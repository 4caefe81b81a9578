// The embedded web app as HTTP answers. A lookup in a fixed table: no path is ever made, so none can be left.
// Built at start, constant afterwards; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "edge/embedded.h"
#include "edge/response.h"

namespace homing::edge {

class Assets {
 public:
  explicit Assets(std::span<const EmbeddedFile> files);

  // What the request's headers say of the copy that the browser has, and of what it can unpack.
  struct Wish {
    std::string_view if_none_match{};
    std::string_view accept_encoding{};
  };
  // The file of this name; the app's page for "/" and for names without a dot (the app's own addresses); else 404.
  Response get(std::string_view path, Wish wish) const;

 private:
  struct Entry {
    const EmbeddedFile* file;
    std::string etag;
  };
  std::unordered_map<std::string_view, Entry> table_;
};

}  // namespace homing::edge
