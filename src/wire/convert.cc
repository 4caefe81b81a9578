#include "wire/convert.h"

#include <cstring>

#include "base/check.h"

namespace homing::wire {
namespace {

template <class... F>
struct Cases : F... {
  using F::operator()...;
};

template <class Repeated>
std::vector<AccountId> accounts_from(const Repeated& in) {
  std::vector<AccountId> out;
  out.reserve(static_cast<std::size_t>(in.size()));
  for (auto value : in) out.push_back(AccountId{value});
  return out;
}

Approval approval_from(bool needed) { return needed ? Approval::needed : Approval::open; }

}  // namespace

void fill(v1::Header& out, const Header& header) {
  out.set_author(header.author.value);
  std::visit(Cases{
                 [&](const Posted&) { out.mutable_posted(); },
                 [&](const GroupCreated& created) {
                   auto& kind = *out.mutable_group_created();
                   kind.set_name(created.name);
                   for (AccountId account : created.members) {
                     auto& member = *kind.add_members();
                     member.set_account(account.value);
                     member.set_role(account == header.author ? v1::admin : v1::member);
                   }
                   kind.set_description(created.description);
                   kind.set_approval(created.approval == Approval::needed);
                 },
                 [&](const Renamed& renamed) { out.mutable_renamed()->set_name(renamed.name); },
                 [&](const MembersChanged& changed) {
                   auto& kind = *out.mutable_members_changed();
                   for (AccountId account : changed.added) kind.add_added(account.value);
                   for (AccountId account : changed.removed) kind.add_removed(account.value);
                   for (AccountId account : changed.promoted) kind.add_promoted(account.value);
                   for (AccountId account : changed.demoted) kind.add_demoted(account.value);
                 },
                 [&](const Reacted& reacted) { out.mutable_reacted()->set_seq(reacted.seq.value); },
                 [&](const Edited& edited) { out.mutable_edited()->set_seq(edited.seq.value); },
                 [&](const Deleted& deleted) { out.mutable_deleted()->set_seq(deleted.seq.value); },
                 [&](const Described& described) { out.mutable_described()->set_description(described.description); },
                 [&](const Pictured&) { out.mutable_pictured(); },
                 [&](const ApprovalChanged& changed) {
                   out.mutable_approval_changed()->set_needed(changed.approval == Approval::needed);
                 },
                 [&](const LinkChanged& changed) {
                   out.mutable_link_changed()->set_open(changed.change == LinkChange::renew);
                 },
                 [&](const JoinAsked&) { out.mutable_join_asked(); },
                 [&](const JoinWithdrawn&) { out.mutable_join_withdrawn(); },
                 [&](const JoinsRejected& rejected) {
                   auto& kind = *out.mutable_joins_rejected();
                   for (AccountId account : rejected.accounts) kind.add_accounts(account.value);
                 },
             },
             header.kind);
  out.set_reply_to(header.reply_to.value);
  out.set_expires_ms(header.expires.ms);
  for (const std::string& blob : header.media) out.add_media(blob);
  for (AccountId account : header.mentions) out.add_mentions(account.value);
  out.set_edit(header.edit.value);
  out.set_deleted_by(header.deleted_by.value);
}

Result<Header> header_from(const v1::Header& in) {
  Header header;
  header.author = AccountId{in.author()};
  switch (in.kind_case()) {
    case v1::Header::kPosted: header.kind = Posted{}; break;
    case v1::Header::kGroupCreated: {
      const auto& group = in.group_created();
      GroupCreated created{group.name(), {}, group.description(), approval_from(group.approval())};
      for (const auto& member : in.group_created().members()) created.members.push_back(AccountId{member.account()});
      header.kind = std::move(created);
      break;
    }
    case v1::Header::kRenamed: header.kind = Renamed{in.renamed().name()}; break;
    case v1::Header::kMembersChanged: {
      const auto& changed = in.members_changed();
      header.kind = MembersChanged{accounts_from(changed.added()), accounts_from(changed.removed()),
                                   accounts_from(changed.promoted()), accounts_from(changed.demoted())};
      break;
    }
    case v1::Header::kReacted: header.kind = Reacted{Seq{in.reacted().seq()}}; break;
    case v1::Header::kEdited: header.kind = Edited{Seq{in.edited().seq()}}; break;
    case v1::Header::kDeleted: header.kind = Deleted{Seq{in.deleted().seq()}}; break;
    case v1::Header::kDescribed: header.kind = Described{in.described().description()}; break;
    case v1::Header::kPictured: header.kind = Pictured{}; break;
    case v1::Header::kApprovalChanged:
      header.kind = ApprovalChanged{approval_from(in.approval_changed().needed())};
      break;
    case v1::Header::kLinkChanged:
      header.kind = LinkChanged{in.link_changed().open() ? LinkChange::renew : LinkChange::revoke};
      break;
    case v1::Header::kJoinAsked: header.kind = JoinAsked{}; break;
    case v1::Header::kJoinWithdrawn: header.kind = JoinWithdrawn{}; break;
    case v1::Header::kJoinsRejected: header.kind = JoinsRejected{accounts_from(in.joins_rejected().accounts())}; break;
    case v1::Header::KIND_NOT_SET: return fail(Code::corrupt, "An event has no known kind.");
  }
  header.reply_to = Seq{in.reply_to()};
  header.expires = Time{in.expires_ms()};
  header.media.assign(in.media().begin(), in.media().end());
  header.mentions = accounts_from(in.mentions());
  header.edit = Seq{in.edit()};
  header.deleted_by = AccountId{in.deleted_by()};
  return header;
}

void fill(v1::Envelope& out, const Envelope& envelope) {
  out.set_conversation(envelope.conversation.value);
  out.set_seq(envelope.seq.value);
  out.set_time_ms(envelope.time.ms);
  // The bytes were made by seal() or passed unseal(); an older reader's unknown content stays in unknown fields.
  (void)out.mutable_event()->ParsePartialFromString(envelope.sealed->bytes);
}

ClientId client_id_from(std::string_view bytes) {
  ClientId id{};
  CHECK(bytes.size() == id.size()) << "measure a client id before turning it into one";
  std::memcpy(id.data(), bytes.data(), id.size());
  return id;
}

std::string_view view(const ClientId& id) { return {reinterpret_cast<const char*>(id.data()), id.size()}; }

}  // namespace homing::wire
