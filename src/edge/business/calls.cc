#include "edge/business/calls.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "chat/client_ids.h"
#include "chat/direct.h"
#include "chat/token.h"
#include "edge/business/event_content.h"
#include "edge/business/group_calls.h"
#include "edge/business/lenient.h"

namespace homing::business {
namespace {

// 131056 is said of one pair, 130429 of the bot's messages as a whole, 80007 of its other calls.
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

bool is_linked(const OutgoingMessage& message) { return message.media && !message.media->link.empty(); }

// What a message with a link says, in a few bytes: whichever form it came in, and wherever the link leads.
std::string said_in(const OutgoingMessage& message, ConversationId to) {
  std::string all;
  for (const std::string& part : {group_id(to), message.content, message.media->parameter, message.media->link,
                                  message.media->file_name, in_form(message.reply_to, Api::cloud)}) {
    all += std::to_string(part.size()) + ":" + part;
  }
  std::array<std::uint8_t, 24> hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(all.data()), all.size(), nullptr,
                     0);
  return chat::to_hex(hash);
}

// As far as the event tells: it does not know where its file came from.
bool says_the_same(const Envelope& sent, const OutgoingMessage& message, ConversationId to) {
  const Sealed& sealed = *sent.sealed;
  return sent.conversation == to && !sealed.header.media.empty() &&
         without_file(content_of(sealed).SerializeAsString()) == message.content;
}

GraphError key_reused() { return {131009, "This Idempotency-Key was given to another message"}; }

}  // namespace

Calls::Calls(chat::Chat& chat, Bots& bots, Wamids wamids, Random& random, Clock& clock, Ports ports, CallLimits limits)
    : chat_(chat),
      bots_(bots),
      wamids_(wamids),
      random_(random),
      clock_(clock),
      ports_(std::move(ports)),
      of_bot_(limits.of_bot),
      of_pair_(limits.of_pair),
      of_account_(limits.of_account) {}

Answer<void> Calls::admit(const Known& known) {
  auto allowed = of_account_.take(known.bot.number_id, clock_.now());
  if (!allowed) return std::unexpected(too_many(80007, allowed.error()));
  return {};
}

ClientId Calls::client_id(const std::string& idempotency_key) {
  return idempotency_key.empty() ? chat::fresh_client_id(clock_.now(), random_)
                                 : chat::client_id_of("business", idempotency_key);
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
  Named named{client_id(idempotency_key), idempotency_key.empty() ? Bots::Repeats::never : Bots::Repeats::maybe};
  wire::Send send;
  send.client_id = named.id;
  send.body.bytes = message.content;
  std::optional<Shown> shown;
  if (message.media && !is_linked(message)) {
    auto found = co_await show(known, message);
    if (!found) co_return co_await said_before(std::move(known), std::move(message), named, api, found.error());
    shown = std::move(*found);
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
  auto before = co_await earlier(known, message, *to, named, api);
  if (!before) co_return std::unexpected(before.error());
  if (*before) co_return std::move(**before);
  if (is_linked(message)) {
    auto fetched = co_await show(known, message);
    if (!fetched && fetched.error().code == 131053) {
      co_return co_await lost(std::move(known), std::move(message), std::move(*to), named, api, fetched.error());
    }
    if (!fetched) co_return std::unexpected(fetched.error());
    shown = std::move(*fetched);
  }
  if (shown) {
    send.body.bytes = std::move(shown->content);
    send.media.push_back(std::move(shown->file));
  }
  send.to = to->to;
  if (reacted_to) send.reacted_to = reacted_to->seq;
  // What cannot be quoted is left out, the message is not refused for it.
  auto quoted = wamids_.read(message.reply_to);
  if (quoted && quoted->conversation == to->conversation && !reacted_to) send.reply_to = quoted->seq;

  if (!message.callback_data.empty()) {
    auto kept = co_await bots_.keep_callback(known.caller.device, named.id, message.callback_data, named.repeats);
    if (!kept) co_return refuse(kept.error());
  }
  auto envelope = co_await chat_.send(known.caller, std::move(send));
  if (!envelope) co_return std::unexpected(message_error(envelope.error(), message));
  SentMessage sent{message.input, to->wa_id, wamids_.name(envelope->conversation, envelope->seq, api)};
  co_return sent;
}

// The content with its file, and the file's id.
Task<Answer<Calls::Shown>> Calls::show(Known known, OutgoingMessage message) {
  if (!ports_.media) co_return refuse(131053, "This server keeps no files");
  auto file = co_await ports_.media(std::move(known), *message.media);
  if (!file) co_return std::unexpected(file.error());
  auto whole = complete(message.content, *message.media, *file);
  if (!whole) co_return std::unexpected(whole.error());
  Shown shown{std::move(*whole), file->id};
  co_return shown;
}

// A link that is fetched again would be another file, or none: so it is told apart by what it is, and before it is fetched.
// Everything else the log tells apart.
Task<Answer<std::optional<SentMessage>>> Calls::earlier(Known known, OutgoingMessage message, Destination to,
                                                        Named named, Api api) {
  if (named.repeats == Bots::Repeats::never) co_return std::nullopt;
  DeviceId device = known.caller.device;
  auto kept = co_await bots_.linked(device, named.id);
  if (!kept) co_return refuse(kept.error());
  if (!is_linked(message)) {
    if (*kept) co_return std::unexpected(key_reused());
    co_return std::nullopt;
  }
  std::string said = said_in(message, to.conversation);
  if (*kept && (*kept)->said != said) co_return std::unexpected(key_reused());
  SentMessage sent{message.input, to.wa_id, name_of_lost(named.id, api)};
  if (*kept && (*kept)->lost == Bots::Linked::Lost::yes) co_return sent;

  Error none{Code::media_unknown, {}, {}, {}};
  auto first = co_await chat_.first_answer(known.caller, named.id, std::move(none));
  if (!first && first.error().code != Code::media_unknown) co_return refuse(first.error());
  if (first && !*kept && !says_the_same(*first, message, to.conversation)) co_return std::unexpected(key_reused());
  if (first) sent.id = wamids_.name(first->conversation, first->seq, api);
  if (first) co_return sent;
  auto mine = co_await bots_.keep_linked(device, named.id, said);
  if (!mine) co_return refuse(mine.error());
  if (mine->said != said) co_return std::unexpected(key_reused());
  co_return std::nullopt;
}

Task<Answer<SentMessage>> Calls::said_before(Known known, OutgoingMessage message, Named named, Api api,
                                             GraphError why) {
  if (named.repeats == Bots::Repeats::never || why.code != 100) co_return std::unexpected(std::move(why));
  auto to = co_await destination(known, message);
  if (!to) co_return std::unexpected(to.error());
  Error none{Code::media_unknown, {}, {}, {}};
  auto first = co_await chat_.first_answer(known.caller, named.id, std::move(none));
  if (!first && first.error().code == Code::media_unknown) co_return std::unexpected(std::move(why));
  if (!first) co_return refuse(first.error());
  const Header& header = first->sealed->header;
  bool same = header.deleted_by ||
              (says_the_same(*first, message, to->conversation) && header.media.front() == message.media->id);
  if (!same) co_return std::unexpected(key_reused());
  SentMessage sent{message.input, to->wa_id, wamids_.name(first->conversation, first->seq, api)};
  co_return sent;
}

std::string Calls::name_of_lost(const ClientId& client_id, Api api) const {
  std::uint64_t unique = 0;
  std::memcpy(&unique, client_id.data(), sizeof unique);
  return wamids_.name_of_none(unique, api);
}

// Nothing was sent, and who asked hears of it: later where there is a webhook, otherwise at once.
Task<Answer<SentMessage>> Calls::lost(Known known, OutgoingMessage message, Destination to, Named named, Api api,
                                      GraphError why) {
  if (!ports_.webhooks) co_return std::unexpected(std::move(why));
  Error refusal{Code::media_unknown, why.details, {}, {}};
  auto before = co_await chat_.first_answer(known.caller, named.id, std::move(refusal));
  SentMessage sent{message.input, to.wa_id, name_of_lost(named.id, api)};
  if (before) sent.id = wamids_.name(before->conversation, before->seq, api);
  if (before) co_return sent;

  Progress event;
  event.step = Progress::Step::failed;
  event.message_id = sent.id;
  event.time = clock_.now();
  event.recipient_phone = message.recipient_type == RecipientType::individual ? to.wa_id : std::string();
  if (message.recipient_type == RecipientType::group) event.group = to.conversation;
  event.callback_data = message.callback_data;
  event.failure = std::move(why);
  Receiver receiver{known.bot.number_id, known.bot.waba_id, known.bot.phone};
  std::function<std::string(Api)> body = [receiver, event, wamids = wamids_](Api form) {
    return webhook_body(receiver, event, wamids, form);
  };
  auto told = co_await ports_.webhooks->tell(known.caller.account, std::move(body));
  if (!told && told.error().code == Code::not_found) co_return std::unexpected(std::move(event.failure));
  if (!told) co_return refuse(told.error());
  if (named.repeats == Bots::Repeats::never) co_return sent;
  // What was told has happened: the message is not sent any more, wherever its link leads by then.
  std::string said = said_in(message, to.conversation);
  auto kept = co_await bots_.lose_linked(known.caller.device, named.id, std::move(said));
  if (!kept) co_return refuse(kept.error());
  co_return sent;
}

Task<Answer<void>> Calls::read(Known known, ReadUpTo upto) {
  if (auto admitted = admit(known); !admitted) co_return std::unexpected(admitted.error());
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

Task<Result<std::vector<Person>>> Calls::people(Bot bot, std::vector<AccountId> accounts) {
  wire::FindAccounts wanted;
  wanted.accounts = std::move(accounts);
  Caller caller{bot.account, bot.device};
  auto found = co_await chat_.find_accounts(caller, std::move(wanted));
  if (!found) co_return std::unexpected(found.error());
  std::vector<Person> people;
  for (const wire::Profile& profile : found->accounts) people.push_back(Person{profile.phone, profile.name});
  co_return people;
}

Task<Result<std::string>> Calls::group_body(Told told, Bot bot) {
  GroupChanged event{told.envelope, told.conversation->name, {}, {}, GroupChanged::Group::goes_on, {}, {}};
  const Membership* place = told.conversation->member(told.bot);
  if (place != nullptr && place->role == Role::admin && !told.conversation->link.empty() && !ports_.public_url.empty())
    event.invite_link = invite_address(ports_.public_url, told.conversation->link);
  const EventKind& kind = told.envelope.sealed->header.kind;
  if (std::holds_alternative<JoinAsked>(kind) || std::holds_alternative<JoinWithdrawn>(kind)) {
    std::vector<AccountId> author{told.envelope.sealed->header.author};
    auto asking = co_await people(bot, std::move(author));
    if (!asking) co_return std::unexpected(asking.error());
    if (!asking->empty()) event.asking = std::move(asking->front());
  }
  if (const auto* changed = std::get_if<MembersChanged>(&kind)) {
    auto added = co_await people(bot, changed->added);
    if (!added) co_return std::unexpected(added.error());
    event.added = std::move(*added);
    auto removed = co_await people(bot, changed->removed);
    if (!removed) co_return std::unexpected(removed.error());
    event.removed = std::move(*removed);
    if (told.conversation->active_count() == 0) event.group = GroupChanged::Group::ended;
  }
  Receiver receiver{bot.number_id, bot.waba_id, bot.phone};
  co_return webhook_body(receiver, event, wamids_, told.api);
}

Task<Result<std::string>> Calls::body(Told told) {
  auto bot = co_await bots_.by_account(told.bot);
  if (!bot) co_return std::unexpected(bot.error());
  if (told.conversation->kind == ConversationKind::status) co_return std::string();
  const EventKind& kind = told.envelope.sealed->header.kind;
  bool revises = std::holds_alternative<Edited>(kind) || std::holds_alternative<Deleted>(kind);
  if (revises && told.step) co_return std::string();  // has no progress of its own
  if (!revises && !std::holds_alternative<Posted>(kind) && !std::holds_alternative<Reacted>(kind)) {
    if (told.step && *told.step != Progress::Step::sent) co_return std::string();
    co_return co_await group_body(std::move(told), std::move(*bot));
  }
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
  bool untold = told.api == Api::on_premises && std::ranges::find(bot->untold, word(event.step)) != bot->untold.end();
  if (untold) co_return std::string();
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
