// The command line. Only words here; what they do is in commands.h, server.h and config.h.
#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>

#include "edge/embedded.h"
#include "server/check.h"
#include "server/commands.h"
#include "server/config.h"
#include "server/plan.h"
#include "server/serve.h"
#include "server/settings.h"

// jemalloc reads this name (its manual, "TUNING"); sanitized builds keep their own allocator. Memory is allocated on one
// thread and freed on another all the time here, and after a burst it shall go back to the system (docs/decisions/0011).
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:2,background_thread:true,dirty_decay_ms:2000,muzzy_decay_ms:0";
}

namespace {

using namespace homing;
using namespace homing::server;

// The flags that were given, by key.
struct Flags {
  std::map<std::string, std::string> values;
  std::string file;

  void add_data(CLI::App& app) { add(app, *find_setting("data")); }
  void add_all(CLI::App& app) {
    app.add_option("--config", file, "The TOML file; homing.toml in the data folder if not given");
    for (const Setting& setting : settings()) add(app, setting);
  }
  Said said() const {
    Said said;
    for (const auto& [key, value] : values) said.emplace_back(key, value);
    return said;
  }

 private:
  void add(CLI::App& app, const Setting& setting) {
    std::string key(setting.key);
    bool is_switch = std::holds_alternative<bool Config::*>(setting.field);
    CLI::callback_t store = [this, key, is_switch](const CLI::results_t& given) {
      bool bare = given.empty() || given.front().empty() || given.front() == "{}";  // CLI11's way to say "no value"
      values[key] = is_switch && bare ? "true" : given.front();
      return true;
    };
    auto* option = app.add_option(flag_of(setting), store, std::string(setting.doc));
    option->type_name(setting.unit.empty() ? "TEXT" : std::string(setting.unit));
    if (is_switch) option->expected(0, 1)->type_name("[true|false]");
  }
};

// The effective config, or nothing after a complaint.
std::optional<Config> effective(const Flags& flags) {
  std::optional<std::filesystem::path> file;
  if (!flags.file.empty()) file = flags.file;
  auto config = load_config(file, said_by_environment(), flags.said());
  if (config) return std::move(*config);
  std::cerr << "homing: " << config.error().detail << "\n";
  return std::nullopt;
}

// The largest number is more than all people there are.
void add_habits(CLI::App& app, Habits& habits) {
  app.add_option("--users", habits.users, "People")
      ->required()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{10'000'000'000}));
  auto add = [&app](const char* name, double& value, const char* what, double least, double most) {
    app.add_option(name, value, what)->capture_default_str()->check(CLI::Range(least, most));
  };
  add("--messages-per-day", habits.messages_per_day, "That one of them sends", 0, 100'000);
  add("--receivers", habits.receivers, "Of a message, on average", 1, 1024);
  add("--online", habits.online_share, "Share of people at the busiest time", 0, 1);
  add("--peak", habits.peak_factor, "The busiest time against the mean", 1, 100);
  add("--returns-per-day", habits.returns_per_day, "How often a device connects", 0, 10'000);
  add("--retention-days", habits.retention_days, "How long messages are kept", 0, 36'500);
  add("--media", habits.media_share, "Share of messages with a file", 0, 1);
  add("--media-kib", habits.media_kib, "Size of a file, on average", 0, 102'400);
}

int print_config(const Flags& flags, bool markdown) {
  if (markdown) {
    std::cout << to_markdown();
    return 0;
  }
  auto config = effective(flags);
  if (!config) return 1;
  std::cout << to_toml(*config);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Homing, a messenger server of your own"};
  app.require_subcommand(1);
  Flags flags;
  std::string phone, name, device_name, device_id;
  int valid_hours = 24 * 7;
  bool markdown = false, dry_run = false, dead = false;

  CLI::App* serve_command = app.add_subcommand("serve", "Run the server");
  flags.add_all(*serve_command);
  CLI::App* version = app.add_subcommand("version", "Print the version");
  CLI::App* check = app.add_subcommand("check", "Verify everything stored");
  flags.add_data(*check);
  CLI::App* config_command = app.add_subcommand("config", "Print the settings in effect");
  config_command->add_flag("--markdown", markdown, "Print docs/config.md instead");
  flags.add_all(*config_command);

  Habits habits;
  CLI::App* plan_command =
      app.add_subcommand("plan", "What a number of people needs: processors, memory, disk, network");
  add_habits(*plan_command, habits);

  CLI::App* account = app.add_subcommand("account", "People")->require_subcommand(1);
  CLI::App* account_add =
      account->add_subcommand("add", "Add an account, or a device to the one with this phone; prints its token once");
  account_add->add_option("--phone", phone, "In international form, +15551230001")->required();
  account_add->add_option("--name", name, "The name that others see");
  account_add->add_option("--device-name", device_name, "A name for the device");
  CLI::App* account_import =
      account->add_subcommand("import", "Add an account for each line phone<TAB>name of standard input");
  CLI::App* account_list = account->add_subcommand("list", "One JSON object per account and line");
  CLI::App* account_remove = account->add_subcommand("remove", "End an account and its devices");
  account_remove->add_option("--phone", phone, "Whose")->required();
  CLI::App* invite = app.add_subcommand("invite", "Invitations")->require_subcommand(1);
  CLI::App* invite_create = invite->add_subcommand("create", "A code that lets one person register");
  invite_create->add_option("--valid-hours", valid_hours, "How long")->check(CLI::Range(1, 24 * 365));
  CLI::App* bot = app.add_subcommand("bot", "Programs that use the business API")->require_subcommand(1);
  CLI::App* bot_add = bot->add_subcommand("add", "Add a bot; prints its token and secrets once");
  bot_add->add_option("--phone", phone, "In international form, +15551239000")->required();
  bot_add->add_option("--name", name, "The name that others see");
  CLI::App* bot_list = bot->add_subcommand("list", "One JSON object per bot and line");
  CLI::App* bot_remove = bot->add_subcommand("remove", "End a bot, its account and its tokens");
  bot_remove->add_option("--phone", phone, "Whose")->required();
  CLI::App* webhook = app.add_subcommand("webhook", "Bots' webhooks")->require_subcommand(1);
  CLI::App* webhook_list =
      webhook->add_subcommand("list", "One JSON object per webhook and line: where it goes and what waits");
  webhook_list->add_flag("--dead", dead, "Instead, the dead letters: not taken in seven days, or refused three times");
  CLI::App* webhook_retry = webhook->add_subcommand("retry", "Try at once what waits");
  webhook_retry->add_flag("--dead", dead, "Also the dead letters");
  for (CLI::App* command : {webhook_list, webhook_retry}) command->add_option("--phone", phone, "Of this bot only");
  CLI::App* device = app.add_subcommand("device", "Devices")->require_subcommand(1);
  CLI::App* device_list = device->add_subcommand("list", "One JSON object per device and line");
  device_list->add_option("--phone", phone, "Whose")->required();
  CLI::App* device_revoke =
      device->add_subcommand("revoke", "End a device: its token is worthless, its connection closes");
  device_revoke->add_option("device", device_id, "Its device_id")->required();
  CLI::App* media = app.add_subcommand("media", "Files")->require_subcommand(1);
  CLI::App* media_sweep =
      media->add_subcommand("sweep", "Take away files that nothing needs; the server does it every hour");
  media_sweep->add_flag("--dry-run", dry_run, "Only say what would go");
  flags.add_all(*media_sweep);
  CLI::App* push =
      app.add_subcommand("push", "What devices are told while they are not connected")->require_subcommand(1);
  CLI::App* push_test =
      push->add_subcommand("test", "Tell all devices of a person; prints what their push services say");
  push_test->add_option("--phone", phone, "Whose")->required();
  for (CLI::App* command : {push_test, account_add, account_import, account_list, account_remove, invite_create,
                            device_list, device_revoke, bot_add, bot_list, bot_remove, webhook_list, webhook_retry}) {
    flags.add_data(*command);
  }
  CLI11_PARSE(app, argc, argv);

  if (*version) {
    std::cout << "homing " << HOMING_VERSION << "\n";
    return 0;
  }
  if (*config_command) return print_config(flags, markdown);
  if (*plan_command) {
    std::cout << describe(habits, plan(habits));
    return 0;
  }
  auto config = effective(flags);
  if (!config) return 1;
  log::configure(config->level(), config->form());
  if (*serve_command) return serve(std::move(*config), edge::embedded_files());

  // The other commands print results; of the store's own lines only trouble is worth reading.
  log::configure(log::Level::warn, config->form());
  const std::string& data = config->data;
  if (*check) return run_check(data);
  if (*account_add) {
    return run_command(data, "account.add", {{"phone", phone}, {"name", name}, {"device_name", device_name}});
  }
  if (*account_import) return run_account_import(data, std::cin);
  if (*account_list) return run_account_list(data);
  if (*account_remove) return run_command(data, "account.remove", {{"phone", phone}});
  if (*invite_create) return run_command(data, "invite.create", {{"valid_hours", std::to_string(valid_hours)}});
  if (*bot_add) return run_command(data, "bot.add", {{"phone", phone}, {"name", name}});
  if (*bot_list) return run_listing(data, "bot.list", {}, "bots");
  if (*bot_remove) return run_command(data, "bot.remove", {{"phone", phone}});
  if (*webhook_list && dead) return run_listing(data, "webhook.dead", {{"phone", phone}}, "dead");
  if (*webhook_list) return run_listing(data, "webhook.list", {{"phone", phone}}, "webhooks");
  if (*webhook_retry) return run_command(data, "webhook.retry", {{"phone", phone}, {"dead", dead ? "yes" : ""}});
  if (*push_test) return run_listing(data, "push.test", {{"phone", phone}}, "devices");
  if (*device_list) return run_listing(data, "device.list", {{"phone", phone}}, "devices");
  if (*media_sweep) return run_media_sweep(data, config->file_limits(), dry_run ? chat::Sweep::dry : chat::Sweep::real);
  return run_command(data, "device.revoke", {{"device_id", device_id}});
}
