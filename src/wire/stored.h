// Records as they lie on disk (proto/stored.proto), to values and back. Reading is hostile ground too: what is not a
// record gives `corrupt`, never a crash. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/account.h"
#include "model/conversation.h"
#include "model/event.h"
#include "model/file.h"
#include "model/inbox.h"

namespace homing::wire {

// Everything but the commit number, which is the record's key.
std::string store(const Envelope& envelope, Version version);
struct StoredEnvelope {
  Envelope envelope;
  Version version;
};
Result<StoredEnvelope> load_envelope(std::string_view bytes, Commit commit);

std::string store(const Account& account);
Result<Account> load_account(std::string_view bytes);
std::string store(const Device& device);
Result<Device> load_device(std::string_view bytes);
std::string store(const Conversation& conversation);
Result<Conversation> load_conversation(std::string_view bytes);
std::string store(const Ticket& ticket);
Result<Ticket> load_ticket(std::string_view bytes);
std::string store(Receipt receipt);
Result<Receipt> load_receipt(std::string_view bytes);

std::string store(const File& file);
Result<File> load_file(std::string_view bytes);
std::string store(const Upload& upload);
Result<Upload> load_upload(std::string_view bytes);

}  // namespace homing::wire
