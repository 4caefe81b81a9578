#include "server/admin.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string_view>
#include <utility>

#include "server/admin_fields.h"
#include "wire/errors.h"

namespace homing::server {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

constexpr int kJsonDepthMax = 4;
constexpr std::int64_t kInviteHoursMax = 24 * 365;

json::object describe(const Account& account) {
  return {{"account_id", id_text(account.id)},
          {"phone", account.phone},
          {"name", account.name},
          {"about", account.about},
          {"created_ms", account.created.ms}};
}

json::object describe(const Device& device) {
  return {{"device_id", id_text(device.id)},
          {"account_id", id_text(device.account)},
          {"name", device.name},
          {"created_ms", device.created.ms},
          {"revoked", device.life == Life::ended}};
}

json::object describe(const business::Bot& bot) {
  return {{"phone", bot.phone},
          {"account_id", id_text(bot.account)},
          {"phone_number_id", bot.number_id},
          {"waba_id", bot.waba_id},
          {"created_ms", bot.created.ms}};
}

std::string refusal(const Error& error) {
  const wire::ErrorFacts& facts = wire::facts(error.code);
  json::object body{{"code", facts.name}, {"text", error.detail.empty() ? facts.text : error.detail}};
  if (!error.field.empty()) body["field"] = error.field;
  return json::serialize(json::object{{"error", std::move(body)}});
}

// What works on one line of a batch shares this with who waits for all of them. One thread.
struct Batch {
  Batch(const asio::any_io_executor& executor, std::size_t size) : answers(size), remaining(size), done(executor) {
    done.expires_at(asio::steady_timer::time_point::max());
  }
  std::vector<std::string> answers;
  std::size_t remaining;
  asio::steady_timer done;
};

Task<void> answer_one(Admin* admin, std::shared_ptr<Batch> batch, std::size_t index, std::string line) {
  batch->answers[index] = co_await admin->answer(std::move(line));
  if (--batch->remaining == 0) batch->done.cancel();
}

}  // namespace

struct Admin::Command {
  std::string_view name;
  Answer (Admin::*perform)(json::object);
};

const Admin::Command Admin::kCommands[] = {
    {"account.add", &Admin::account_add},     {"account.remove", &Admin::account_remove},
    {"account.list", &Admin::account_list},   {"invite.create", &Admin::invite_create},
    {"device.list", &Admin::device_list},     {"device.revoke", &Admin::device_revoke},
    {"media.sweep", &Admin::media_sweep},     {"bot.add", &Admin::bot_add},
    {"bot.list", &Admin::bot_list},           {"bot.remove", &Admin::bot_remove},
    {"webhook.list", &Admin::webhook_list},   {"webhook.dead", &Admin::webhook_dead},
    {"webhook.retry", &Admin::webhook_retry}, {"push.test", &Admin::push_test},
    {"limits.list", &Admin::limits_list},     {"limits.set", &Admin::limits_set},
};

Admin::Admin(chat::Accounts& accounts, chat::Files& files, business::Bots& bots, webhooks::Desk& webhooks,
             EndSessions end_sessions, Running running)
    : accounts_(accounts),
      files_(files),
      bots_(bots),
      webhooks_(webhooks),
      end_sessions_(std::move(end_sessions)),
      running_(running) {}

Task<std::string> Admin::answer(std::string line) {
  auto result = co_await perform(std::move(line));
  if (!result) co_return refusal(result.error());
  json::object answer;
  answer["result"] = std::move(*result);
  co_return json::serialize(answer);
}

Task<std::vector<std::string>> Admin::answer_all(std::vector<std::string> lines) {
  if (lines.empty()) co_return std::vector<std::string>{};
  auto executor = co_await asio::this_coro::executor;
  auto batch = std::make_shared<Batch>(executor, lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    asio::co_spawn(executor, answer_one(this, batch, i, std::move(lines[i])), asio::detached);
  }
  while (batch->remaining > 0) co_await batch->done.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return std::move(batch->answers);
}

Admin::Answer Admin::perform(std::string line) {
  if (line.size() > kAdminLineBytesMax) co_return fail(Code::too_big);
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  boost::system::error_code failed;
  json::value request = json::parse(line, failed, {}, options);
  if (failed || !request.is_object()) co_return fail(Code::bad_frame, "One JSON object per line is expected.");

  auto name = text(request.get_object(), "command");
  if (!name) co_return std::unexpected(name.error());
  for (const Command& command : kCommands) {
    if (command.name == *name) co_return co_await (this->*command.perform)(std::move(request.get_object()));
  }
  co_return fail(Code::unknown_kind, "There is no such command.", "command");
}

Admin::Answer Admin::account_add(json::object request) {
  auto phone = text(request, "phone");
  if (!phone) co_return std::unexpected(phone.error());
  auto name = text(request, "name");
  if (!name) co_return std::unexpected(name.error());
  auto device_name = text(request, "device_name");
  if (!device_name) co_return std::unexpected(device_name.error());

  auto made = co_await accounts_.add(std::move(*phone), std::move(*name), std::move(*device_name));
  if (!made) co_return std::unexpected(made.error());
  json::object result{{"account_id", id_text(made->account)},
                      {"phone", made->phone},
                      {"device_id", id_text(made->device)},
                      {"token", made->token}};
  co_return result;
}

Admin::Answer Admin::account_remove(json::object request) {
  auto phone = text(request, "phone");
  if (!phone) co_return std::unexpected(phone.error());
  auto ended = co_await accounts_.end_devices(*phone);
  if (!ended) co_return std::unexpected(ended.error());
  end_sessions_(*ended, DeviceId{});
  auto removed = co_await accounts_.remove(std::move(*phone));
  if (!removed) co_return std::unexpected(removed.error());
  co_return describe(*removed);
}

Admin::Answer Admin::account_list(json::object request) {
  AccountId after;
  if (request.contains("after")) {
    auto written = id(request, "after");
    if (!written) co_return std::unexpected(written.error());
    after = AccountId{*written};
  }
  auto limit = number(request, "limit", kAdminListMax, kAdminListMax);
  if (!limit) co_return std::unexpected(limit.error());

  auto page = co_await accounts_.list(after, static_cast<std::size_t>(*limit));
  if (!page) co_return std::unexpected(page.error());
  json::array accounts;
  for (const Account& account : page->items) accounts.push_back(describe(account));
  json::object result;
  result["accounts"] = std::move(accounts);
  result["more"] = page->more == More::yes;
  co_return result;
}

Admin::Answer Admin::invite_create(json::object request) {
  auto hours = number(request, "valid_hours", 24 * 7, kInviteHoursMax);
  if (!hours) co_return std::unexpected(hours.error());
  auto invite = co_await accounts_.invite(std::chrono::hours(*hours));
  if (!invite) co_return std::unexpected(invite.error());
  json::object result{{"invite", invite->code}, {"expires_ms", invite->expires.ms}};
  co_return result;
}

Admin::Answer Admin::device_list(json::object request) {
  auto phone = text(request, "phone");
  if (!phone) co_return std::unexpected(phone.error());
  auto devices = co_await accounts_.devices(std::move(*phone));
  if (!devices) co_return std::unexpected(devices.error());
  json::array listed;
  for (const Device& device : *devices) listed.push_back(describe(device));
  json::object result;
  result["devices"] = std::move(listed);
  co_return result;
}

Admin::Answer Admin::device_revoke(json::object request) {
  auto device = id(request, "device_id");
  if (!device) co_return std::unexpected(device.error());
  auto revoked = co_await accounts_.revoke(DeviceId{*device});
  if (!revoked) co_return std::unexpected(revoked.error());
  end_sessions_(revoked->account, revoked->id);
  co_return describe(*revoked);
}

// What each device's push service answers to a test.
Admin::Answer Admin::push_test(json::object request) {
  if (running_.pushes == nullptr)
    co_return fail(Code::unavailable, "No server with pushes runs here (see push.contact in its settings).");
  auto phone = text(request, "phone");
  if (!phone) co_return std::unexpected(phone.error());
  auto account = co_await accounts_.find(std::move(*phone));
  if (!account) co_return std::unexpected(account.error());
  auto told = co_await running_.pushes->test(*account);
  if (!told) co_return std::unexpected(told.error());
  json::array devices;
  for (const chat::Pushes::Told& device : *told) {
    json::object entry{{"device_id", id_text(device.device)}, {"endpoint", device.endpoint}};
    if (device.answer) {
      constexpr std::string_view kWords[] = {"taken", "gone", "later", "refused"};
      entry["answer"] = kWords[static_cast<std::size_t>(device.answer->what)];
    } else {
      entry["answer"] = "none";
      entry["detail"] = device.answer.error().detail;
    }
    devices.push_back(std::move(entry));
  }
  json::object result;
  result["devices"] = std::move(devices);
  co_return result;
}

Admin::Answer Admin::limits_list(json::object) {
  if (running_.limits == nullptr) co_return fail(Code::unavailable, "No server runs here.");
  json::array limits;
  for (const LiveLimits::Limit& limit : running_.limits->list()) {
    limits.push_back(json::object{{"key", limit.key},
                                  {"value", limit.value},
                                  {"setting", limit.setting},
                                  {"unit", limit.unit},
                                  {"about", limit.about}});
  }
  json::object result;
  result["limits"] = std::move(limits);
  co_return result;
}

// An empty value: back to what the settings say.
Admin::Answer Admin::limits_set(json::object request) {
  if (running_.limits == nullptr) co_return fail(Code::unavailable, "No server runs here.");
  auto key = text(request, "key");
  if (!key) co_return std::unexpected(key.error());
  auto value = text(request, "value");
  if (!value) co_return std::unexpected(value.error());
  auto done = co_await running_.limits->set(std::move(*key), std::move(*value));
  if (!done) co_return std::unexpected(done.error());
  co_return co_await limits_list({});
}

// All steps of a sweep; the server does other things in between.
Admin::Answer Admin::media_sweep(json::object request) {
  const json::value* dry = request.if_contains("dry_run");
  if (dry && !dry->is_bool()) co_return bad_field("dry_run", "true or false is expected.");
  chat::Sweep how = dry && dry->get_bool() ? chat::Sweep::dry : chat::Sweep::real;
  chat::Swept sum;
  std::string place;
  do {
    auto step = co_await files_.sweep(std::move(place), how);
    if (!step) co_return std::unexpected(step.error());
    sum.files += step->swept.files;
    sum.blobs += step->swept.blobs;
    sum.bytes += step->swept.bytes;
    sum.uploads += step->swept.uploads;
    place = std::move(step->next);
  } while (!place.empty());
  json::object result{{"dry_run", how == chat::Sweep::dry},
                      {"files", sum.files},
                      {"blobs", sum.blobs},
                      {"bytes", sum.bytes},
                      {"uploads", sum.uploads}};
  co_return result;
}

Admin::Answer Admin::bot_add(json::object request) {
  auto phone = text(request, "phone");
  if (!phone) co_return std::unexpected(phone.error());
  auto name = text(request, "name");
  if (!name) co_return std::unexpected(name.error());
  auto made = co_await bots_.add(std::move(*phone), std::move(*name));
  if (!made) co_return std::unexpected(made.error());
  json::object result = describe(made->bot);
  result["token"] = made->token;
  result["app_secret"] = made->app_secret;
  result["username"] = made->bot.phone.substr(1);
  result["password"] = made->password;
  co_return result;
}

Admin::Answer Admin::bot_list(json::object) {
  auto bots = co_await bots_.list();
  if (!bots) co_return std::unexpected(bots.error());
  json::array listed;
  for (const business::Bot& bot : *bots) listed.push_back(describe(bot));
  json::object result;
  result["bots"] = std::move(listed);
  co_return result;
}

// Its account ends first: should that be all that happens, the command can be given again.
Admin::Answer Admin::bot_remove(json::object request) {
  auto phone = text(request, "phone");
  if (!phone) co_return std::unexpected(phone.error());
  auto bot = co_await bots_.by_phone(*phone);
  if (!bot) co_return std::unexpected(bot.error());
  auto ended = co_await accounts_.end_devices(*phone);
  bool gone = !ended && ended.error().code == Code::not_found;
  if (!ended && !gone) co_return std::unexpected(ended.error());
  if (ended) {
    end_sessions_(*ended, DeviceId{});
    auto removed = co_await accounts_.remove(std::move(*phone));
    if (!removed) co_return std::unexpected(removed.error());
  }
  json::object result = describe(*bot);
  auto forgotten = co_await bots_.forget(std::move(*bot));
  if (!forgotten) co_return std::unexpected(forgotten.error());
  co_return result;
}

}  // namespace homing::server
