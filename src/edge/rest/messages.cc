#include "edge/rest/messages.h"

#include <utility>

#include "chat/client_ids.h"
#include "edge/rest/query.h"
#include "edge/rest/spelling.h"
#include "wire/limits.h"

namespace homing::rest {
namespace {

using edge::Response;
using wire::Audience;

bool is_form(const edge::Request& request) { return request.header("content-type").starts_with("multipart/"); }

}  // namespace

Task<Response> Messages::send(edge::Request request, edge::Body& body) {
  co_return co_await take(std::move(request), body, Audience::somebody);
}

Task<Response> Messages::post_status(edge::Request request, edge::Body& body) {
  co_return co_await take(std::move(request), body, Audience::own_status);
}

Task<Response> Messages::send_or(edge::Request request, edge::Body& body, const edge::Handler& other) {
  if (!other || is_form(request)) co_return co_await take(std::move(request), body, Audience::somebody);
  auto text = co_await body.whole(limits::kMessageBodyBytesMax);
  if (!text) co_return edge::refused(text.error());
  if (!is_plain(request.header("content-type"), *text)) {
    request.body = std::move(*text);
    co_return co_await other(std::move(request));
  }
  edge::Body again(std::move(*text));
  co_return co_await take(std::move(request), again, Audience::somebody);
}

Task<Response> Messages::take(edge::Request request, edge::Body& body, Audience audience) {
  auto caller = co_await gate_.enter(request, Act::write);
  if (!caller) co_return edge::refused(caller.error());
  std::string key(request.header("idempotency-key"));
  std::optional<File> uploaded;
  Result<std::string> json;
  if (is_form(request)) {
    auto form = co_await upload_.form(*caller, body, std::string(request.header("content-type")));
    if (!form) co_return edge::refused(form.error());
    json = spelled(form->fields);
    uploaded = std::move(form->file);
  } else {
    auto text = co_await body.whole(limits::kMessageBodyBytesMax);
    if (!text) co_return edge::refused(text.error());
    json = spelled(*text);
  }
  Result<Envelope> sent = fail(Code::bad_frame);
  if (json) {
    sent = co_await send_json(*caller, std::move(*json), std::move(key), audience, uploaded);
  } else {
    sent = std::unexpected(json.error());
  }
  // A file that came with what was refused, or with what had been sent before, is nobody's.
  bool shown = false;
  if (sent && uploaded) {
    for (const std::string& id : sent->sealed->header.media) shown = shown || id == uploaded->id;
  }
  if (uploaded && !shown) co_await upload_.take_back(*caller, std::move(*uploaded));
  if (!sent) co_return edge::refused(sent.error());
  co_return edge::json(201, wire::sent_json(*sent));
}

Task<Result<wire::Recipient>> Messages::recipient(Caller caller, wire::NewMessage message, Audience audience) {
  if (!message.sender_id.empty()) {
    auto own = co_await people_.check_caller(caller, std::move(message.sender_id), "sender_id");
    if (!own) co_return std::unexpected(own.error());
  }
  if (audience == Audience::own_status) co_return wire::Recipient{wire::MyStatus{}};
  if (message.conversation_id.empty()) co_return co_await people_.find(caller, std::move(message.receiver_id));
  auto id = number_from(message.conversation_id);
  if (!id) co_return fail(Code::unknown_conversation, {}, "conversation_id");
  co_return wire::Recipient{ConversationId{*id}};
}

Task<Result<Envelope>> Messages::send_json(Caller caller, std::string json, std::string key, Audience audience,
                                           std::optional<File> uploaded) {
  auto attached = uploaded ? wire::Attached::yes : wire::Attached::no;
  auto message = wire::parse_new_message(json, audience, attached);
  if (!message) co_return std::unexpected(message.error());
  auto to = co_await recipient(caller, *message, audience);
  if (!to) co_return std::unexpected(to.error());

  std::optional<File> file = uploaded;
  if (!file && !message->media.empty()) {
    auto found = co_await files_.find(caller.account, message->media);
    if (!found) co_return std::unexpected(found.error());
    file = std::move(*found);
  }
  auto body = wire::body_of(*message, file ? &*file : nullptr);
  if (!body) co_return std::unexpected(body.error());
  wire::Send send;
  send.to = std::move(*to);
  if (key.empty()) key = message->client_id;
  send.client_id =
      key.empty() ? chat::fresh_client_id(chat_.clock().now(), chat_.random()) : chat::client_id_of("rest", key);
  send.body = std::move(*body);
  if (file) send.media.push_back(file->id);

  auto sent = co_await chat_.send(caller, send);
  if (sent || !uploaded || key.empty() || sent.error().code != Code::client_id_reused) co_return sent;
  co_return co_await send_again(caller, std::move(*message), std::move(send), std::move(*uploaded), sent.error());
}

// The same form again brings the same file under another id: with the first one's id it is the same message, or not.
Task<Result<Envelope>> Messages::send_again(Caller caller, wire::NewMessage message, wire::Send send, File uploaded,
                                            Error refusal) {
  auto first = co_await chat_.first_answer(caller, send.client_id, refusal);
  if (!first) co_return first;
  const auto& media = first->sealed->header.media;
  if (media.size() != 1) co_return std::unexpected(std::move(refusal));
  auto file = co_await files_.find(caller.account, media.front());
  if (!file || file->blob != uploaded.blob) co_return std::unexpected(std::move(refusal));
  auto body = wire::body_of(message, &*file);
  if (!body) co_return std::unexpected(body.error());
  send.body = std::move(*body);
  send.media = {file->id};
  co_return co_await chat_.send(caller, std::move(send));
}

}  // namespace homing::rest
