// A text that must not reach a log, a config dump or an error message. It has no formatter and no operator<<: who needs
// the text says reveal(), and a reviewer can search for that. Value; any thread.
#pragma once

#include <string>
#include <utility>

namespace homing::server {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace homing::server
