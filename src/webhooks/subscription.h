// Where each bot's events go. Kept in Records under "hook-set/BOT"; whoever changes one tells Webhooks through
// `on_changed`. Owned by Webhooks; any I/O thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "store/inbox.h"
#include "store/records.h"
#include "webhooks/outgoing.h"

namespace homing::webhooks {

inline constexpr std::chrono::milliseconds kHandshakeLimit{10'000};
inline constexpr std::size_t kVerifyTokenBytesMax = 1024;
inline constexpr std::size_t kFieldsMax = 64;
inline constexpr std::size_t kFieldBytesMax = 64;

enum class Form { cloud, on_premises };

// What the bot's owner says.
struct Target {
  std::string url;
  std::string verify_token;         // sent in the handshake
  std::vector<std::string> fields;  // "messages", ...; what they mean is the translator's business
  Form form = Form::cloud;
  friend bool operator==(const Target&, const Target&) = default;
};

struct Subscription {
  AccountId bot;
  Target target;
  std::string app_secret;  // signs the bodies
  DeviceId device;         // the bot's own device whose inbox cursor is the bookmark
  Commit since;            // the bot's own events up to here get no statuses
};

// Sends one request; Outgoing::ask, or a test.
using Ask = std::function<Task<Result<HttpAnswer>>(HttpRequest)>;

class Subscriptions {
 public:
  Subscriptions(Records& records, Inbox& inbox, Random& random, Ask ask);
  // Called from any thread when the subscription of this bot was set, changed or removed. Once, before the others.
  void on_changed(std::function<void(AccountId)> changed) { changed_ = std::move(changed); }

  // `not_found` when there is none.
  Task<Result<Subscription>> get(AccountId bot);
  // All, by bot, after `after`.
  Task<Result<Page<Subscription>>> list(AccountId after, std::size_t limit);

  // Checks the URL, with the cloud's form by the handshake too, and takes it. `invalid_argument` with field "url" or
  // "verify_token" says what went wrong. An empty `app_secret` keeps the one that is there, or makes one.
  Task<Result<Subscription>> set(AccountId bot, Target target, std::string app_secret = {});
  // Nothing is told any more; what waits is dropped. Again is fine.
  Task<Result<void>> remove(AccountId bot);

  // Takes another device in the place of one that was revoked. Everything else is what it is by now; `not_found` when it
  // was removed.
  Task<Result<Subscription>> renew_device(Subscription subscription);

 private:
  Task<Result<void>> shake_hands(Target target);
  // What is stored; nothing if there is none.
  Task<Result<std::optional<std::string>>> bytes_of(AccountId bot);
  // What set() makes of it.
  Task<Result<Subscription>> changed_to(AccountId bot, std::optional<std::string> before, Target target,
                                        std::string app_secret);
  // `conflict` when `before` is not what is there; nothing: it must not be there.
  Task<Result<void>> store(Subscription subscription, std::optional<std::string> before);

  Records& records_;
  Inbox& inbox_;
  Random& random_;
  Ask ask_;
  std::function<void(AccountId)> changed_ = [](AccountId) {};
};

// The handshake's URL: hub.mode, hub.challenge and hub.verify_token behind what the URL asks already.
std::string handshake_url(const std::string& url, const std::string& challenge, const std::string& verify_token);

}  // namespace homing::webhooks
