// What a bot is told: one event as the body of one webhook POST, in either form. The bytes are what is signed and sent; a
// retry sends the same ones. Pure ASCII, one message or one status in each. Pure; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "edge/business/graph_error.h"
#include "edge/business/wamid.h"
#include "model/conversation.h"
#include "model/event.h"

namespace homing::business {

// Which bot is told.
struct Receiver {
  std::string phone_number_id;
  std::string waba_id;
  std::string phone;  // E.164
};

struct Person {
  std::string phone;  // E.164
  std::string name;
};

struct Quoted {
  std::string phone;  // E.164 of its author
  std::shared_ptr<const Sealed> sealed;
};

// Somebody said something in a conversation of the bot.
struct Arrived {
  Envelope envelope;
  ConversationKind kind = ConversationKind::direct;
  Person author;
  std::optional<Quoted> quoted;  // what it replies to, if that can be found
};

// A message of the bot got somewhere.
struct Progress {
  enum class Step { sent, delivered, read, failed };
  Step step = Step::sent;
  std::string message_id;  // either form
  Time time;
  std::string recipient_phone;  // E.164; in a group, whose step this is (sent: may be empty)
  std::optional<ConversationId> group;  // where, if it is one
  std::string callback_data;  // biz_opaque_callback_data of the message
  GraphError failure;  // why, for `failed`
};

// A group of the bot came to be, is called otherwise, has other members, or ended. Only the Cloud form is told.
struct GroupChanged {
  Envelope envelope;
  std::string subject;
  std::vector<Person> added;
  std::vector<Person> removed;
  enum class Group { goes_on, ended } group = Group::goes_on;  // ended: nobody is in it any more
  std::string invite_link;  // as an address, if the bot may know it
  std::optional<Person> asking;  // who asks to join, or does so no more
};

using BotEvent = std::variant<Arrived, Progress, GroupChanged>;

// "sent", "delivered" ...
std::string_view word(Progress::Step step);

// Empty when bots are not told of such an event.
std::string webhook_body(const Receiver& bot, const BotEvent& event, const Wamids& wamids, Api api);

}  // namespace homing::business
