#include "server/config.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <toml++/toml.h>

#include <charconv>
#include <cstdlib>
#include <thread>
#include <utility>

#include "edge/proxies.h"
#include "server/settings.h"

namespace homing::server {
namespace {

std::unexpected<Error> refuse(std::string detail, std::string key = {}) {
  return fail(Code::invalid_argument, std::move(detail), std::move(key));
}

// A TOML value as the text that set() takes; nothing if it has a kind that no setting has.
std::optional<std::string> as_text(const toml::node& node) {
  if (auto text = node.value_exact<std::string>()) return *text;
  if (auto whole = node.value_exact<std::int64_t>()) return std::to_string(*whole);
  if (auto number = node.value_exact<double>()) return fmt::format("{}", *number);
  if (auto on = node.value_exact<bool>()) return *on ? "true" : "false";
  const toml::array* list = node.as_array();
  if (!list) return std::nullopt;
  std::string joined;
  for (const toml::node& item : *list) {
    auto text = item.value_exact<std::string>();
    if (!text || text->find(',') != text->npos) return std::nullopt;
    joined += (joined.empty() ? "" : ",") + *text;
  }
  return joined;
}

bool kind_fits(const toml::node& node, const Setting& setting) {
  struct Fits {
    const toml::node& node;
    bool operator()(std::string Config::*) const { return node.is_string(); }
    bool operator()(int Config::*) const { return node.is_integer(); }
    bool operator()(std::int64_t Config::*) const { return node.is_integer(); }
    bool operator()(double Config::*) const { return node.is_number(); }
    bool operator()(bool Config::*) const { return node.is_boolean(); }
    bool operator()(std::vector<std::string> Config::*) const { return node.is_array(); }
  };
  return std::visit(Fits{node}, setting.field);
}

Result<void> apply_table(Config& config, const toml::table& table, const std::string& prefix) {
  for (const auto& [name, node] : table) {
    std::string key = prefix + std::string(name.str());
    if (const toml::table* inner = node.as_table(); inner && prefix.empty()) {
      if (auto applied = apply_table(config, *inner, key + "."); !applied) return applied;
      continue;
    }
    const Setting* setting = find_setting(key);
    if (!setting) return refuse(fmt::format("{}: there is no such setting.", key), key);
    auto text = as_text(node);
    if (!text || !kind_fits(node, *setting)) return refuse(fmt::format("{}: the value has the wrong type.", key), key);
    if (auto done = set(config, *setting, *text); !done) return done;
  }
  return {};
}

Result<void> apply_file(Config& config, const std::filesystem::path& path) {
  toml::table table;
  try {
    table = toml::parse_file(path.string());
  } catch (const toml::parse_error& error) {
    return refuse(fmt::format("{}: line {}: {}", path.string(), error.source().begin.line, error.description()));
  }
  auto applied = apply_table(config, table, "");
  if (!applied) return refuse(fmt::format("{}: {}", path.string(), applied.error().detail), applied.error().field);
  return {};
}

Result<void> apply_said(Config& config, const Said& said) {
  for (const auto& [key, value] : said) {
    const Setting* setting = find_setting(key);
    if (!setting) return refuse(fmt::format("{}: there is no such setting.", key), key);
    if (auto done = set(config, *setting, value); !done) return done;
  }
  return {};
}

Result<void> check_together(const Config& config) {
  if (config.data.empty()) return refuse("data: a folder is expected.", "data");
  if (auto listen = parse_listen(config.listen); !listen) return refuse("listen: " + listen.error().detail, "listen");
  if (!config.metrics_listen.empty()) {
    auto listen = parse_listen(config.metrics_listen);
    if (!listen) return refuse("metrics.listen: " + listen.error().detail, "metrics.listen");
  }
  if (auto proxies = edge::Proxies::parse(config.trusted_proxies); !proxies) {
    return refuse("trusted_proxies: " + proxies.error().detail, "trusted_proxies");
  }
  if (config.tls_cert.empty() != config.tls_key.empty())
    return refuse("tls.cert and tls.key belong together.", "tls.cert");
  if (config.dev_codes_in_log && !config.code_hook_url.empty()) {
    return refuse("registration.dev_codes_in_log is for servers without registration.code_hook_url.",
                  "registration.dev_codes_in_log");
  }
  const std::string& url = config.code_hook_url;
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://")) {
    return refuse("registration.code_hook_url: an http or https URL is expected.", "registration.code_hook_url");
  }
  return {};
}

}  // namespace

log::Level Config::level() const {
  if (log_level == "debug") return log::Level::debug;
  if (log_level == "warn") return log::Level::warn;
  if (log_level == "error") return log::Level::error;
  return log::Level::info;
}

log::Form Config::form() const { return log_form == "json" ? log::Form::json : log::Form::text; }

Retention Config::retention() const {
  Keep keep = retention_keep == "forever" ? Keep::forever
              : retention_keep == "days"  ? Keep::days
                                          : Keep::until_delivered;
  return Retention{keep, retention_days, retention_undelivered_days};
}

rest::GateLimits Config::api_limits() const {
  auto rate = [](double per_second, int burst) {
    return edge::Rate{burst, std::chrono::milliseconds(static_cast<std::int64_t>(1000.0 * burst / per_second))};
  };
  return {rate(api_per_second, api_burst), rate(api_address_per_second, api_address_burst)};
}

chat::FileLimits Config::file_limits() const {
  return chat::FileLimits{static_cast<std::uint64_t>(media_quota_account_bytes),
                          std::chrono::hours(media_unused_hours)};
}

unsigned Config::thread_count() const {
  return threads > 0 ? static_cast<unsigned>(threads) : std::max(1u, std::thread::hardware_concurrency());
}

Result<ListenAddress> parse_listen(const std::string& written) {
  std::size_t colon = written.rfind(':');
  if (colon == written.npos) return refuse("an address like 127.0.0.1:8080 is expected.");
  std::string host = written.substr(0, colon);
  if (host == "*") host = "0.0.0.0";
  if (host == "localhost") host = "127.0.0.1";
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);

  ListenAddress address{host, 0};
  const char* begin = written.data() + colon + 1;
  const char* end = written.data() + written.size();
  auto [stop, error] = std::from_chars(begin, end, address.port);
  if (error != std::errc() || stop != end) return refuse("a port from 0 to 65535 is expected after the last colon.");
  unsigned char scratch[16];
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), scratch) != 1) {
    return refuse("a numeric address is expected, IPv6 in brackets.");
  }
  return address;
}

Result<Config> load_config(std::optional<std::filesystem::path> file, const Said& environment, const Said& flags) {
  // The data folder decides which file is read, so what is said about it outside the file is looked at first.
  Config config;
  for (const Said* said : {&environment, &flags}) {
    if (auto applied = apply_said(config, *said); !applied) return std::unexpected(applied.error());
  }
  std::filesystem::path path = file.value_or(std::filesystem::path(config.data) / "homing.toml");
  std::error_code ignored;
  if (file || std::filesystem::exists(path, ignored)) {
    config = Config{};
    if (auto applied = apply_file(config, path); !applied) return std::unexpected(applied.error());
    for (const Said* said : {&environment, &flags}) {
      if (auto applied = apply_said(config, *said); !applied) return std::unexpected(applied.error());
    }
  }
  if (auto checked = check_together(config); !checked) return std::unexpected(checked.error());
  return config;
}

Said said_by_environment() {
  Said said;
  for (const Setting& setting : settings()) {
    if (const char* value = std::getenv(environment_of(setting).c_str())) said.emplace_back(setting.key, value);
  }
  return said;
}

}  // namespace homing::server
