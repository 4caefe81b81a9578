// One line per thing worth knowing: a stable dotted name and fields. Never content, never tokens. Any thread.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace homing::log {

enum class Level { debug, info, warn, error };
enum class Form { text, json };

// Called once by server/ before threads start; tests may leave the defaults (text to stderr, info).
void configure(Level level, Form form);

struct Field {
  std::string_view name;
  std::string value;

  template <class T>
  Field(std::string_view n, const T& v) : name(n), value(fmt::format("{}", v)) {}
};

void write(Level level, std::string_view event, std::initializer_list<Field> fields);

inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, event, fields);
}
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warn, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, event, fields);
}

}  // namespace homing::log
