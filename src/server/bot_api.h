// The business API, wired: what is in edge/business, in the order of its making. One object per process, owned by Server.
#pragma once

#include <string>

#include "chat/chat.h"
#include "chat/files.h"
#include "edge/business/bot_files.h"
#include "edge/business/bots.h"
#include "edge/business/calls.h"
#include "edge/business/cloud.h"
#include "edge/business/keys.h"
#include "edge/business/on_prem.h"
#include "edge/http.h"

namespace homing::server {

class BotApi {
 public:
  BotApi(business::Bots& bots, chat::Chat& chat, chat::Files& files, Random& random, Clock& clock, business::Keys keys,
         std::string public_url)
      : files_(files, clock, keys, business::BotFilesOptions{std::move(public_url)}),
        calls_(chat, bots, business::Wamids(keys.ids), random, clock, ports()),
        cloud_(calls_, files_),
        on_premises_(calls_, files_, clock) {}

  // Adds its routes. Once, before the first connection.
  void join(edge::Http& http) {
    cloud_.join(http);
    on_premises_.join(http);
  }
  // For webhooks: calls().body() says what a bot is told.
  business::Calls& calls() { return calls_; }

 private:
  business::Ports ports() {
    business::Ports ports;
    ports.media = [this](business::Known known, business::WantedMedia wanted) {
      return files_.wanted(std::move(known), std::move(wanted));
    };
    return ports;
  }

  business::BotFiles files_;
  business::Calls calls_;
  business::Cloud cloud_;
  business::OnPremises on_premises_;
};

}  // namespace homing::server
