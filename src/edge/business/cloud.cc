#include "edge/business/cloud.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "base/log.h"
#include "edge/business/ascii_json.h"
#include "edge/business/lenient.h"
#include "edge/business/media_types.h"
#include "edge/business/profile.h"
#include "edge/business/request.h"

namespace homing::business {
namespace {

constexpr std::size_t kBlockedAtOnceMax = 100;

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "v23.0"
bool is_version(std::string_view segment) {
  if (!segment.starts_with('v')) return false;
  std::size_t dot = segment.find('.');
  return dot != std::string_view::npos && is_digits(segment.substr(1, dot - 1)) && is_digits(segment.substr(dot + 1));
}

std::optional<std::size_t> claim(const edge::Request& request) {
  if (request.segments.empty()) return std::nullopt;
  const std::string& first = request.segments.front();
  if (is_version(first)) return 1;
  if (is_digits(first) || parse_group_id(first) || first == "whatsapp_business") return 0;
  return std::nullopt;
}

json::object success() { return {{"success", true}}; }

json::object page(json::array data) {
  json::object cursors{{"before", ""}, {"after", ""}};
  return {{"data", std::move(data)}, {"paging", json::object{{"cursors", std::move(cursors)}}}};
}

// Keeps the members that `fields=a,b{c}` names, and the id.
json::object selected(json::object object, std::string_view fields) {
  if (fields.empty()) return object;
  std::string wanted = ",";
  int depth = 0;
  for (char c : fields) {
    if (c == '{') ++depth;
    if (depth == 0 && c != ' ') wanted += c;
    if (c == '}') --depth;
  }
  wanted += ',';
  json::object out;
  for (const auto& item : object) {
    std::string name(item.key().data(), item.key().size());
    if (name == "id" || wanted.find("," + name + ",") != std::string::npos) out[item.key()] = item.value();
  }
  return out;
}

}  // namespace

edge::Response Cloud::refused(const GraphError& error) {
  std::string trace = calls_.trace_id();
  int status = http_of(error);
  if (status >= 500) log::warn("business.failed", {{"trace", trace}, {"code", error.code}, {"detail", error.details}});
  return answer(status, graph_body(error, trace), &error);
}

void Cloud::join(edge::Http& http) {
  edge::FamilyOptions options;
  options.claim = claim;
  options.refuse = [this](int status, const Error& error, const edge::Request& request) {
    if (status == 404 || status == 405) {
      return refused(unknown_object(request.method, request.segments.empty() ? "" : request.segments.back()));
    }
    GraphError refusal = graph_error(error);
    refusal.http = status;
    return refused(refusal);
  };
  edge::Family& routes = http.family(std::move(options));
  constexpr std::size_t kBody = 256 * 1024;
  routes.add("POST", "/{id}/messages", by(&Cloud::messages), kBody);
  routes.stream("POST", "/{id}",
                [this](edge::Request request, edge::Body& body) { return update(std::move(request), body); });
  routes.add("GET", "/{id}/whatsapp_business_profile", by(&Cloud::profile));
  routes.add("POST", "/{id}/whatsapp_business_profile", by(&Cloud::set_profile));
  routes.add("GET", "/{id}/block_users", by(&Cloud::blocked));
  routes.add("POST", "/{id}/block_users", by(&Cloud::block));
  routes.add("DELETE", "/{id}/block_users", by(&Cloud::unblock));
  routes.add("POST", "/{id}/register", by(&Cloud::enrol));
  routes.add("POST", "/{id}/deregister", by(&Cloud::withdraw));
  routes.add("POST", "/{id}/request_code", by(&Cloud::confirm_code));
  routes.add("POST", "/{id}/verify_code", by(&Cloud::confirm_code));
  routes.add("GET", "/{id}/phone_numbers", by(&Cloud::numbers));
  routes.add("GET", "/{id}/subscribed_apps", by(&Cloud::subscription));
  routes.add("POST", "/{id}/subscribed_apps", by(&Cloud::subscribe));
  routes.add("DELETE", "/{id}/subscribed_apps", by(&Cloud::unsubscribe));
  routes.add("GET", "/{id}/groups", by(&Cloud::groups));
  routes.add("POST", "/{id}/groups", by(&Cloud::create_group));
  routes.add("POST", "/{id}/participants", by(&Cloud::add_members));
  routes.add("DELETE", "/{id}/participants", by(&Cloud::remove_members));
  routes.add("GET", "/{id}/invite_link", by(&Cloud::invite_link));
  routes.add("POST", "/{id}/invite_link", by(&Cloud::renew_link));
  routes.add("DELETE", "/{id}/invite_link", by(&Cloud::revoke_link));
  routes.add("GET", "/{id}/join_requests", by(&Cloud::join_requests));
  routes.add("POST", "/{id}/join_requests", by(&Cloud::approve_joins));
  routes.add("DELETE", "/{id}/join_requests", by(&Cloud::reject_joins));
  routes.add("GET", "/{id}", by(&Cloud::node));
  routes.add("DELETE", "/{id}", by(&Cloud::erase));
  routes.stream("POST", "/{id}/media",
                [this](edge::Request request, edge::Body& body) { return upload(std::move(request), body); });
  routes.add("GET", "/whatsapp_business/attachments",
             [this](edge::Request request) { return attachment(std::move(request)); });
}

edge::Handler Cloud::by(Method method) {
  return [this, method](edge::Request request) { return run(method, std::move(request)); };
}

Task<edge::Response> Cloud::run(Method method, edge::Request request) {
  auto known = co_await authenticate(calls_.bots(), request);
  if (!known) co_return refused(known.error());
  // What is not the token's own does not exist for it; files say so themselves.
  std::string id(request.param("id"));
  bool own = id == known->bot.number_id || id == known->bot.waba_id || parse_group_id(id);
  bool file = method == &Cloud::node || method == &Cloud::erase;
  if (!own && !file) co_return refused(unknown_object(request.method, id));
  if (method != &Cloud::messages) {
    if (auto admitted = calls_.admit(*known); !admitted) co_return refused(admitted.error());
  }
  auto done = co_await (this->*method)(std::move(*known), std::move(request));
  if (!done) co_return refused(done.error());
  co_return answer(200, ascii_json(std::move(*done)));
}

Task<edge::Response> Cloud::upload(edge::Request request, edge::Body& body) {
  auto known = co_await authenticate(calls_.bots(), request);
  if (known && request.param("id") != known->bot.number_id) {
    known = std::unexpected(unknown_object("post", request.param("id")));
  }
  if (known) {
    if (auto admitted = calls_.admit(*known); !admitted) known = std::unexpected(admitted.error());
  }
  if (!known) {
    (void)co_await body.drain(kUploadBodyBytesMax);
    co_return refused(known.error());
  }
  auto id = co_await files_.upload_form(std::move(*known), std::move(request), body);
  if (!id) co_return refused(id.error());
  co_return answer(200, ascii_json(json::object{{"id", js(*id)}}));
}

Task<edge::Response> Cloud::attachment(edge::Request request) {
  std::optional<Known> asking;
  auto known = co_await authenticate(calls_.bots(), request);
  if (known) asking = std::move(*known);
  auto file = co_await files_.by_address(std::move(asking), std::move(request));
  if (!file) co_return refused(file.error());
  co_return std::move(*file);
}

Cloud::Done Cloud::node(Known known, edge::Request request) {
  std::string id(request.param("id"));
  bool own = id == known.bot.number_id || id == known.bot.waba_id || parse_group_id(id);
  if (own) return number(std::move(known), std::move(request));
  return files_.describe(std::move(known), std::move(id), std::move(request));
}

Cloud::Done Cloud::erase(Known known, edge::Request request) {
  std::string id(request.param("id"));
  if (parse_group_id(id)) co_return co_await end_group(std::move(known), std::move(request));
  std::optional<std::string> owner;
  if (auto said = request.query.get("phone_number_id")) owner = std::string(*said);
  auto erased = co_await files_.erase(std::move(known), std::move(id), std::move(owner));
  if (!erased) co_return std::unexpected(erased.error());
  co_return success();
}

Cloud::Done Cloud::messages(Known known, edge::Request request) {
  if (request.param("id") != known.bot.number_id)
    co_return std::unexpected(unknown_object("post", request.param("id")));
  auto wanted = read_message(request.header("content-type"), request.body, Api::cloud);
  if (!wanted) co_return std::unexpected(wanted.error());
  if (auto* upto = std::get_if<ReadUpTo>(&*wanted)) {
    auto read = co_await calls_.read(std::move(known), std::move(*upto));
    if (!read) co_return std::unexpected(read.error());
    co_return success();
  }
  std::string key(request.header("idempotency-key"));
  auto sent =
      co_await calls_.send(std::move(known), std::move(std::get<OutgoingMessage>(*wanted)), std::move(key), Api::cloud);
  if (!sent) co_return std::unexpected(sent.error());
  json::object contact{{"input", js(sent->input)}, {"wa_id", js(sent->wa_id)}};
  json::object message{{"id", js(sent->id)}};
  json::object out{{"messaging_product", "whatsapp"}};
  out["contacts"] = json::array{std::move(contact)};
  out["messages"] = json::array{std::move(message)};
  co_return out;
}

Task<Answer<json::object>> Cloud::number_object(Known known) {
  auto account = co_await calls_.bots().account_of(known.bot);
  if (!account) co_return refuse(account.error());
  json::object out{{"id", js(known.bot.number_id)},
                   {"display_phone_number", js(known.bot.phone)},
                   {"verified_name", js((*account)->name)},
                   {"quality_rating", "GREEN"},
                   {"code_verification_status", "VERIFIED"}};
  co_return out;
}

Cloud::Done Cloud::number(Known known, edge::Request request) {
  std::string id(request.param("id"));
  if (parse_group_id(id)) co_return co_await group(std::move(known), std::move(id));
  std::string fields(request.query.get("fields").value_or(std::string_view{}));
  json::object out;
  if (id == known.bot.waba_id) {
    auto account = co_await calls_.bots().account_of(known.bot);
    if (!account) co_return refuse(account.error());
    out = json::object{{"id", js(id)}, {"name", js((*account)->name)}};
  } else {
    auto object = co_await number_object(std::move(known));
    if (!object) co_return object;
    out = std::move(*object);
  }
  co_return selected(std::move(out), fields);
}

Cloud::Done Cloud::numbers(Known known, edge::Request request) {
  if (request.param("id") != known.bot.waba_id) co_return std::unexpected(unknown_object("get", request.param("id")));
  auto object = co_await number_object(std::move(known));
  if (!object) co_return object;
  json::array data;
  data.push_back(std::move(*object));
  co_return page(std::move(data));
}

Cloud::Done Cloud::set_number(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto configuration = object_in(*said, "webhook_configuration");
  if (!configuration) co_return refuse(100, "webhook_configuration is required");
  auto set = co_await set_webhook(std::move(known), std::move(*configuration));
  if (!set) co_return std::unexpected(set.error());
  co_return success();
}

// --- profile ---

Cloud::Done Cloud::profile(Known known, edge::Request request) {
  auto account = co_await calls_.bots().account_of(known.bot);
  if (!account) co_return refuse(account.error());
  const Bot& bot = known.bot;
  json::object out{{"messaging_product", "whatsapp"}};
  auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) out[name] = js(text);
  };
  add("about", (*account)->about);
  add("address", bot.address);
  add("description", bot.description);
  add("email", bot.email);
  add("vertical", bot.vertical);
  const std::string& picture = (*account)->picture;
  if (!picture.empty()) add("profile_picture_url", files_.address(known.caller.account, picture, request));
  json::array websites;
  for (const std::string& website : bot.websites) websites.push_back(js(website));
  if (!websites.empty()) out["websites"] = std::move(websites);
  std::string fields(request.query.get("fields").value_or(std::string_view{}));
  if (!fields.empty()) fields += ",messaging_product";
  json::array data;
  data.push_back(selected(std::move(out), fields));
  json::object answer;
  answer["data"] = std::move(data);
  co_return answer;
}

Cloud::Done Cloud::set_profile(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto change = profile_change(*said);
  if (!change) co_return std::unexpected(change.error());
  if (auto about = text_in(*said, "about")) {
    if (code_points(*about) > kProfileAboutMax || about->empty())
      co_return refuse(100, "about must have 1 to 139 characters");
    auto account = co_await calls_.bots().account_of(known.bot);
    if (!account) co_return refuse(account.error());
    wire::SetProfile profile{(*account)->name, *about, (*account)->read_receipts};
    auto set = co_await calls_.chat().set_profile(known.caller, std::move(profile));
    if (!set) co_return refuse(set.error());
  }
  // The handle of a picture is the id of a media upload.
  if (auto picture = text_in(*said, "profile_picture_handle")) {
    wire::SetPicture handle{std::move(*picture)};
    auto set = co_await calls_.chat().set_picture(known.caller, std::move(handle));
    if (!set) co_return refuse(100, "profile_picture_handle is not an image of this number");
  }
  auto changed = co_await calls_.bots().change(known.bot.number_id, std::move(*change));
  if (!changed) co_return refuse(changed.error());
  co_return success();
}

// --- blocking ---

Cloud::Done Cloud::block(Known known, edge::Request request) {
  return change_blocks(std::move(known), std::move(request), wire::Blocked::yes);
}
Cloud::Done Cloud::unblock(Known known, edge::Request request) {
  return change_blocks(std::move(known), std::move(request), wire::Blocked::no);
}

Cloud::Done Cloud::change_blocks(Known known, edge::Request request, wire::Blocked blocked) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  auto users = array_in(*said, "block_users");
  if (!users || users->empty()) co_return refuse(131008, "block_users is required");
  if (users->size() > kBlockedAtOnceMax) co_return refuse(131009, "block_users must have at most 100 entries");
  json::array done, failed;
  for (const json::value& entry : *users) {
    auto user = object_of(entry);
    std::string input = user ? text_in(*user, "user").value_or("") : "";
    if (input.empty()) co_return refuse(131008, "block_users[user] is required");
    auto person = co_await calls_.person(known, input);
    if (person) {
      wire::SetBlocked change{person->id, blocked};
      auto set = co_await calls_.chat().set_blocked(known.caller, change);
      if (!set) person = refuse(set.error());
    }
    json::object one{{"input", js(input)}, {"wa_id", js(digits_of(person ? person->phone : input))}};
    if (person) {
      done.push_back(std::move(one));
      continue;
    }
    json::object why{{"code", person.error().code}, {"message", js(person.error().details)}};
    one["errors"] = json::array{std::move(why)};
    failed.push_back(std::move(one));
  }
  json::object result;
  result[blocked == wire::Blocked::yes ? "added_users" : "removed_users"] = std::move(done);
  if (!failed.empty()) result["failed_users"] = std::move(failed);
  json::object out{{"messaging_product", "whatsapp"}};
  out["block_users"] = std::move(result);
  co_return out;
}

Cloud::Done Cloud::blocked(Known known, edge::Request) {
  auto account = co_await calls_.bots().account_of(known.bot);
  if (!account) co_return refuse(account.error());
  wire::FindAccounts wanted;
  wanted.accounts = (*account)->blocked;
  auto found = co_await calls_.chat().find_accounts(known.caller, std::move(wanted));
  if (!found) co_return refuse(found.error());
  json::array data;
  for (const wire::Profile& person : found->accounts) {
    data.push_back(json::object{{"messaging_product", "whatsapp"}, {"wa_id", js(digits_of(person.phone))}});
  }
  co_return page(std::move(data));
}

// --- registration: the operator made the number, so nothing is left to prove ---

Cloud::Done Cloud::enrol(Known known, edge::Request) {
  std::function<void(Bot&)> change = [](Bot& bot) { bot.registered = Bot::Registered::yes; };
  auto changed = co_await calls_.bots().change(known.bot.number_id, std::move(change));
  if (!changed) co_return refuse(changed.error());
  co_return success();
}
Cloud::Done Cloud::withdraw(Known known, edge::Request) {
  std::function<void(Bot&)> change = [](Bot& bot) { bot.registered = Bot::Registered::no; };
  auto changed = co_await calls_.bots().change(known.bot.number_id, std::move(change));
  if (!changed) co_return refuse(changed.error());
  co_return success();
}
Cloud::Done Cloud::confirm_code(Known, edge::Request) { co_return success(); }

// --- webhooks ---

Task<Answer<void>> Cloud::set_webhook(Known known, json::object said) {
  if (!calls_.ports().webhooks) co_return refuse(131016, "This server sends no webhooks");
  std::string url = text_in(said, "override_callback_uri").value_or("");
  std::string token = text_in(said, "verify_token").value_or("");
  if (url.empty()) {
    auto removed = co_await calls_.ports().webhooks->remove(known.bot.account);
    if (!removed) co_return refuse(removed.error());
    co_return Answer<void>{};
  }
  auto secret = calls_.bots().app_secret(known.bot);
  if (!secret) co_return refuse(secret.error());
  auto set = co_await calls_.ports().webhooks->set(known.bot, Api::cloud, std::move(url), std::move(token),
                                                   std::move(*secret));
  if (set) co_return Answer<void>{};
  GraphError refusal = graph_error(set.error());
  if (set.error().code == Code::invalid_argument || set.error().code == Code::forbidden) refusal.code = 100;
  co_return std::unexpected(std::move(refusal));
}

Cloud::Done Cloud::subscribe(Known known, edge::Request request) {
  auto said = members_of(request);
  if (!said) co_return std::unexpected(said.error());
  if (member(*said, "override_callback_uri") == nullptr) co_return success();
  auto set = co_await set_webhook(std::move(known), std::move(*said));
  if (!set) co_return std::unexpected(set.error());
  co_return success();
}

Cloud::Done Cloud::subscription(Known known, edge::Request) {
  json::array data;
  if (calls_.ports().webhooks) {
    auto url = co_await calls_.ports().webhooks->url(known.bot.account);
    if (!url && url.error().code != Code::not_found) co_return refuse(url.error());
    auto account = co_await calls_.bots().account_of(known.bot);
    if (!account) co_return refuse(account.error());
    if (url) {
      json::object app{{"id", js(known.bot.waba_id)}, {"name", js((*account)->name)}};
      json::object one;
      one["whatsapp_business_api_data"] = std::move(app);
      one["override_callback_uri"] = js(*url);
      data.push_back(std::move(one));
    }
  }
  json::object out;
  out["data"] = std::move(data);
  co_return out;
}

Cloud::Done Cloud::unsubscribe(Known known, edge::Request) {
  if (calls_.ports().webhooks) {
    auto removed = co_await calls_.ports().webhooks->remove(known.bot.account);
    if (!removed) co_return refuse(removed.error());
  }
  co_return success();
}

}  // namespace homing::business
