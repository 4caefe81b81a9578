#include "edge/business/on_prem.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <ctime>
#include <utility>

#include "edge/business/ascii_json.h"
#include "edge/business/lenient.h"
#include "edge/business/media_types.h"
#include "edge/business/meta.h"
#include "edge/business/profile.h"
#include "edge/business/request.h"

namespace homing::business {
namespace {

constexpr std::size_t kContactsMax = 256;

// Below /v1 stand our own calls too. Files and POST /v1/messages are ours unless a login token asks.
std::optional<std::size_t> claim(const edge::Request& request) {
  constexpr auto kOwn = std::to_array<std::string_view>({"users", "contacts", "health", "settings", "groups"});
  if (request.segments.size() < 2 || request.segments[0] != "v1") return std::nullopt;
  const std::string& second = request.segments[1];
  for (std::string_view own : kOwn) {
    if (second == own) return 0;
  }
  if (second == "messages" && request.method == "PUT") return 0;
  bool shared = second == "media" || (second == "messages" && request.method == "POST" && request.segments.size() == 2);
  if (shared && token_of(request).starts_with(kLoginTokenPrefix)) return 0;
  return std::nullopt;
}

// "2018-03-01 15:29:26+00:00"
std::string written(Time time) {
  std::time_t seconds = time.ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S+00:00", &parts);
  return text;
}

constexpr int kInternal = 1014;
constexpr auto kStatuses = std::to_array<const char*>({"sent", "delivered", "read"});

bool tells(const Bot& bot, std::string_view status) {
  return std::ranges::find(bot.untold, status) == bot.untold.end();
}

// Which statuses are told from now on, by `webhooks.message` and `sent_status`; nothing when neither says anything.
std::optional<std::function<void(Bot&)>> statuses_change(const json::object& said, const json::object& webhooks) {
  std::vector<std::pair<std::string, bool>> wanted;
  if (auto sent = flag_in(said, "sent_status")) wanted.emplace_back("sent", *sent);
  json::object message = object_in(webhooks, "message").value_or(json::object());
  for (const char* status : kStatuses) {
    if (auto told = flag_in(message, status)) wanted.emplace_back(status, *told);
  }
  if (wanted.empty()) return std::nullopt;
  return [wanted](Bot& bot) {
    for (const auto& [status, told] : wanted) {
      std::erase(bot.untold, status);
      if (!told) bot.untold.push_back(status);
    }
  };
}

GraphError not_the_admin() { return {131005, "Only the bot itself manages users, and it stays"}; }

json::object user_named(const std::string& name) {
  json::object out;
  out["users"] = json::array{json::object{{"username", js(name)}}};
  return out;
}

struct Credentials {
  std::string user;
  std::string password;
};
std::optional<Credentials> basic(std::string_view header) {
  if (header.size() < 6 || (header[0] != 'B' && header[0] != 'b') || header.substr(1, 5) != "asic ")
    return std::nullopt;
  header.remove_prefix(6);
  std::string text(header.size(), '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(text.data()), text.size(), header.data(),
                                 header.size(), " ", &length, &end, sodium_base64_VARIANT_ORIGINAL);
  if (failed != 0) return std::nullopt;
  text.resize(length);
  std::size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

OnPremises::OnPremises(Calls& calls, BotFiles& files, Clock& clock) : calls_(calls), files_(files), clock_(clock) {}

void OnPremises::join(edge::Http& http) {
  edge::FamilyOptions options;
  options.claim = claim;
  options.refuse = [this](int status, const Error& error, const edge::Request& request) {
    if (status == 404) return refused(unknown_object(request.method, request.path));
    GraphError refusal = graph_error(error);
    edge::Response response = refused(refusal);
    response.status = status;
    return response;
  };
  edge::Family& routes = http.family(std::move(options));
  constexpr std::size_t kBody = 256 * 1024;
  routes.add("POST", "/v1/users/login", [this](edge::Request request) { return login(std::move(request)); });
  routes.add("POST", "/v1/users/logout", by(&OnPremises::logout));
  routes.add("POST", "/v1/users", by(&OnPremises::add_user, 201));
  routes.add("GET", "/v1/users/{name}", by(&OnPremises::user));
  routes.add("PUT", "/v1/users/{name}", by(&OnPremises::set_user));
  routes.add("DELETE", "/v1/users/{name}", by(&OnPremises::remove_user));
  routes.add("POST", "/v1/contacts", by(&OnPremises::contacts));
  routes.add("POST", "/v1/messages", by(&OnPremises::messages), kBody);
  routes.add("PUT", "/v1/messages/{id}", by(&OnPremises::set_message));
  routes.add("GET", "/v1/health", by(&OnPremises::health));
  routes.add("GET", "/v1/settings/application", by(&OnPremises::settings));
  routes.add("PATCH", "/v1/settings/application", by(&OnPremises::set_settings));
  routes.add("GET", "/v1/settings/profile/about", by(&OnPremises::about));
  routes.add("PATCH", "/v1/settings/profile/about", by(&OnPremises::set_about));
  routes.add("GET", "/v1/settings/profile/photo", [this](edge::Request request) { return photo(std::move(request)); });
  routes.stream("POST", "/v1/settings/profile/photo",
                [this](edge::Request request, edge::Body& body) { return set_photo(std::move(request), body); });
  routes.add("DELETE", "/v1/settings/profile/photo", by(&OnPremises::remove_photo));
  routes.add("GET", "/v1/settings/business/profile", by(&OnPremises::business));
  routes.add("POST", "/v1/settings/business/profile", by(&OnPremises::set_business));
  routes.add("POST", "/v1/groups", by(&OnPremises::create_group, 201));
  routes.add("GET", "/v1/groups", by(&OnPremises::groups));
  routes.add("GET", "/v1/groups/{id}", by(&OnPremises::group));
  routes.add("PUT", "/v1/groups/{id}", by(&OnPremises::rename_group));
  routes.add("DELETE", "/v1/groups/{id}/participants", by(&OnPremises::remove_members));
  routes.add("PATCH", "/v1/groups/{id}/admins", by(&OnPremises::promote));
  routes.add("DELETE", "/v1/groups/{id}/admins", by(&OnPremises::demote));
  routes.add("GET", "/v1/groups/{id}/invite", by(&OnPremises::invite));
  routes.add("DELETE", "/v1/groups/{id}/invite", by(&OnPremises::revoke_invite));
  routes.add("GET", "/v1/groups/{id}/icon", [this](edge::Request request) { return icon(std::move(request)); });
  routes.stream("POST", "/v1/groups/{id}/icon",
                [this](edge::Request request, edge::Body& body) { return set_icon(std::move(request), body); });
  routes.add("DELETE", "/v1/groups/{id}/icon", by(&OnPremises::remove_icon));
  routes.add("POST", "/v1/groups/{id}/leave", by(&OnPremises::leave));
  routes.stream("POST", "/v1/media",
                [this](edge::Request request, edge::Body& body) { return upload(std::move(request), body); });
  routes.add("GET", "/v1/media/{id}", [this](edge::Request request) { return download(std::move(request)); });
  routes.add("DELETE", "/v1/media/{id}", [this](edge::Request request) { return erase(std::move(request)); });
}

edge::Handler OnPremises::by(Method method, int status) {
  return [this, method, status](edge::Request request) { return run(method, status, std::move(request)); };
}

edge::Response OnPremises::refused(const GraphError& error) {
  edge::Response response = answer(on_prem_error(error).http, on_prem_body(error), &error);
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

Task<edge::Response> OnPremises::run(Method method, int status, edge::Request request) {
  auto known = co_await authenticate(calls_.bots(), request);
  if (!known) co_return refused(known.error());
  if (method != &OnPremises::messages) {
    if (auto admitted = calls_.admit(*known); !admitted) co_return refused(admitted.error());
  }
  auto done = co_await (this->*method)(std::move(*known), std::move(request));
  if (!done) co_return refused(done.error());
  if (!done->contains("meta")) (*done)["meta"] = meta();
  co_return answer(status, ascii_json(std::move(*done)));
}

// --- users ---

Task<edge::Response> OnPremises::login(edge::Request request) {
  if (auto allowed = logins_.take(request.peer, clock_.now()); !allowed) {
    co_return refused(graph_error(allowed.error()));
  }
  auto who = basic(request.header("authorization"));
  if (!who) co_return refused(GraphError{190, "Give user and password as Authorization: Basic"});
  auto said = members_of(request);
  if (!said) co_return refused(said.error());
  std::string new_password = text_in(*said, "new_password").value_or("");
  auto login = co_await calls_.bots().login(std::move(who->user), std::move(who->password), std::move(new_password));
  if (!login) co_return refused(graph_error(login.error()));
  json::object user{{"token", js(login->token)}, {"expires_after", js(written(login->expires))}};
  json::object out;
  out["users"] = json::array{std::move(user)};
  out["meta"] = meta();
  co_return answer(200, ascii_json(out));
}

OnPremises::Done OnPremises::logout(Known, edge::Request request) {
  auto out = co_await calls_.bots().logout(token_of(request));
  if (!out) co_return refuse(out.error());
  co_return json::object();
}

// The bot itself is the admin; its name is the phone's digits.
OnPremises::Done OnPremises::add_user(Known known, edge::Request request) {
  if (!known.user.empty()) co_return std::unexpected(not_the_admin());
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto name = text_in(*said, "username");
  auto password = text_in(*said, "password");
  if (!name || !password) co_return refuse(131008, name ? "password is required" : "username is required");
  auto added = co_await calls_.bots().add_user(known.bot.number_id, *name, std::move(*password));
  if (!added && added.error().code == Code::conflict) {
    GraphError taken{100, "There is a user with this name"};
    taken.on_premises = kInternal;
    taken.http = 400;
    co_return std::unexpected(std::move(taken));
  }
  if (!added) co_return refuse(added.error());
  co_return user_named(*name);
}

OnPremises::Done OnPremises::user(Known known, edge::Request request) {
  std::string name(request.param("name"));
  if (!known.user.empty() && known.user != name) co_return std::unexpected(not_the_admin());
  bool itself = name == digits_of(known.bot.phone);
  if (!itself && known.bot.user(name) == nullptr) co_return std::unexpected(unknown_object("get", name));
  co_return user_named(name);
}

OnPremises::Done OnPremises::set_user(Known known, edge::Request request) {
  std::string name(request.param("name"));
  if (!known.user.empty() && known.user != name) co_return std::unexpected(not_the_admin());
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto password = text_in(*said, "password");
  if (!password) co_return refuse(131008, "password is required");
  std::string user = name == digits_of(known.bot.phone) ? std::string() : name;
  auto set = co_await calls_.bots().set_password(known.bot.number_id, std::move(user), std::move(*password));
  if (!set && set.error().code == Code::not_found) co_return std::unexpected(unknown_object("put", name));
  if (!set) co_return refuse(set.error());
  co_return user_named(name);
}

OnPremises::Done OnPremises::remove_user(Known known, edge::Request request) {
  std::string name(request.param("name"));
  if (!known.user.empty() || name == digits_of(known.bot.phone)) co_return std::unexpected(not_the_admin());
  auto removed = co_await calls_.bots().remove_user(known.bot.number_id, name);
  if (!removed && removed.error().code == Code::not_found) co_return std::unexpected(unknown_object("delete", name));
  if (!removed) co_return refuse(removed.error());
  co_return user_named(name);
}

// --- messages ---

OnPremises::Done OnPremises::contacts(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto list = array_in(*said, "contacts");
  if (!list || list->empty()) co_return refuse(131008, "contacts is required");
  if (list->size() > kContactsMax) co_return refuse(131009, "contacts must have at most 256 entries");
  json::array contacts;
  for (const json::value& item : *list) {
    if (auto allowed = lookups_.take(known.bot.number_id, clock_.now()); !allowed) co_return refuse(allowed.error());
    auto input = text_of(item);
    if (!input) co_return refuse(131009, "contacts must be an array of phone numbers");
    auto person = co_await calls_.person(known, *input);
    json::object one{{"input", js(*input)}, {"status", person ? "valid" : "invalid"}};
    if (person) one["wa_id"] = js(digits_of(person->phone));
    contacts.push_back(std::move(one));
  }
  json::object out;
  out["contacts"] = std::move(contacts);
  co_return out;
}

OnPremises::Done OnPremises::messages(Known known, edge::Request request) {
  auto wanted = read_message(request.header("content-type"), request.body, Api::on_premises);
  if (!wanted) co_return std::unexpected(wanted.error());
  if (auto* upto = std::get_if<ReadUpTo>(&*wanted)) {
    auto read = co_await calls_.read(std::move(known), std::move(*upto));
    if (!read) co_return std::unexpected(read.error());
    co_return json::object();
  }
  std::string key(request.header("idempotency-key"));
  auto sent = co_await calls_.send(std::move(known), std::move(std::get<OutgoingMessage>(*wanted)), std::move(key),
                                   Api::on_premises);
  if (!sent) co_return std::unexpected(sent.error());
  json::object contact{{"input", js(sent->input)}, {"wa_id", js(sent->wa_id)}};
  json::object message{{"id", js(sent->id)}};
  json::object out;
  out["contacts"] = json::array{std::move(contact)};
  out["messages"] = json::array{std::move(message)};
  co_return out;
}

OnPremises::Done OnPremises::set_message(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  if (text_in(*said, "status") != "read") co_return refuse(131009, "status must be read");
  ReadUpTo upto;
  upto.message_id = std::string(request.param("id"));
  auto read = co_await calls_.read(std::move(known), std::move(upto));
  if (!read) co_return std::unexpected(read.error());
  co_return json::object();
}

// --- media ---

Task<edge::Response> OnPremises::upload(edge::Request request, edge::Body& body) {
  auto known = co_await authenticate(calls_.bots(), request);
  if (known) {
    if (auto admitted = calls_.admit(*known); !admitted) known = std::unexpected(admitted.error());
  }
  if (!known) {
    (void)co_await body.drain(kUploadBodyBytesMax);
    co_return refused(known.error());
  }
  auto id = co_await files_.upload_raw(std::move(*known), std::move(request), body);
  if (!id) co_return refused(id.error());
  json::object out;
  out["media"] = json::array{json::object{{"id", js(*id)}}};
  out["meta"] = meta();
  co_return answer(201, ascii_json(out));
}

Task<edge::Response> OnPremises::download(edge::Request request) {
  auto known = co_await authenticate(calls_.bots(), request);
  if (!known) co_return refused(known.error());
  if (auto admitted = calls_.admit(*known); !admitted) co_return refused(admitted.error());
  std::string id(request.param("id"));
  auto file = co_await files_.bytes(known->caller.account, std::move(id), std::move(request));
  if (!file) co_return refused(file.error());
  co_return std::move(*file);
}

Task<edge::Response> OnPremises::erase(edge::Request request) {
  auto known = co_await authenticate(calls_.bots(), request);
  if (!known) co_return refused(known.error());
  if (auto admitted = calls_.admit(*known); !admitted) co_return refused(admitted.error());
  auto erased = co_await files_.erase(std::move(*known), std::string(request.param("id")));
  if (!erased) co_return refused(erased.error());
  json::object out;
  out["meta"] = meta();
  co_return answer(200, ascii_json(out));
}

// --- health and settings ---

OnPremises::Done OnPremises::health(Known, edge::Request) {
  json::object out;
  out["health"] = json::object{{"gateway_status", "connected"}};
  co_return out;
}

OnPremises::Done OnPremises::settings(Known known, edge::Request) {
  json::object webhooks;
  if (calls_.ports().webhooks) {
    auto url = co_await calls_.ports().webhooks->url(known.bot.account);
    if (!url && url.error().code != Code::not_found) co_return refuse(url.error());
    if (url) webhooks["url"] = js(*url);
  }
  json::object statuses;
  for (const char* status : kStatuses) statuses[status] = tells(known.bot, status);
  webhooks["message"] = std::move(statuses);
  json::object application, inner, out;
  application["webhooks"] = std::move(webhooks);
  application["sent_status"] = tells(known.bot, "sent");
  inner["application"] = std::move(application);
  out["settings"] = std::move(inner);
  co_return out;
}

OnPremises::Done OnPremises::set_settings(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto webhooks = object_in(*said, "webhooks");
  if (auto change = statuses_change(*said, webhooks.value_or(json::object()))) {
    auto changed = co_await calls_.bots().change(known.bot.number_id, std::move(*change));
    if (!changed) co_return refuse(changed.error());
  }
  if (!webhooks || !webhooks->contains("url")) co_return json::object();  // nothing else can be set
  if (!calls_.ports().webhooks) co_return refuse(131016, "This server sends no webhooks");
  std::string url = text_in(*webhooks, "url").value_or("");
  Result<void> done;
  if (url.empty()) {
    done = co_await calls_.ports().webhooks->remove(known.bot.account);
  } else {
    auto secret = calls_.bots().app_secret(known.bot);
    if (!secret) co_return refuse(secret.error());
    done = co_await calls_.ports().webhooks->set(known.bot, Api::on_premises, std::move(url), {}, std::move(*secret));
  }
  if (!done) co_return refuse(done.error());
  co_return json::object();
}

OnPremises::Done OnPremises::about(Known known, edge::Request) {
  auto account = co_await calls_.bots().account_of(known.bot);
  if (!account) co_return refuse(account.error());
  json::object text{{"text", js((*account)->about)}};
  json::object profile, settings, out;
  profile["about"] = std::move(text);
  settings["profile"] = std::move(profile);
  out["settings"] = std::move(settings);
  co_return out;
}

OnPremises::Done OnPremises::set_about(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto text = text_in(*said, "text");
  if (!text) co_return refuse(131008, "text is required");
  if (code_points(*text) > kProfileAboutMax) co_return refuse(131009, "text must be at most 139 characters");
  auto account = co_await calls_.bots().account_of(known.bot);
  if (!account) co_return refuse(account.error());
  wire::SetProfile profile{(*account)->name, *text, (*account)->read_receipts};
  auto set = co_await calls_.chat().set_profile(known.caller, std::move(profile));
  if (!set) co_return refuse(set.error());
  co_return json::object();
}

OnPremises::Done OnPremises::business(Known known, edge::Request) {
  const Bot& bot = known.bot;
  json::array websites;
  for (const std::string& website : bot.websites) websites.push_back(js(website));
  json::object profile{{"address", js(bot.address)},
                       {"description", js(bot.description)},
                       {"email", js(bot.email)},
                       {"vertical", js(bot.vertical)}};
  profile["websites"] = std::move(websites);
  json::object inner, settings, out;
  inner["profile"] = std::move(profile);
  settings["business"] = std::move(inner);
  out["settings"] = std::move(settings);
  co_return out;
}

OnPremises::Done OnPremises::set_business(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto change = profile_change(*said);
  if (!change) co_return std::unexpected(change.error());
  auto changed = co_await calls_.bots().change(known.bot.number_id, std::move(*change));
  if (!changed) co_return refuse(changed.error());
  co_return json::object();
}

}  // namespace homing::business
