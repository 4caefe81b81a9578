// Programs that use the business API: an account each, with the numbers, the secret and the password that the API knows it
// by. Kept in Records:
//
//   bot/number/NUMBER_ID     the bot                  bot/account/ACCOUNT, bot/waba/WABA_ID, bot/user/DIGITS   its NUMBER_ID
//   bot/login/HASH           an On-Premises token     bot/callback/DEVICE/CLIENT_ID   what the sender wants back in statuses
//   bot/name/NAME            a further user of the On-Premises login
//   bot/link/DEVICE/CLIENT_ID    what a message with a link said that may be sent again
//
// Passwords are hashed on a thread of its own. Owned by server/; any I/O thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "base/workers.h"
#include "chat/accounts.h"
#include "edge/business/keys.h"
#include "model/event.h"
#include "store/directory.h"
#include "store/records.h"

namespace homing::business {

// A further user of the On-Premises login. Tokens that are older than it were another's.
struct BotUser {
  std::string name;
  Time since;
  std::uint64_t generation = 0;  // as in Bot
};

struct Bot {
  std::string number_id;  // at most 15 decimal digits: some clients make a number of it
  std::string waba_id;
  AccountId account;
  DeviceId device;
  std::string phone;  // E.164
  Time created;
  std::string sealed_app_secret;
  std::string password_hash;
  std::uint64_t generation = 0;  // of the password; tokens of another one have ended
  enum class Registered { no, yes } registered = Registered::yes;
  std::string address;
  std::string description;
  std::string email;
  std::vector<std::string> websites;
  std::string vertical;
  std::vector<BotUser> users;
  std::vector<std::string> untold;  // "sent", "delivered", "read": what its On-Premises webhook does not hear of

  const BotUser* user(std::string_view name) const;
  // Of the password of this user, or of the bot itself with an empty name; nothing: there is no such user.
  std::optional<std::uint64_t> generation_of(std::string_view name) const;
};

// What is shown once.
struct NewBot {
  Bot bot;
  std::string token;
  std::string app_secret;
  std::string password;  // of the On-Premises login; the user is the phone's digits
};

struct Login {
  std::string token;
  Time expires;
};

// Who is asking, and as which bot.
struct Known {
  Caller caller;
  Bot bot;
  std::string user;  // the name of a further user; empty: the bot itself
};

inline constexpr std::size_t kUsersMax = 16;  // further ones of one bot

class Bots {
 public:
  Bots(Records& records, Directory& directory, chat::Accounts& accounts, Clock& clock, Random& random, Keys keys);

  // `phone_taken` if somebody has this phone.
  Task<Result<NewBot>> add(std::string phone, std::string name);
  Task<Result<std::vector<Bot>>> list();
  // `not_found` when no bot has this phone.
  Task<Result<Bot>> by_phone(std::string phone);
  Task<Result<Bot>> by_account(AccountId account);
  // What is known of it here; its account is ended elsewhere. Again is fine.
  Task<Result<void>> forget(Bot bot);
  // The bot as `change` makes it. Once more if somebody else changed it in between.
  Task<Result<Bot>> change(std::string number_id, std::function<void(Bot&)> change);

  // By the token of a device of its, or by one that login() gave; `unauthenticated` for all that is wrong. What login()
  // gave ends with the bot's device, with its account and with the password.
  Task<Result<Known>> authenticate(std::string token);
  // `unauthenticated` for an unknown user, a wrong password, or a bot that has ended. A new password of a form that is not allowed:
  // `invalid_argument`.
  Task<Result<Login>> login(std::string user, std::string password, std::string new_password);
  Task<Result<void>> logout(std::string token);

  // --- further users of the On-Premises login (bot_users.cc) ---
  // `invalid_argument`: the name, the password, or there are too many; `conflict`: somebody has this name.
  Task<Result<void>> add_user(std::string number_id, std::string name, std::string password);
  // Of the bot itself with an empty name; its tokens end. `not_found` unless it is a user of this bot.
  Task<Result<void>> set_password(std::string number_id, std::string name, std::string password);
  // Its tokens end with it. `not_found` as above.
  Task<Result<void>> remove_user(std::string number_id, std::string name);

  // What signs its webhooks; `corrupt` when it was sealed with another key.
  Result<std::string> app_secret(const Bot& bot) const;
  Task<Result<std::shared_ptr<const Account>>> account_of(Bot bot);

  // Kept for as long as statuses may come, a month. With `Repeats::maybe` what is kept under this name already stays: it
  // belongs to the message that was sent first.
  enum class Repeats { never, maybe };
  Task<Result<void>> keep_callback(DeviceId device, ClientId client_id, std::string data, Repeats repeats);
  // Empty if there is none.
  Task<Result<std::string>> callback(DeviceId device, ClientId client_id);
  // Messages with a link that may be sent again, kept as long. What the first one under this name said: `said`, if this is
  // the first. On disk when this returns.
  struct Linked {
    std::string said;
    enum class Lost { no, yes } lost = Lost::no;  // yes: its link led to nothing, and the bot's webhook was told
  };
  Task<Result<Linked>> keep_linked(DeviceId device, ClientId client_id, std::string said);
  Task<Result<std::optional<Linked>>> linked(DeviceId device, ClientId client_id);
  Task<Result<void>> lose_linked(DeviceId device, ClientId client_id, std::string said);
  // Takes away what has expired of all these: looks at `limit` records after this name. Returns where to go on; empty:
  // that was all.
  Task<Result<std::string>> sweep(std::string after, std::size_t limit);

  // Ends the thread. While the io_contexts of the callers live.
  void stop() { hashing_.stop(); }

 private:
  // The bot as `change` makes it, and these changes in the same write.
  Task<Result<Bot>> change_with(std::string number_id, std::function<void(Bot&)> change,
                                std::vector<RecordChange> besides);
  Task<Result<std::string>> hash(std::string password);
  // `unauthenticated` if this is not what was hashed.
  Task<Result<void>> check(std::string hash, std::string password);
  struct Holder {
    Bot bot;
    std::string user;  // as in Known
    std::string password_hash;
    std::uint64_t generation = 0;
  };
  Task<Result<Holder>> holder(std::string user);
  // set_password(), with the generation that its tokens have from now on.
  Task<Result<std::uint64_t>> replace_password(std::string number_id, std::string name, std::string password);
  // `unauthenticated` unless the bot's device and account are.
  Task<Result<void>> check_active(AccountId account, DeviceId device);
  Task<Result<Bot>> by_number(std::string number_id);
  Task<Result<Bot>> by_name(std::string record);
  std::string fresh_number();
  std::string seal(const std::string& secret);

  Records& records_;
  Directory& directory_;
  chat::Accounts& accounts_;
  Clock& clock_;
  Random& random_;
  const Keys keys_;
  Workers hashing_;
};

// On-Premises tokens begin with this; device tokens never do.
inline constexpr std::string_view kLoginTokenPrefix = "op_";

// 8 to 64 characters, with a digit, letters of both cases and one of the ASCII punctuation marks.
bool is_good_password(std::string_view password);
// 1 to 64 letters, digits and -_.@, at least one of them a letter: such a name is nobody's phone.
bool is_user_name(std::string_view name);

}  // namespace homing::business
