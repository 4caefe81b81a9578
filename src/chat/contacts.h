// Who knows whom: two people are contacts while there is a direct conversation between them. Any thread.
#pragma once

#include "base/result.h"
#include "base/task.h"
#include "model/account.h"
#include "store/directory.h"

namespace homing::chat {

Task<Result<bool>> are_contacts(Directory& directory, AccountId a, AccountId b);

// Whether `owner` lets `other` have what it shows to `audience`. Looks for a conversation only where that matters. Who is
// blocked gets nothing, and everybody is in their own audience.
Task<Result<bool>> admits(Directory& directory, std::shared_ptr<const Account> owner, Audience audience,
                          AccountId other);

}  // namespace homing::chat
