// What both forms of the API can ask for, as calls on Chat. Refusals are GraphErrors; each form spells them its own way.
// Owned by server/; any I/O thread.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>

#include "chat/chat.h"
#include "edge/business/bots.h"
#include "edge/business/event_out.h"
#include "edge/business/graph_error.h"
#include "edge/business/message_in.h"
#include "edge/business/wamid.h"
#include "edge/rate.h"

namespace homing::business {

template <class T>
using Answer = std::expected<T, GraphError>;

inline std::unexpected<GraphError> refuse(const Error& error) { return std::unexpected(graph_error(error)); }
inline std::unexpected<GraphError> refuse(int code, std::string details) {
  return std::unexpected(GraphError{code, std::move(details)});
}

struct CallLimits {
  edge::Rate of_bot{1000, std::chrono::seconds(1)};
  edge::Rate of_pair{600, std::chrono::minutes(1)};  // one bot to one person or group
  edge::Rate of_account{1000, std::chrono::seconds(1)};  // calls of one bot that send no message
};

struct SentMessage {
  std::string input;  // `to` as given
  std::string wa_id;  // digits, or the group's id
  std::string id;
};

// What the rest of the server does for bots. Those that are not set are not offered.
struct Ports {
  // The file that a message wants to show; `known` may send it.
  std::function<Task<Answer<MediaFacts>>(Known known, WantedMedia wanted)> media;

  struct Webhooks {
    // Takes the URL once the handshake succeeded.
    std::function<Task<Result<void>>(Bot bot, Api api, std::string url, std::string verify_token,
                                     std::string app_secret)>
        set;
    // `not_found` when there is none.
    std::function<Task<Result<std::string>>(AccountId bot)> url;
    std::function<Task<Result<void>>(AccountId bot)> remove;
    // Puts what `body` makes in the form of the bot's webhook into its queue; `not_found` if it has none.
    std::function<Task<Result<void>>(AccountId bot, std::function<std::string(Api)> body)> tell;
  };
  std::optional<Webhooks> webhooks;
  std::string public_url;  // "https://chat.example"; empty: unknown
};

class Calls {
 public:
  Calls(chat::Chat& chat, Bots& bots, Wamids wamids, Random& random, Clock& clock, Ports ports, CallLimits limits = {});

  // Whether the bot may make one more call that sends no message; 80007.
  Answer<void> admit(const Known& known);
  // The same message under the same idempotency key again gets the first answer, another one is 131009; an empty key is
  // like no other. A link that leads to nothing that
  // can be shown is told to the bot's webhook, as `failed`, and the message's name leads to nothing; 131053 for a bot that
  // has no webhook.
  Task<Answer<SentMessage>> send(Known known, OutgoingMessage message, std::string idempotency_key, Api api);
  // Marks read what came for the bot, up to there; says that an answer is being written.
  Task<Answer<void>> read(Known known, ReadUpTo upto);

  // Who has this number, in any way of writing it. 131026 when nobody does.
  Task<Answer<wire::Profile>> person(Known known, std::string written);
  // A group that the bot is in.
  Task<Answer<wire::ConversationView>> group(Known known, std::string id);
  // Groups as both forms change them (group_calls.cc). `key`: the idempotency key, or nothing.
  Task<Answer<void>> change_group(Known known, ConversationId group, std::string key, wire::ChangeGroup change);
  // The code of its link; one is made if there is none. Admins only.
  Task<Answer<std::string>> group_code(Known known, ConversationId group);
  Task<Answer<std::string>> renew_group_code(Known known, ConversationId group, std::string key);
  // A picture for the group, or none; what was uploaded for it goes if it is refused.
  Task<Answer<void>> set_group_picture(Known known, ConversationId group, std::string key, std::string file);

  // What the webhook of this bot is told of an event; see webhook_body().
  struct Told {
    AccountId bot;
    Api api = Api::cloud;
    std::shared_ptr<const Conversation> conversation;
    std::shared_ptr<const Account> person;  // author, or who got the bot's message; may be nobody in a group
    Envelope envelope;
    std::optional<Progress::Step> step;  // of the bot's own message
    Time time;  // of the step
  };
  Task<Result<std::string>> body(Told told);

  chat::Chat& chat() { return chat_; }
  Bots& bots() { return bots_; }
  const Ports& ports() const { return ports_; }
  ClientId client_id(const std::string& idempotency_key);
  // A name for one request, for logs and for who asks about it.
  std::string trace_id();

 private:
  struct Destination {
    wire::Recipient to;
    ConversationId conversation;  // where it will stand
    std::string wa_id;
  };
  Task<Answer<Destination>> destination(Known known, OutgoingMessage message);
  struct Shown {
    std::string content;
    std::string file;
  };
  Task<Answer<Shown>> show(Known known, OutgoingMessage message);
  // What its sender calls a message, and whether it may be sent again under this name.
  struct Named {
    ClientId id;
    Bots::Repeats repeats;
  };
  // The answer to a message that was sent under this name before; nothing if it is to be sent now. 131009 if that one said
  // something else.
  Task<Answer<std::optional<SentMessage>>> earlier(Known known, OutgoingMessage message, Destination to, Named named,
                                                   Api api);
  // The first answer under this name for what cannot be shown any more, `why`; 131009 if it said something else.
  Task<Answer<SentMessage>> said_before(Known known, OutgoingMessage message, Named named, Api api, GraphError why);
  Task<Answer<SentMessage>> lost(Known known, OutgoingMessage message, Destination to, Named named, Api api,
                                 GraphError why);
  std::string name_of_lost(const ClientId& client_id, Api api) const;
  Task<Result<Arrived>> arrived(Told told, Bot bot);
  Task<Result<std::string>> group_body(Told told, Bot bot);
  Task<Result<std::vector<Person>>> people(Bot bot, std::vector<AccountId> accounts);

  chat::Chat& chat_;
  Bots& bots_;
  const Wamids wamids_;
  Random& random_;
  Clock& clock_;
  const Ports ports_;
  edge::RateLimit of_bot_;
  edge::RateLimit of_pair_;
  edge::RateLimit of_account_;
};

}  // namespace homing::business
