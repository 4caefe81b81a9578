// Accounts as people write them: an account id, or a phone number with or without its plus. Owned by Rest; any thread.
#pragma once

#include <string>

#include "chat/chat.h"

namespace homing::rest {

class People {
 public:
  explicit People(chat::Chat& chat) : chat_(chat) {}

  // `forbidden`, with this field, unless that is the caller's own account.
  Task<Result<void>> check_caller(Caller caller, std::string written, std::string field);
  // Whom somebody means; Chat says whether there is such an account.
  Task<Result<wire::Recipient>> find(Caller caller, std::string written);

 private:
  chat::Chat& chat_;
};

}  // namespace homing::rest
