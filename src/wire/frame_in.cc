// Client frames: bytes to values.
#include <google/protobuf/descriptor.h>

#include "frames.pb.h"
#include "wire/convert.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/schema.h"

namespace homing::wire {
namespace {

Result<ClientId> client_id(const std::string& bytes) {
  if (bytes.size() != sizeof(ClientId)) return fail(Code::bad_client_id, {}, "client_id");
  return client_id_from(bytes);
}

template <class Repeated>
std::vector<AccountId> account_ids(const Repeated& in) {
  std::vector<AccountId> out;
  out.reserve(static_cast<std::size_t>(in.size()));
  for (auto value : in) out.push_back(AccountId{value});
  return out;
}

template <class Message>
Result<Body> body_of(const Message& in) {
  switch (in.body_case()) {
    case Message::kPlain:
      if (in.plain().kind_case() == v1::Content::KIND_NOT_SET) {
        return fail(Code::unknown_kind, "The content has no kind that is known here.", "plain");
      }
      return Body{Encoding::plain, in.plain().SerializeAsString()};
    case Message::kMls: return Body{Encoding::mls, in.mls()};
    case Message::BODY_NOT_SET: break;
  }
  return fail(Code::invalid_argument, "A message needs a body.", "plain");
}

Result<Recipient> recipient_of(const v1::Send& in) {
  switch (in.to_case()) {
    case v1::Send::kConversation: return Recipient{ConversationId{in.conversation()}};
    case v1::Send::kAccount: return Recipient{AccountId{in.account()}};
    case v1::Send::kPhone: return Recipient{Phone{in.phone()}};
    case v1::Send::kMyStatus: return Recipient{MyStatus{}};
    case v1::Send::TO_NOT_SET: break;
  }
  return fail(Code::invalid_argument, "A message needs a conversation, an account, a phone or the own status to go to.",
              "to");
}

Result<Send> from(const v1::Send& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  auto to = recipient_of(in);
  if (!to) return std::unexpected(to.error());
  auto body = body_of(in);
  if (!body) return std::unexpected(body.error());
  if (in.expires_ms() < 0) return fail(Code::invalid_argument, "A time is not negative.", "expires_ms");
  Send send{
      std::move(*to), *id, std::move(*body), Seq{in.reply_to()}, Time{in.expires_ms()}, account_ids(in.mentions())};
  send.media.assign(in.media().begin(), in.media().end());
  send.reacted_to = Seq{in.reacted_to()};
  return send;
}

Result<CreateGroup> from(const v1::CreateGroup& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  return CreateGroup{*id,
                     in.name(),
                     account_ids(in.members()),
                     in.description(),
                     in.approval() ? Approval::needed : Approval::open,
                     in.link() ? CreateGroup::Link::yes : CreateGroup::Link::no};
}

Result<ChangeMembers> from(const v1::ChangeMembers& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  if (in.add_size() + in.remove_size() + in.promote_size() + in.demote_size() == 0) {
    return fail(Code::invalid_argument, "Name somebody to add, remove, promote or demote.", "add");
  }
  return ChangeMembers{*id,
                       ConversationId{in.conversation()},
                       account_ids(in.add()),
                       account_ids(in.remove()),
                       account_ids(in.promote()),
                       account_ids(in.demote())};
}

Result<RenameGroup> from(const v1::RenameGroup& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  return RenameGroup{*id, ConversationId{in.conversation()}, in.name()};
}

Result<LeaveGroup> from(const v1::LeaveGroup& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  return LeaveGroup{*id, ConversationId{in.conversation()}};
}

Result<EditMessage> from(const v1::EditMessage& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  if (in.seq() == 0) return fail(Code::seq_unknown, {}, "seq");
  auto body = body_of(in);
  if (!body) return std::unexpected(body.error());
  if (in.has_plain() && !in.plain().has_text() && !in.plain().has_media()) {
    return fail(Code::invalid_argument, "Only words can be edited: those of a text, or the caption of a file.",
                "plain");
  }
  return EditMessage{*id, ConversationId{in.conversation()}, Seq{in.seq()}, std::move(*body),
                     account_ids(in.mentions())};
}

Result<DeleteMessage> from(const v1::DeleteMessage& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  if (in.seq() == 0) return fail(Code::seq_unknown, {}, "seq");
  return DeleteMessage{*id, ConversationId{in.conversation()}, Seq{in.seq()}};
}

Result<ChangeGroup> from(const v1::ChangeGroup& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  ChangeGroup change{*id, ConversationId{in.conversation()}, {}};
  switch (in.what_case()) {
    case v1::ChangeGroup::kDescription: change.what = Description{in.description()}; return change;
    case v1::ChangeGroup::kPicture: change.what = Picture{in.picture()}; return change;
    case v1::ChangeGroup::kApproval: change.what = in.approval() ? Approval::needed : Approval::open; return change;
    case v1::ChangeGroup::kLink:
      if (!v1::LinkChange_IsValid(in.link())) return fail(Code::unknown_kind, {}, "link");
      change.what = static_cast<LinkChange>(in.link());
      return change;
    case v1::ChangeGroup::WHAT_NOT_SET: break;
  }
  return fail(Code::invalid_argument, "Name something to change.", "description");
}

Result<JoinGroup> from(const v1::JoinGroup& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  return JoinGroup{*id, in.code()};
}

Result<WithdrawJoin> from(const v1::WithdrawJoin& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  return WithdrawJoin{*id, ConversationId{in.conversation()}};
}

Result<ReviewJoins> from(const v1::ReviewJoins& in) {
  auto id = client_id(in.client_id());
  if (!id) return std::unexpected(id.error());
  if (in.accounts_size() == 0) return fail(Code::invalid_argument, "Name somebody who asked to join.", "accounts");
  return ReviewJoins{*id, ConversationId{in.conversation()}, account_ids(in.accounts()),
                     in.approve() ? Decision::approve : Decision::reject};
}

Result<std::uint32_t> page_limit(std::uint32_t asked, std::uint32_t usual, std::size_t max) {
  if (asked > max) return fail(Code::invalid_argument, "The limit is at most " + std::to_string(max) + ".", "limit");
  return asked == 0 ? usual : asked;
}

Result<ReadHistory> from(const v1::ReadHistory& in) {
  auto limit = page_limit(in.limit(), 50, limits::kHistoryPageMax);
  if (!limit) return std::unexpected(limit.error());
  return ReadHistory{ConversationId{in.conversation()}, Seq{in.before()}, *limit};
}

Result<ListConversations> from(const v1::ListConversations& in) {
  auto limit = page_limit(in.limit(), 100, limits::kConversationsPageMax);
  if (!limit) return std::unexpected(limit.error());
  return ListConversations{ConversationId{in.after()}, *limit, in.newest()};
}

Result<Audience> audience(v1::Audience in, const char* field) {
  if (!v1::Audience_IsValid(in)) return fail(Code::unknown_kind, {}, field);
  return static_cast<Audience>(in);
}

Result<SetPrivacy> from(const v1::SetPrivacy& in) {
  auto last_seen = audience(in.privacy().last_seen(), "last_seen");
  if (!last_seen) return std::unexpected(last_seen.error());
  auto profile = audience(in.privacy().profile(), "profile");
  if (!profile) return std::unexpected(profile.error());
  auto groups = audience(in.privacy().groups(), "groups");
  if (!groups) return std::unexpected(groups.error());
  return SetPrivacy{Privacy{*last_seen, *profile, *groups}};
}

// Turns a Result<T> into a Result<ClientFrame>.
template <class T>
Result<ClientFrame> framed(std::uint64_t request, Result<T> body) {
  if (!body) return std::unexpected(body.error());
  return ClientFrame{request, std::move(*body)};
}

Result<ClientFrame> translate(const v1::ClientFrame& in) {
  std::uint64_t request = in.request();
  switch (in.kind_case()) {
    case v1::ClientFrame::kHello: return ClientFrame{request, Hello{Cursor{in.hello().cursor()}, in.hello().agent()}};
    case v1::ClientFrame::kSend: return framed(request, from(in.send()));
    case v1::ClientFrame::kAck: return ClientFrame{request, Ack{Cursor{in.ack().cursor()}}};
    case v1::ClientFrame::kMarkRead:
      return ClientFrame{request, MarkRead{ConversationId{in.mark_read().conversation()}, Seq{in.mark_read().seq()}}};
    case v1::ClientFrame::kCreateGroup: return framed(request, from(in.create_group()));
    case v1::ClientFrame::kChangeMembers: return framed(request, from(in.change_members()));
    case v1::ClientFrame::kRenameGroup: return framed(request, from(in.rename_group()));
    case v1::ClientFrame::kLeaveGroup: return framed(request, from(in.leave_group()));
    case v1::ClientFrame::kChangeGroup: return framed(request, from(in.change_group()));
    case v1::ClientFrame::kJoinGroup: return framed(request, from(in.join_group()));
    case v1::ClientFrame::kWithdrawJoin: return framed(request, from(in.withdraw_join()));
    case v1::ClientFrame::kReviewJoins: return framed(request, from(in.review_joins()));
    case v1::ClientFrame::kPreviewGroup: return ClientFrame{request, PreviewGroup{in.preview_group().code()}};
    case v1::ClientFrame::kGetGroupLink:
      return ClientFrame{request, GetGroupLink{ConversationId{in.get_group_link().conversation()}}};
    case v1::ClientFrame::kGetJoins:
      return ClientFrame{request, GetJoins{ConversationId{in.get_joins().conversation()}}};
    case v1::ClientFrame::kReadHistory: return framed(request, from(in.read_history()));
    case v1::ClientFrame::kListConversations: return framed(request, from(in.list_conversations()));
    case v1::ClientFrame::kGetConversation:
      return ClientFrame{request, GetConversation{ConversationId{in.get_conversation().conversation()}}};
    case v1::ClientFrame::kGetReceipts:
      return ClientFrame{request, GetReceipts{ConversationId{in.get_receipts().conversation()}}};
    case v1::ClientFrame::kFindAccounts: {
      const auto& find = in.find_accounts();
      FindAccounts accounts{{find.phones().begin(), find.phones().end()}, account_ids(find.accounts())};
      return ClientFrame{request, std::move(accounts)};
    }
    case v1::ClientFrame::kSetProfile: {
      const auto& profile = in.set_profile();
      return ClientFrame{request, SetProfile{profile.name(), profile.about(),
                                             profile.read_receipts() ? ReadReceipts::shown : ReadReceipts::hidden}};
    }
    case v1::ClientFrame::kSetPicture: return ClientFrame{request, SetPicture{in.set_picture().picture()}};
    case v1::ClientFrame::kSetBlocked:
      return ClientFrame{request, SetBlocked{AccountId{in.set_blocked().account()},
                                             in.set_blocked().blocked() ? Blocked::yes : Blocked::no}};
    case v1::ClientFrame::kTyping: {
      if (!v1::TypingKind_IsValid(in.typing().kind())) return fail(Code::unknown_kind, {}, "kind");
      auto kind = static_cast<TypingKind>(in.typing().kind());
      return ClientFrame{request, Typing{ConversationId{in.typing().conversation()}, kind}};
    }
    case v1::ClientFrame::kEditMessage: return framed(request, from(in.edit_message()));
    case v1::ClientFrame::kDeleteMessage: return framed(request, from(in.delete_message()));
    case v1::ClientFrame::kListDevices: return ClientFrame{request, ListDevices{}};
    case v1::ClientFrame::kRenameDevice:
      return ClientFrame{request, RenameDevice{DeviceId{in.rename_device().device()}, in.rename_device().name()}};
    case v1::ClientFrame::kRevokeDevice:
      return ClientFrame{request, RevokeDevice{DeviceId{in.revoke_device().device()}}};
    case v1::ClientFrame::kMakeLinkCode: return ClientFrame{request, MakeLinkCode{}};
    case v1::ClientFrame::kSetPresence:
      return ClientFrame{request, SetPresence{in.set_presence().online() ? Here::yes : Here::no}};
    case v1::ClientFrame::kWatchPresence:
      return ClientFrame{request, WatchPresence{account_ids(in.watch_presence().accounts())}};
    case v1::ClientFrame::kSetPrivacy: return framed(request, from(in.set_privacy()));
    case v1::ClientFrame::kSetPush: {
      const auto& push = in.set_push();
      PushAddress address{push.endpoint(), push.key(), push.secret(), push.previews() ? Previews::yes : Previews::no};
      return ClientFrame{request, SetPush{std::move(address)}};
    }
    case v1::ClientFrame::kClearPush: return ClientFrame{request, ClearPush{}};
    case v1::ClientFrame::kPing: return ClientFrame{request, Ping{}};
    case v1::ClientFrame::KIND_NOT_SET: break;
  }
  return fail(Code::unknown_kind, "The frame has no kind that is known here.");
}

// The frames that come with every message need no walk over descriptors.
Result<void> check(const v1::ClientFrame& frame) {
  if (frame.kind_case() == v1::ClientFrame::kAck || frame.kind_case() == v1::ClientFrame::kMarkRead) return {};
  if (frame.kind_case() == v1::ClientFrame::kSend) {
    const auto& send = frame.send();
    std::size_t text = send.plain().text().text().size();
    bool plain_text = send.has_plain() && send.plain().has_text() && text >= 1 && text <= limits::kTextBytesMax;
    if (plain_text && !send.has_phone() && send.mentions_size() == 0 && send.media_size() == 0) return {};
  }
  return check_limits(frame);
}

}  // namespace

Result<ClientFrame> decode(std::string_view bytes, Form form, std::uint64_t& request) {
  request = 0;
  if (bytes.size() > limits::kFrameBytesMax) return fail(Code::too_big);
  static thread_local v1::ClientFrame frame;  // keeps its memory from frame to frame
  if (form == Form::json) frame.Clear();
  auto parsed = parse(bytes, form, frame);
  request = frame.request();
  if (!parsed) return std::unexpected(parsed.error());
  auto checked = check(frame);
  if (!checked) return std::unexpected(checked.error());
  return translate(frame);
}

}  // namespace homing::wire
