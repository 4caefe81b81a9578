// Sessions: which call answers which frame.
#include "base/check.h"
#include "chat/answer.h"
#include "chat/sessions.h"

namespace homing::chat {
namespace {

wire::ServerFrame joined_to(std::uint64_t request, Result<Envelope> result) {
  if (!result) return answer_to(request, std::move(result.error()));
  bool asked = std::holds_alternative<JoinAsked>(result->sealed->header.kind);
  wire::Joined joined{{result->conversation, result->seq, result->time},
                      asked ? wire::Joined::State::asked : wire::Joined::State::member};
  return wire::ServerFrame{request, joined};
}

}  // namespace

Task<wire::ServerFrame> Sessions::ask(Caller caller, wire::ClientFrame frame) {
  std::uint64_t request = frame.request;
  if (auto* read = std::get_if<wire::MarkRead>(&frame.body)) {
    co_return answer_to(request, co_await chat_.mark_read(caller, *read));
  }
  if (auto* group = std::get_if<wire::CreateGroup>(&frame.body)) {
    co_return answer_to(request, co_await chat_.create_group(caller, std::move(*group)));
  }
  if (auto* change = std::get_if<wire::ChangeMembers>(&frame.body)) {
    co_return answer_to(request, co_await chat_.change_members(caller, std::move(*change)));
  }
  if (auto* rename = std::get_if<wire::RenameGroup>(&frame.body)) {
    co_return answer_to(request, co_await chat_.rename_group(caller, std::move(*rename)));
  }
  if (auto* leave = std::get_if<wire::LeaveGroup>(&frame.body)) {
    co_return answer_to(request, co_await chat_.leave_group(caller, *leave));
  }
  if (auto* history = std::get_if<wire::ReadHistory>(&frame.body)) {
    co_return answer_to(request, co_await chat_.history(caller, *history));
  }
  if (auto* list = std::get_if<wire::ListConversations>(&frame.body)) {
    co_return answer_to(request, co_await chat_.conversations(caller, *list));
  }
  if (auto* get = std::get_if<wire::GetConversation>(&frame.body)) {
    co_return answer_to(request, co_await chat_.conversation(caller, *get));
  }
  if (auto* receipts = std::get_if<wire::GetReceipts>(&frame.body)) {
    co_return answer_to(request, co_await chat_.receipts(caller, *receipts));
  }
  if (auto* find = std::get_if<wire::FindAccounts>(&frame.body)) {
    co_return answer_to(request, co_await chat_.find_accounts(caller, std::move(*find)));
  }
  if (auto* edit = std::get_if<wire::EditMessage>(&frame.body)) {
    co_return answer_to(request, co_await chat_.edit(caller, std::move(*edit)));
  }
  if (auto* erase = std::get_if<wire::DeleteMessage>(&frame.body)) {
    co_return answer_to(request, co_await chat_.delete_for_everyone(caller, *erase));
  }
  co_return co_await ask_about_group(caller, std::move(frame));
}

Task<wire::ServerFrame> Sessions::ask_about_group(Caller caller, wire::ClientFrame frame) {
  std::uint64_t request = frame.request;
  if (auto* change = std::get_if<wire::ChangeGroup>(&frame.body)) {
    co_return answer_to(request, co_await chat_.change_group(caller, std::move(*change)));
  }
  if (auto* join = std::get_if<wire::JoinGroup>(&frame.body)) {
    co_return joined_to(request, co_await chat_.join_group(caller, std::move(*join)));
  }
  if (auto* withdraw = std::get_if<wire::WithdrawJoin>(&frame.body)) {
    co_return answer_to(request, co_await chat_.withdraw_join(caller, *withdraw));
  }
  if (auto* review = std::get_if<wire::ReviewJoins>(&frame.body)) {
    co_return answer_to(request, co_await chat_.review_joins(caller, std::move(*review)));
  }
  if (auto* preview = std::get_if<wire::PreviewGroup>(&frame.body)) {
    co_return answer_to(request, co_await chat_.preview_group(caller, std::move(*preview)));
  }
  if (auto* link = std::get_if<wire::GetGroupLink>(&frame.body)) {
    co_return answer_to(request, co_await chat_.group_link(caller, *link));
  }
  if (auto* joins = std::get_if<wire::GetJoins>(&frame.body)) {
    co_return answer_to(request, co_await chat_.joins(caller, *joins));
  }
  co_return co_await ask_about_self(caller, std::move(frame));
}

// What a person asks about themselves: the account, its devices.
Task<wire::ServerFrame> Sessions::ask_about_self(Caller caller, wire::ClientFrame frame) {
  std::uint64_t request = frame.request;
  if (auto* profile = std::get_if<wire::SetProfile>(&frame.body)) {
    co_return answer_to(request, co_await chat_.set_profile(caller, std::move(*profile)));
  }
  if (auto* picture = std::get_if<wire::SetPicture>(&frame.body)) {
    co_return answer_to(request, co_await chat_.set_picture(caller, std::move(*picture)));
  }
  if (auto* blocked = std::get_if<wire::SetBlocked>(&frame.body)) {
    co_return answer_to(request, co_await chat_.set_blocked(caller, *blocked));
  }
  if (auto* privacy = std::get_if<wire::SetPrivacy>(&frame.body)) {
    co_return answer_to(request, co_await chat_.set_privacy(caller, *privacy));
  }
  if (auto* push = std::get_if<wire::SetPush>(&frame.body)) {
    if (pushes_ == nullptr) co_return answer_to(request, Error{Code::unknown_kind, {}, {}, {}});
    co_return answer_to(request, co_await pushes_->set(caller, std::move(push->address)));
  }
  if (std::holds_alternative<wire::ClearPush>(frame.body)) {
    if (pushes_ == nullptr) co_return answer_to(request, Error{Code::unknown_kind, {}, {}, {}});
    co_return answer_to(request, co_await pushes_->clear(caller));
  }
  if (devices_ == nullptr) co_return answer_to(request, Error{Code::unknown_kind, {}, {}, {}});
  if (std::holds_alternative<wire::ListDevices>(frame.body)) {
    co_return answer_to(request, co_await devices_->list(caller));
  }
  if (auto* rename = std::get_if<wire::RenameDevice>(&frame.body)) {
    co_return answer_to(request, co_await devices_->rename(caller, std::move(*rename)));
  }
  if (auto* revoke = std::get_if<wire::RevokeDevice>(&frame.body)) {
    co_return answer_to(request, co_await devices_->revoke(caller, *revoke));
  }
  if (std::holds_alternative<wire::MakeLinkCode>(frame.body)) {
    co_return answer_to(request, co_await devices_->link_code(caller));
  }
  CHECK(false) << "what a session does itself is handled before";
  co_return wire::ServerFrame{};
}

}  // namespace homing::chat
