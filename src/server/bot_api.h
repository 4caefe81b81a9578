// The business API, wired: what is in edge/business, and how it reaches webhooks and the network. One object per process,
// owned by Server; any I/O thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "chat/chat.h"
#include "chat/files.h"
#include "chat/turns.h"
#include "edge/business/bot_files.h"
#include "edge/business/bots.h"
#include "edge/business/calls.h"
#include "edge/business/cloud.h"
#include "edge/business/keys.h"
#include "edge/business/on_prem.h"
#include "edge/http.h"
#include "webhooks/outgoing.h"
#include "webhooks/webhooks.h"

namespace homing::server {

class BotApi {
 public:
  // `webhooks` is asked when something is wanted of them, not before.
  BotApi(business::Bots& bots, chat::Chat& chat, chat::Files& files, Random& random, Clock& clock, business::Keys keys,
         business::BotFilesOptions options, std::function<webhooks::Webhooks&()> webhooks,
         webhooks::Outgoing& outgoing);

  // Adds its routes. Once, before the first connection.
  void join(edge::Http& http);
  // Answers POST /v1/messages of who has no login token and does not write in our own form.
  edge::Handler other_messages() { return on_premises_.messages_call(); }
  // A webhooks::Translator.
  Task<Result<std::optional<std::string>>> translate(webhooks::Happening happening);

 private:
  business::Ports ports();
  Task<Result<void>> set_webhook(business::Bot bot, business::Api api, std::string url, std::string verify_token,
                                 std::string app_secret);
  Task<Result<std::string>> webhook_url(AccountId bot);
  Task<Result<void>> tell(AccountId bot, std::function<std::string(business::Api)> body);
  // A link waits for the bot's turn to fetch it.
  Task<business::Answer<business::MediaFacts>> media(business::Known known, business::WantedMedia wanted);
  Task<Result<business::Fetched>> fetch(std::string url, std::uint64_t bytes_max, business::FetchSink sink);

  std::function<webhooks::Webhooks&()> webhooks_;
  webhooks::Outgoing& outgoing_;
  const std::string public_url_;
  chat::Turns link_turns_;
  business::BotFiles files_;
  business::Calls calls_;
  business::Cloud cloud_;
  business::OnPremises on_premises_;
};

}  // namespace homing::server
