#include "edge/business/calls.h"

#include <sodium.h>

#include <array>
#include <utility>

#include "chat/direct.h"
#include "chat/token.h"
#include "edge/business/lenient.h"

namespace homing::business {
namespace {

// 131056 is said of one pair, 130429 of the bot as a whole.
GraphError too_many(int code, const Error& error) {
  GraphError refused = graph_error(error);
  if (error.code == Code::rate_limited) refused.code = code;
  return refused;
}

// Codes of Chat that mean something else about a message than in general.
GraphError message_error(const Error& error, const OutgoingMessage& message) {
  if (error.code == Code::media_unknown && message.media) {
    return {100, message.media->parameter + "[id] is not the id of a media object of this business"};
  }
  return graph_error(error);
}

}  // namespace

Calls::Calls(chat::Chat& chat, Bots& bots, Wamids wamids, Random& random, Clock& clock, Ports ports, CallLimits limits)
    : chat_(chat),
      bots_(bots),
      wamids_(wamids),
      random_(random),
      clock_(clock),
      ports_(std::move(ports)),
      of_bot_(limits.of_bot),
      of_pair_(limits.of_pair) {}

ClientId Calls::client_id(const std::string& idempotency_key) {
  ClientId id;
  if (idempotency_key.empty()) {
    random_.fill(id);
  } else {
    crypto_generichash(id.data(), id.size(), reinterpret_cast<const unsigned char*>(idempotency_key.data()),
                       idempotency_key.size(), nullptr, 0);
  }
  return id;
}

std::string Calls::trace_id() {
  std::array<std::uint8_t, 15> bytes;
  random_.fill(bytes);
  return chat::to_base64url(bytes);
}

Task<Answer<wire::Profile>> Calls::person(Known known, std::string written) {
  wire::FindAccounts wanted;
  wanted.phones.push_back("+" + digits_of(written));
  auto found = co_await chat_.find_accounts(known.caller, std::move(wanted));
  if (!found) co_return refuse(found.error());
  if (found->accounts.empty()) co_return refuse(131026, "Recipient phone number has no account here");
  co_return std::move(found->accounts.front());
}

Task<Answer<wire::ConversationView>> Calls::group(Known known, std::string id) {
  auto conversation = parse_group_id(id);
  if (!conversation) co_return std::unexpected(unknown_object("get", id));
  wire::GetConversation wanted{*conversation};
  auto view = co_await chat_.conversation(known.caller, wanted);
  if (!view && view.error().code == Code::unknown_conversation) co_return std::unexpected(unknown_object("get", id));
  if (!view) co_return refuse(view.error());
  if (view->conversation.kind != ConversationKind::group) co_return std::unexpected(unknown_object("get", id));
  co_return std::move(*view);
}

Task<Answer<Calls::Destination>> Calls::destination(Known known, OutgoingMessage message) {
  Destination to;
  if (message.recipient_type == RecipientType::group) {
    auto id = parse_group_id(message.to);
    if (!id) co_return refuse(100, "to is not the id of a group");
    to.to = *id;
    to.conversation = *id;
    to.wa_id = group_id(*id);
    co_return to;
  }
  auto person = co_await this->person(known, message.to);
  if (!person) co_return std::unexpected(person.error());
  if (person->id == known.caller.account) co_return refuse(131021, "Recipient cannot be the sending number");
  to.to = person->id;
  to.conversation = chat::direct_id(known.caller.account, person->id, 0);
  to.wa_id = digits_of(person->phone);
  co_return to;
}

Task<Answer<SentMessage>> Calls::send(Known known, OutgoingMessage message, std::string idempotency_key, Api api) {
  if (known.bot.registered == Bot::Registered::no) co_return refuse(133010, "Register the phone number first");
  if (auto allowed = of_bot_.take(known.bot.number_id, clock_.now()); !allowed) {
    co_return std::unexpected(too_many(130429, allowed.error()));
  }
  wire::Send send;
  send.body.bytes = message.content;
  if (message.media) {
    if (!ports_.media) co_return refuse(131053, "This server keeps no files");
    auto file = co_await ports_.media(known, *message.media);
    if (!file) co_return std::unexpected(file.error());
    auto whole = complete(message.content, *message.media, *file);
    if (!whole) co_return std::unexpected(whole.error());
    send.body.bytes = std::move(*whole);
    send.media.push_back(file->id);
  }
  std::optional<MessageName> reacted_to = wamids_.read(message.reacted_to);
  if (!message.reacted_to.empty() && !reacted_to)
    co_return refuse(131009, "reaction[message_id] is not a message of this number");

  auto to = co_await destination(known, message);
  if (!to) co_return std::unexpected(to.error());
  if (reacted_to && reacted_to->conversation != to->conversation) {
    co_return refuse(131009, "reaction[message_id] is not a message of this chat");
  }
  if (auto allowed = of_pair_.take(known.bot.number_id + "/" + to->wa_id, clock_.now()); !allowed) {
    co_return std::unexpected(too_many(131056, allowed.error()));
  }
  send.to = to->to;
  send.client_id = client_id(idempotency_key);
  if (reacted_to) send.reacted_to = reacted_to->seq;
  // What cannot be quoted is left out, the message is not refused for it.
  auto quoted = wamids_.read(message.reply_to);
  if (quoted && quoted->conversation == to->conversation && !reacted_to) send.reply_to = quoted->seq;

  if (!message.callback_data.empty()) {
    auto kept = co_await bots_.keep_callback(known.caller.device, send.client_id, message.callback_data);
    if (!kept) co_return refuse(kept.error());
  }
  auto envelope = co_await chat_.send(known.caller, std::move(send));
  if (!envelope) co_return std::unexpected(message_error(envelope.error(), message));
  SentMessage sent{message.input, to->wa_id, wamids_.name(envelope->conversation, envelope->seq, api)};
  co_return sent;
}

Task<Answer<void>> Calls::read(Known known, ReadUpTo upto) {
  auto name = wamids_.read(upto.message_id);
  if (!name) co_return refuse(131009, "message_id is not a message of this number");
  wire::ReadHistory one{name->conversation, Seq{name->seq.value + 1}, 1};
  auto history = co_await chat_.history(known.caller, one);
  bool mine = history && history->envelopes.size() == 1 && history->envelopes.front().seq == name->seq &&
              history->envelopes.front().sealed->header.author != known.caller.account;
  if (!history && history.error().code != Code::unknown_conversation) co_return refuse(history.error());
  if (!mine) co_return refuse(131009, "message_id is not a message that came for this number");

  wire::MarkRead mark{name->conversation, name->seq};
  auto marked = co_await chat_.mark_read(known.caller, mark);
  if (!marked) co_return refuse(marked.error());
  if (upto.typing) {
    wire::Typing typing{name->conversation, wire::TypingKind::typing};
    auto told = co_await chat_.type(known.caller, typing);
    if (!told) co_return refuse(told.error());
  }
  co_return Answer<void>{};
}

Task<Result<Arrived>> Calls::arrived(Told told, Bot bot) {
  Arrived event{told.envelope, told.conversation->kind, Person{told.person->phone, told.person->name}, {}};
  Seq reply_to = told.envelope.sealed->header.reply_to;
  if (!reply_to) co_return event;
  Caller caller{bot.account, bot.device};
  wire::ReadHistory one{told.envelope.conversation, Seq{reply_to.value + 1}, 1};
  auto history = co_await chat_.history(caller, one);
  if (!history || history->envelopes.size() != 1 || history->envelopes.front().seq != reply_to) co_return event;
  const Envelope& quoted = history->envelopes.front();
  wire::FindAccounts author;
  author.accounts.push_back(quoted.sealed->header.author);
  auto found = co_await chat_.find_accounts(caller, std::move(author));
  std::string phone = found && !found->accounts.empty() ? found->accounts.front().phone : std::string();
  if (!phone.empty()) event.quoted = Quoted{phone, quoted.sealed};
  co_return event;
}

Task<Result<std::string>> Calls::body(Told told) {
  auto bot = co_await bots_.by_account(told.bot);
  if (!bot) co_return std::unexpected(bot.error());
  Receiver receiver{bot->number_id, bot->waba_id, bot->phone};
  if (!told.step) {
    if (told.person == nullptr) co_return std::string();
    auto event = co_await arrived(told, *bot);
    if (!event) co_return std::unexpected(event.error());
    co_return webhook_body(receiver, *event, wamids_, told.api);
  }
  Progress event;
  event.step = *told.step;
  // Whoever blocks the bot never gets it: that, but not why, is told instead of `sent`.
  bool lost = told.conversation->kind == ConversationKind::direct && !told.envelope.sealed->hidden_from.empty();
  if (lost && event.step != Progress::Step::sent) co_return std::string();
  if (lost) {
    event.step = Progress::Step::failed;
    event.failure = GraphError{131026, "Message could not be delivered"};
  }
  event.message_id = wamids_.name(told.envelope.conversation, told.envelope.seq, Api::cloud);
  event.time = told.time;
  if (told.person != nullptr) event.recipient_phone = told.person->phone;
  if (told.conversation->kind == ConversationKind::group) event.group = told.envelope.conversation;
  auto callback = co_await bots_.callback(told.envelope.device, told.envelope.client_id);
  if (!callback) co_return std::unexpected(callback.error());
  event.callback_data = std::move(*callback);
  co_return webhook_body(receiver, event, wamids_, told.api);
}

}  // namespace homing::business
