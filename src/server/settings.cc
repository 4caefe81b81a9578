#include "server/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

namespace homing::server {
namespace {

constexpr double kDaysMax = 36'500;
constexpr double kBytesMax = 1e15;

const Setting kSettings[] = {
    {"data", &Config::data, {}, 0, 0, {}, "The folder that holds everything Homing stores."},
    {"listen", &Config::listen, {}, 0, 0, {}, "Address and port for clients: WebSocket, REST and the web app."},
    {"public_url",
     &Config::public_url,
     {},
     0,
     0,
     {},
     "Where clients find this server, e.g. https://chat.example; for addresses of files in the business API. Empty: where the request came to."},
    {"trusted_proxies",
     &Config::trusted_proxies,
     {},
     0,
     0,
     {},
     "Reverse proxies, e.g. 127.0.0.1, 10.0.0.0/8: what they say in X-Forwarded-For is the client's address, for rate limits."},
    {"threads", &Config::threads, "threads", 0, 64, {}, "I/O threads; 0: one per core."},
    {"drain_seconds",
     &Config::drain_seconds,
     "seconds",
     0,
     600,
     {},
     "How long a stopping server gives its clients to leave before it closes their connections."},
    {"log.level", &Config::log_level, {}, 0, 0, "debug|info|warn|error", "The least important lines that are logged."},
    {"log.form", &Config::log_form, {}, 0, 0, "text|json", "How a log line is written, to standard error."},
    {"metrics.listen",
     &Config::metrics_listen,
     {},
     0,
     0,
     {},
     "Address and port of /metrics (Prometheus), /healthz and /readyz. Empty: off. Not for the internet."},
    {"admin.listen",
     &Config::admin_listen,
     {},
     0,
     0,
     {},
     "Address and port of the operator's HTTP API; its token is in admin.token in the data folder. Empty: off. Not for the internet."},
    {"tls.cert", &Config::tls_cert, {}, 0, 0, {}, "File with the certificate chain (PEM). Empty: plain HTTP."},
    {"tls.key", &Config::tls_key, {}, 0, 0, {}, "File with the private key (PEM)."},
    {"web.allowed_origins",
     &Config::allowed_origins,
     {},
     0,
     0,
     {},
     "Web origins besides the server's own that may connect from a browser, e.g. https://chat.example.org."},
    {"registration.code_hook_url",
     &Config::code_hook_url,
     {},
     0,
     0,
     {},
     "Registration by code: this URL gets a POST of {\"phone\", \"code\"} and sends the code. Empty: invitations only."},
    {"registration.code_hook_secret_file",
     &Config::code_hook_secret_file,
     {},
     0,
     0,
     {},
     "File whose content is sent to the hook as \"Authorization: Bearer ...\"."},
    {"registration.code_hook_timeout_seconds",
     &Config::code_hook_timeout_seconds,
     "seconds",
     1,
     60,
     {},
     "How long the hook may take to answer."},
    {"registration.dev_codes_in_log",
     &Config::dev_codes_in_log,
     {},
     0,
     0,
     {},
     "For development only: registration codes go to the log instead of a hook."},
    {"webhooks.allow",
     &Config::webhooks_allow,
     {},
     0,
     0,
     {},
     "Addresses and networks that webhooks and links may lead to besides the public internet, e.g. 127.0.0.1, 10.0.0.0/8."},
    {"webhooks.max_concurrent_requests",
     &Config::webhooks_concurrent,
     "requests",
     1,
     64,
     {},
     "Requests to one bot's webhook at the same moment."},
    {"push.contact",
     &Config::push_contact,
     {},
     0,
     0,
     {},
     "Whom push services write to about this server: a mailto: or https: URL. Empty: public_url, if that is https; otherwise there are no pushes."},
    {"retention.keep",
     &Config::retention_keep,
     {},
     0,
     0,
     "forever|days|until_delivered",
     "How long messages stay on the server."},
    {"retention.days",
     &Config::retention_days,
     "days",
     1,
     kDaysMax,
     {},
     "With keep = \"days\": the age at which a message goes."},
    {"retention.undelivered_days",
     &Config::retention_undelivered_days,
     "days",
     1,
     kDaysMax,
     {},
     "The age at which a message goes that somebody has not fetched (not with keep = \"forever\")."},
    {"media.quota_account_bytes",
     &Config::media_quota_account_bytes,
     "bytes",
     0,
     kBytesMax,
     {},
     "Files of one account, by their sizes."},
    {"media.quota_total_bytes",
     &Config::media_quota_total_bytes,
     "bytes",
     0,
     kBytesMax,
     {},
     "Everything in the blobs folder, uploads under way included."},
    {"media.unused_hours",
     &Config::media_unused_hours,
     "hours",
     1,
     24 * 365,
     {},
     "How long a file stays that no message shows: after its upload, after it was sent last, or when its messages have gone."},
    {"media.bots_unused_days",
     &Config::media_bots_unused_days,
     "days",
     1,
     kDaysMax,
     {},
     "How long a file stays that a bot uploaded through the business API and no message shows."},
    {"limits.frames_per_second",
     &Config::frames_per_second,
     "frames/s",
     1,
     1e6,
     {},
     "Sustained rate of frames that one connection may send."},
    {"limits.frames_burst",
     &Config::frames_burst,
     "frames",
     1,
     1e6,
     {},
     "Frames that one connection may send at once."},
    {"limits.api_per_second",
     &Config::api_per_second,
     "calls/s",
     0.01,
     1e6,
     {},
     "Sustained rate of REST calls that change something, of one account (api_account)."},
    {"limits.api_burst", &Config::api_burst, "calls", 1, 1e6, {}, "As many of them at once."},
    {"limits.api_address_per_second",
     &Config::api_address_per_second,
     "calls/s",
     0.01,
     1e6,
     {},
     "The same of one address, whoever calls from there (api_address)."},
    {"limits.api_address_burst", &Config::api_address_burst, "calls", 1, 1e6, {}, "As many of them at once."},
    {"limits.ping_seconds",
     &Config::ping_seconds,
     "seconds",
     1,
     3600,
     {},
     "A client that is silent for so long is sent a ping; one that is silent for twice as long is cut."},
};

std::string joined_words(std::string_view key, char separator) {
  std::string out(key);
  for (char& c : out) {
    if (c == '.' || c == '_') c = separator;
  }
  return out;
}

std::unexpected<Error> wrong(const Setting& setting, std::string_view expected) {
  return fail(Code::invalid_argument, fmt::format("{}: {} is expected.", setting.key, expected),
              std::string(setting.key));
}

template <class Number>
Result<void> set_number(Number& field, const Setting& setting, std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = std::is_same_v<Number, double> || value == std::floor(value);
  if (error != std::errc() || end != text.data() + text.size() || !whole ||
      !(value >= setting.min && value <= setting.max)) {
    return wrong(setting, fmt::format("a number from {} to {}", setting.min, setting.max));
  }
  field = static_cast<Number>(value);
  return {};
}

Result<void> set_text(std::string& field, const Setting& setting, std::string_view text) {
  if (!setting.words.empty()) {
    std::string list = fmt::format("|{}|", setting.words);
    if (text.empty() || text.find('|') != text.npos || list.find(fmt::format("|{}|", text)) == list.npos) {
      return wrong(setting, fmt::format("one of {}", setting.words));
    }
  }
  field = text;
  return {};
}

Result<void> set_switch(bool& field, const Setting& setting, std::string_view text) {
  if (text != "true" && text != "false") return wrong(setting, "true or false");
  field = text == "true";
  return {};
}

void set_list(std::vector<std::string>& field, std::string_view text) {
  field.clear();
  while (!text.empty()) {
    std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) field.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string toml_value(const Config& config, const Setting& setting) {
  struct Print {
    const Config& config;
    std::string operator()(std::string Config::* field) const { return toml_string(config.*field); }
    std::string operator()(int Config::* field) const { return std::to_string(config.*field); }
    std::string operator()(std::int64_t Config::* field) const { return std::to_string(config.*field); }
    std::string operator()(double Config::* field) const { return fmt::format("{}", config.*field); }
    std::string operator()(bool Config::* field) const { return config.*field ? "true" : "false"; }
    std::string operator()(std::vector<std::string> Config::* field) const {
      std::string out;
      for (const std::string& item : config.*field) out += (out.empty() ? "" : ", ") + toml_string(item);
      return "[" + out + "]";
    }
  };
  return std::visit(Print{config}, setting.field);
}

}  // namespace

std::span<const Setting> settings() { return kSettings; }

const Setting* find_setting(std::string_view key) {
  auto found = std::ranges::find(kSettings, key, &Setting::key);
  return found == std::end(kSettings) ? nullptr : &*found;
}

std::string value_of(const Config& config, const Setting& setting) { return toml_value(config, setting); }

std::string flag_of(const Setting& setting) { return "--" + joined_words(setting.key, '-'); }

std::string environment_of(const Setting& setting) {
  std::string name = "HOMING_" + joined_words(setting.key, '_');
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

Result<void> set(Config& config, const Setting& setting, std::string_view text) {
  struct Set {
    Config& config;
    const Setting& setting;
    std::string_view text;
    Result<void> operator()(std::string Config::* field) const { return set_text(config.*field, setting, text); }
    Result<void> operator()(int Config::* field) const { return set_number(config.*field, setting, text); }
    Result<void> operator()(std::int64_t Config::* field) const { return set_number(config.*field, setting, text); }
    Result<void> operator()(double Config::* field) const { return set_number(config.*field, setting, text); }
    Result<void> operator()(bool Config::* field) const { return set_switch(config.*field, setting, text); }
    Result<void> operator()(std::vector<std::string> Config::* field) const {
      set_list(config.*field, text);
      return {};
    }
  };
  return std::visit(Set{config, setting, text}, setting.field);
}

std::string to_toml(const Config& config) {
  std::string out;
  std::string_view table;
  for (const Setting& setting : kSettings) {
    std::size_t dot = setting.key.find('.');
    std::string_view name = setting.key;
    if (dot != setting.key.npos) {
      name = setting.key.substr(dot + 1);
      if (setting.key.substr(0, dot) != table) {
        table = setting.key.substr(0, dot);
        out += fmt::format("\n[{}]\n", table);
      }
    }
    out += fmt::format("{} = {}\n", name, toml_value(config, setting));
  }
  return out;
}

std::string to_markdown() {
  std::string out =
      "# Settings\n\n"
      "Made by `homing config --markdown`; do not edit.\n\n"
      "Homing reads `homing.toml` in its data folder, or the file given with `--config`. Every setting is also an\n"
      "environment variable and a flag; a flag wins over the environment, the environment over the file. Unknown keys\n"
      "are refused. `homing config` prints what is in effect.\n\n"
      "| key | default | unit | what it is | environment | flag |\n|---|---|---|---|---|---|\n";
  const Config defaults;
  for (const Setting& setting : kSettings) {
    std::string doc(setting.doc);
    if (!setting.words.empty()) {
      std::string words(setting.words);
      for (std::size_t at = 0; (at = words.find('|', at)) != words.npos; at += 2) words.replace(at, 1, ", ");
      doc += fmt::format(" One of: {}.", words);
    }
    out += fmt::format("| `{}` | `{}` | {} | {} | `{}` | `{}` |\n", setting.key, toml_value(defaults, setting),
                       setting.unit, doc, environment_of(setting), flag_of(setting));
  }
  return out;
}

}  // namespace homing::server
