// The table of all settings: the TOML key, the field, the unit and a sentence. Flags, environment variables, the
// effective config as TOML and docs/config.md are made from it. Constant data and pure functions; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "server/config.h"

namespace homing::server {

using Field = std::variant<std::string Config::*, int Config::*, std::int64_t Config::*, double Config::*,
                           bool Config::*, std::vector<std::string> Config::*>;

struct Setting {
  std::string_view key;    // "retention.days"
  Field field;
  std::string_view unit;   // "days"; empty for texts and switches
  double min = 0;          // of a number
  double max = 0;
  std::string_view words;  // "text|json": the only values of a text; empty: any
  std::string_view doc;
};

std::span<const Setting> settings();
// nullptr if there is no such setting.
const Setting* find_setting(std::string_view key);

// As TOML writes it; numbers and words as set() takes them.
std::string value_of(const Config& config, const Setting& setting);
std::string flag_of(const Setting& setting);         // "--retention-days"
std::string environment_of(const Setting& setting);  // "HOMING_RETENTION_DAYS"

// Sets one field from text; lists are separated by commas. `invalid_argument` names the key and what is allowed.
Result<void> set(Config& config, const Setting& setting, std::string_view text);

// The whole config as a TOML file that load_config reads back to the same values.
std::string to_toml(const Config& config);
// docs/config.md.
std::string to_markdown();

}  // namespace homing::server
