#include "wire/stored.h"

#include <cstring>

#include "stored.pb.h"
#include "wire/bytes.h"
#include "wire/convert.h"
#include "wire/seal.h"

namespace homing::wire {
namespace {

std::unexpected<Error> unreadable(const char* what) {
  return fail(Code::corrupt, std::string("A stored ") + what + " cannot be read.");
}

template <class Message>
bool read(Message& message, std::string_view bytes) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

Life life(bool ended) { return ended ? Life::ended : Life::active; }

bool copy_hash(Hash256& out, const std::string& in) {
  if (in.size() != out.size()) return false;
  std::memcpy(out.data(), in.data(), out.size());
  return true;
}

std::string hash_bytes(const Hash256& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

}  // namespace

// Written for every message, so by hand: the fields of homing.stored.Envelope.
std::string store(const Envelope& envelope, Version version) {
  std::string out;
  out.reserve(64 + envelope.sealed->bytes.size() + 10 * envelope.sealed->hidden_from.size());
  put_field(out, 1, envelope.conversation.value);
  put_field(out, 2, envelope.seq.value);
  put_field(out, 3, static_cast<std::uint64_t>(envelope.time.ms));
  put_field(out, 4, envelope.device.value);
  put_bytes(out, 5, view(envelope.client_id));
  put_field(out, 6, version.value);
  for (AccountId account : envelope.sealed->hidden_from) put_field(out, 7, account.value);
  put_bytes(out, 8, envelope.sealed->bytes);
  return out;
}

Result<StoredEnvelope> load_envelope(std::string_view bytes, Commit commit) {
  stored::Envelope record;
  if (!read(record, bytes) || record.client_id().size() != sizeof(ClientId) || record.seq() == 0) {
    return unreadable("envelope");
  }
  std::vector<AccountId> hidden_from;
  for (auto account : record.hidden_from()) hidden_from.push_back(AccountId{account});
  auto sealed = unseal(std::move(*record.mutable_event()), std::move(hidden_from));
  if (!sealed) return std::unexpected(sealed.error());
  Envelope envelope{ConversationId{record.conversation()},
                    Seq{record.seq()},
                    commit,
                    Time{record.time_ms()},
                    DeviceId{record.device()},
                    client_id_from(record.client_id()),
                    std::move(*sealed)};
  return StoredEnvelope{std::move(envelope), Version{record.version()}};
}

std::string store(const Account& account) {
  stored::Account record;
  record.set_id(account.id.value);
  record.set_phone(account.phone);
  record.set_name(account.name);
  record.set_about(account.about);
  record.set_created_ms(account.created.ms);
  record.set_version(account.version);
  record.set_hides_reading(account.read_receipts == ReadReceipts::hidden);
  for (AccountId blocked : account.blocked) record.add_blocked(blocked.value);
  record.set_removed(account.life == Life::ended);
  record.set_bot(account.nature == Nature::bot);
  record.set_picture(account.picture);
  record.set_shows_last_seen(static_cast<std::uint32_t>(account.privacy.last_seen));
  record.set_shows_profile(static_cast<std::uint32_t>(account.privacy.profile));
  record.set_may_add_to_groups(static_cast<std::uint32_t>(account.privacy.groups));
  return record.SerializeAsString();
}

Result<Account> load_account(std::string_view bytes) {
  stored::Account record;
  if (!read(record, bytes) || record.id() == 0) return unreadable("account");
  Account account{AccountId{record.id()},
                  record.phone(),
                  record.name(),
                  record.about(),
                  Time{record.created_ms()},
                  record.hides_reading() ? ReadReceipts::hidden : ReadReceipts::shown,
                  {},
                  life(record.removed()),
                  record.version(),
                  record.bot() ? Nature::bot : Nature::person,
                  record.picture()};
  for (std::uint32_t audience : {record.shows_last_seen(), record.shows_profile(), record.may_add_to_groups()}) {
    if (audience > 2) return unreadable("account");
  }
  account.privacy =
      Privacy{static_cast<Audience>(record.shows_last_seen()), static_cast<Audience>(record.shows_profile()),
              static_cast<Audience>(record.may_add_to_groups())};
  for (auto blocked : record.blocked()) account.blocked.push_back(AccountId{blocked});
  return account;
}

std::string store(const Device& device) {
  stored::Device record;
  record.set_id(device.id.value);
  record.set_account(device.account.value);
  record.set_secret_hash(hash_bytes(device.secret_hash));
  record.set_name(device.name);
  record.set_created_ms(device.created.ms);
  record.set_version(device.version);
  record.set_revoked(device.life == Life::ended);
  return record.SerializeAsString();
}

Result<Device> load_device(std::string_view bytes) {
  stored::Device record;
  Device device;
  if (!read(record, bytes) || record.id() == 0 || !copy_hash(device.secret_hash, record.secret_hash())) {
    return unreadable("device");
  }
  device.id = DeviceId{record.id()};
  device.account = AccountId{record.account()};
  device.name = record.name();
  device.created = Time{record.created_ms()};
  device.life = life(record.revoked());
  device.version = record.version();
  return device;
}

std::string store(const Conversation& conversation) {
  stored::Conversation record;
  record.set_id(conversation.id.value);
  record.set_kind(static_cast<std::uint32_t>(conversation.kind));
  record.set_name(conversation.name);
  for (const Membership& membership : conversation.members) {
    auto& member = *record.add_members();
    member.set_account(membership.account.value);
    member.set_role(static_cast<std::uint32_t>(membership.role));
    member.set_since(membership.since.value);
    member.set_until(membership.until.value);
    member.set_removed(membership.ending == Ending::removed);
  }
  record.set_version(conversation.version.value);
  record.set_created_ms(conversation.created.ms);
  record.set_encoding(static_cast<std::uint32_t>(conversation.encoding));
  record.set_description(conversation.description);
  record.set_picture(conversation.picture);
  record.set_link(conversation.link);
  record.set_approval(conversation.approval == Approval::needed);
  for (const JoinRequest& request : conversation.requests) {
    auto& asked = *record.add_requests();
    asked.set_account(request.account.value);
    asked.set_asked_ms(request.asked.ms);
  }
  return record.SerializeAsString();
}

Result<Conversation> load_conversation(std::string_view bytes) {
  stored::Conversation record;
  if (!read(record, bytes) || record.id() == 0 || record.kind() > 2 || record.encoding() > 1) {
    return unreadable("conversation");
  }
  Conversation conversation{ConversationId{record.id()},
                            static_cast<ConversationKind>(record.kind()),
                            static_cast<Encoding>(record.encoding()),
                            record.name(),
                            {},
                            Version{record.version()},
                            Time{record.created_ms()},
                            record.description(),
                            record.picture(),
                            record.link(),
                            record.approval() ? Approval::needed : Approval::open,
                            {}};
  for (const auto& request : record.requests()) {
    conversation.requests.push_back(JoinRequest{AccountId{request.account()}, Time{request.asked_ms()}});
  }
  conversation.members.reserve(static_cast<std::size_t>(record.members_size()));
  for (const auto& member : record.members()) {
    if (member.role() > 1) return unreadable("conversation");
    conversation.members.push_back(Membership{AccountId{member.account()}, static_cast<Role>(member.role()),
                                              Seq{member.since()}, Seq{member.until()},
                                              member.removed() ? Ending::removed : Ending::left});
  }
  return conversation;
}

std::string store(const Ticket& ticket) {
  stored::Ticket record;
  record.set_key(ticket.key);
  record.set_hash(hash_bytes(ticket.hash));
  record.set_expires_ms(ticket.expires.ms);
  record.set_attempts_left(ticket.attempts_left);
  record.set_version(ticket.version);
  record.set_issued_ms(ticket.issued.ms);
  record.set_account(ticket.account.value);
  return record.SerializeAsString();
}

Result<Ticket> load_ticket(std::string_view bytes) {
  stored::Ticket record;
  Ticket ticket;
  if (!read(record, bytes) || !copy_hash(ticket.hash, record.hash())) return unreadable("ticket");
  ticket.key = record.key();
  ticket.issued = Time{record.issued_ms()};
  ticket.expires = Time{record.expires_ms()};
  ticket.attempts_left = record.attempts_left();
  ticket.version = record.version();
  ticket.account = AccountId{record.account()};
  return ticket;
}

std::string store(Receipt receipt) {
  std::string out;
  put_field(out, 1, receipt.delivered.value);
  put_field(out, 2, receipt.read.value);
  put_field(out, 3, receipt.seen.value);
  return out;
}

Result<Receipt> load_receipt(std::string_view bytes) {
  stored::Mark record;
  if (!read(record, bytes)) return unreadable("mark");
  return Receipt{Seq{record.delivered()}, Seq{record.read()}, Seq{record.seen()}};
}

}  // namespace homing::wire
