// What the operator may decide. One struct with defaults; settings.h has the table that maps key, field, unit and doc.
// Read once at start by server/, immutable afterwards; any thread.
//
// Where a value comes from, later ones win: default, TOML file, environment (HOMING_LOG_LEVEL), flag (--log-level).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "chat/files.h"
#include "edge/rest/gate.h"
#include "store/event_log.h"

namespace homing::server {

struct Config {
  std::string data = "data";
  std::string listen = "127.0.0.1:8080";
  std::string metrics_listen;
  std::string admin_listen;
  int threads = 0;
  std::string log_level = "info";
  std::string log_form = "text";
  std::string tls_cert;
  std::string tls_key;
  std::vector<std::string> allowed_origins;
  std::vector<std::string> trusted_proxies;
  std::string code_hook_url;
  std::string code_hook_secret_file;
  int code_hook_timeout_seconds = 10;
  bool dev_codes_in_log = false;
  std::string public_url;
  std::vector<std::string> webhooks_allow;
  int webhooks_concurrent = 8;
  std::string push_contact;
  std::string retention_keep = "days";
  int retention_days = 30;
  int retention_undelivered_days = 30;
  std::int64_t media_quota_account_bytes = std::int64_t{10} << 30;
  std::int64_t media_quota_total_bytes = std::int64_t{100} << 30;
  int media_unused_hours = 24;
  int media_bots_unused_days = 30;
  double frames_per_second = 200;
  int frames_burst = 1000;
  double api_per_second = 50;
  int api_burst = 200;
  double api_address_per_second = 200;
  int api_address_burst = 1000;
  int ping_seconds = 60;
  int drain_seconds = 10;

  log::Level level() const;
  log::Form form() const;
  Retention retention() const;
  chat::FileLimits file_limits() const;
  rest::GateLimits api_limits() const;
  std::uint64_t blob_bytes_max() const { return static_cast<std::uint64_t>(media_quota_total_bytes); }
  // threads, or the machine's cores.
  unsigned thread_count() const;
};

// "127.0.0.1:8080", "[::1]:8080", "*:8080": an address and a port. `invalid_argument` otherwise.
struct ListenAddress {
  std::string host;  // a numeric address
  std::uint16_t port = 0;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};
Result<ListenAddress> parse_listen(const std::string& written);

// What was said on the command line and in the environment: key and value, e.g. {"log.level", "debug"}.
using Said = std::vector<std::pair<std::string, std::string>>;

// Reads `file` (it must exist), or homing.toml in the data folder if there is one, then `environment`, then `flags`.
// Refuses unknown keys, values of the wrong kind or out of range, and combinations that make no sense.
Result<Config> load_config(std::optional<std::filesystem::path> file, const Said& environment, const Said& flags);

// The settings that this process's environment names.
Said said_by_environment();

}  // namespace homing::server
