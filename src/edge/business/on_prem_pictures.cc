// Pictures of the On-Premises form: of the bot itself, and of its groups. They come and go as raw bytes.
#include "edge/business/ascii_json.h"
#include "edge/business/lenient.h"
#include "edge/business/media_types.h"
#include "edge/business/meta.h"
#include "edge/business/on_prem.h"
#include "edge/business/request.h"

namespace homing::business {
namespace {

GraphError no_picture() { return {100, "There is no picture", 33}; }

std::string done() {
  json::object out;
  out["meta"] = meta();
  return ascii_json(out);
}

}  // namespace

// An image of the bot's, whose body was read to its end.
Task<Answer<std::string>> OnPremises::upload_picture(Known known, edge::Request request, edge::Body& body) {
  if (auto admitted = calls_.admit(known); !admitted) {
    (void)co_await body.drain(kUploadBodyBytesMax);
    co_return std::unexpected(admitted.error());
  }
  co_return co_await files_.upload_raw(std::move(known), std::move(request), body);
}

Task<edge::Response> OnPremises::set_photo(edge::Request request, edge::Body& body) {
  auto known = co_await authenticate(calls_.bots(), request);
  if (!known) {
    (void)co_await body.drain(kUploadBodyBytesMax);
    co_return refused(known.error());
  }
  auto file = co_await upload_picture(*known, std::move(request), body);
  if (!file) co_return refused(file.error());
  wire::SetPicture set{*file};
  auto changed = co_await calls_.chat().set_picture(known->caller, std::move(set));
  if (!changed) (void)co_await files_.erase(std::move(*known), std::move(*file));
  if (!changed) co_return refused(graph_error(changed.error()));
  co_return answer(201, done());
}

Task<edge::Response> OnPremises::set_icon(edge::Request request, edge::Body& body) {
  auto known = co_await authenticate(calls_.bots(), request);
  auto group = parse_group_id(request.param("id"));
  if (known && !group) known = std::unexpected(unknown_object("post", request.param("id")));
  if (!known) {
    (void)co_await body.drain(kUploadBodyBytesMax);
    co_return refused(known.error());
  }
  auto file = co_await upload_picture(*known, std::move(request), body);
  if (!file) co_return refused(file.error());
  auto changed = co_await calls_.set_group_picture(*known, *group, {}, *file);
  if (!changed) (void)co_await files_.erase(std::move(*known), std::move(*file));
  if (!changed) co_return refused(changed.error());
  co_return answer(201, done());
}

Task<edge::Response> OnPremises::picture(Known known, std::string file, edge::Request request) {
  if (file.empty()) co_return refused(no_picture());
  auto bytes = co_await files_.bytes(known.caller.account, std::move(file), std::move(request));
  if (!bytes) co_return refused(no_picture());
  co_return std::move(*bytes);
}

Task<edge::Response> OnPremises::photo(edge::Request request) {
  auto known = co_await authenticate(calls_.bots(), request);
  if (!known) co_return refused(known.error());
  auto account = co_await calls_.bots().account_of(known->bot);
  if (!account) co_return refused(graph_error(account.error()));
  std::string file = (*account)->picture;
  co_return co_await picture(std::move(*known), std::move(file), std::move(request));
}

Task<edge::Response> OnPremises::icon(edge::Request request) {
  auto known = co_await authenticate(calls_.bots(), request);
  if (!known) co_return refused(known.error());
  auto view = co_await calls_.group(*known, std::string(request.param("id")));
  if (!view) co_return refused(view.error());
  std::string file = view->conversation.picture;
  co_return co_await picture(std::move(*known), std::move(file), std::move(request));
}

OnPremises::Done OnPremises::remove_photo(Known known, edge::Request) {
  auto changed = co_await calls_.chat().set_picture(known.caller, wire::SetPicture());
  if (!changed) co_return refuse(changed.error());
  co_return json::object();
}

OnPremises::Done OnPremises::remove_icon(Known known, edge::Request request) {
  auto group = parse_group_id(request.param("id"));
  if (!group) co_return std::unexpected(unknown_object("delete", request.param("id")));
  auto changed = co_await calls_.set_group_picture(std::move(known), *group, {}, {});
  if (!changed) co_return std::unexpected(changed.error());
  co_return json::object();
}

}  // namespace homing::business
