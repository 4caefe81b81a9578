// What a caller may ask for. Chat loads, asks the rules (rules.h), appends; it decides nothing itself.
// Owned by server/; any I/O thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "chat/files.h"
#include "chat/hub.h"
#include "model/event.h"
#include "model/inbox.h"
#include "store/directory.h"
#include "store/event_log.h"
#include "store/inbox.h"
#include "wire/frame.h"

namespace homing::chat {

class Chat {
 public:
  Chat(EventLog& log, Inbox& inbox, Directory& directory, Hub& hub, Clock& clock, Random& random,
       Files* files = nullptr);  // nullptr: a server without files; none can be sent

  // Sending in two steps, so that a session can begin the appends of its messages in the order they came in:
  // what the message becomes, then making it true. commit() repeats prepare() once when the conversation moved.
  Task<Result<Draft>> prepare(Caller caller, wire::Send send);
  Task<Result<Envelope>> commit(Caller caller, wire::Send send, Draft draft);
  // What the rules refuse now may have been accepted the first time: a resend gets the first answer, others `refusal`.
  // With another message under this client id it is `client_id_reused`.
  Task<Result<Envelope>> first_answer(Caller caller, wire::Send send, Error refusal);
  // Whatever it was that was said.
  Task<Result<Envelope>> first_answer(Caller caller, ClientId client_id, Error refusal);
  // All three.
  Task<Result<Envelope>> send(Caller caller, wire::Send send);

  // Tells those of the conversation who are here and may know it.
  Task<Result<void>> type(Caller caller, wire::Typing typing);

  Task<Result<Envelope>> create_group(Caller caller, wire::CreateGroup request);
  Task<Result<Envelope>> change_members(Caller caller, wire::ChangeMembers request);
  Task<Result<Envelope>> rename_group(Caller caller, wire::RenameGroup request);
  Task<Result<Envelope>> leave_group(Caller caller, wire::LeaveGroup request);
  // Description, picture, approval, link.
  Task<Result<Envelope>> change_group(Caller caller, wire::ChangeGroup request);
  // By a link. The answer's kind says whether the caller is a member now or has asked to be one.
  Task<Result<Envelope>> join_group(Caller caller, wire::JoinGroup request);
  Task<Result<Envelope>> withdraw_join(Caller caller, wire::WithdrawJoin request);
  Task<Result<Envelope>> review_joins(Caller caller, wire::ReviewJoins request);
  Task<Result<wire::GroupPreview>> preview_group(Caller caller, wire::PreviewGroup request);
  Task<Result<wire::GroupLink>> group_link(Caller caller, wire::GetGroupLink request);
  Task<Result<wire::Joins>> joins(Caller caller, wire::GetJoins request);

  // An earlier message reads otherwise from then on (chat_revise.cc).
  Task<Result<Envelope>> edit(Caller caller, wire::EditMessage request);
  Task<Result<Envelope>> delete_for_everyone(Caller caller, wire::DeleteMessage request);

  // The device has stored its inbox up to here: moves its cursor and its account's delivered marks, tells the authors.
  // Saying it again (after a crash or a failure) tells the authors also when the marks had moved already.
  enum class Saying { first, again };
  Task<Result<void>> acknowledge(Caller caller, Cursor cursor, Saying saying);
  // Where the device is in its inbox, once it has been moved to what it states (it may know better after a crash here). A
  // place that was never given out moves nothing: then this is before it.
  Task<Result<Cursor>> place(Caller caller, Cursor stated);
  // The person saw the conversation up to here. On disk when this returns.
  Task<Result<void>> mark_read(Caller caller, wire::MarkRead request);

  // The frames for the inbox after this place: as many as fit `bytes`, and where they end.
  struct Mail {
    std::vector<wire::ServerFrame> frames;
    Cursor next;
    More more = More::no;
  };
  Task<Result<Mail>> mail(Caller caller, Cursor after, std::size_t bytes);
  // Moves the device's cursor to what it states (it may know better after a crash here) and says who it is.
  Task<Result<wire::Welcome>> welcome(Caller caller, Cursor stated);

  Task<Result<wire::History>> history(Caller caller, wire::ReadHistory request);
  Task<Result<wire::Conversations>> conversations(Caller caller, wire::ListConversations request);
  Task<Result<wire::ConversationView>> conversation(Caller caller, wire::GetConversation request);
  Task<Result<wire::MemberReceipts>> receipts(Caller caller, wire::GetReceipts request);
  Task<Result<wire::Accounts>> find_accounts(Caller caller, wire::FindAccounts request);
  Task<Result<void>> set_profile(Caller caller, wire::SetProfile request);
  // An image that the account may send; all whom it does not block may look at it.
  Task<Result<void>> set_picture(Caller caller, wire::SetPicture request);
  Task<Result<void>> set_privacy(Caller caller, wire::SetPrivacy request);
  Task<Result<void>> set_blocked(Caller caller, wire::SetBlocked request);

  Clock& clock() { return clock_; }
  Random& random() { return random_; }

 private:
  Task<Result<std::shared_ptr<const Account>>> resolve(wire::Recipient to);
  Task<Result<Draft>> prepare_to(Caller caller, wire::Send send);
  Task<Result<bool>> went_to(Caller caller, Envelope envelope, wire::Recipient to);
  Task<Result<void>> may_show(AccountId account, std::vector<std::string> media);
  Task<Result<Draft>> prepare_direct(Caller caller, std::shared_ptr<const Account> recipient, wire::Send send);
  Task<Result<Draft>> prepare_in(Caller caller, std::shared_ptr<const Conversation> conversation, wire::Send send);
  Task<Result<Draft>> prepare_status(Caller caller, wire::Send send);
  // Everybody with whom this account has a direct conversation and whom it does not block; those who block it besides.
  struct Audience {
    std::vector<AccountId> accounts;
    std::vector<AccountId> blocking;
  };
  Task<Result<Audience>> audience_of(AccountId account);
  // The conversation, if this account may know of it; `unknown_conversation` otherwise.
  Task<Result<std::shared_ptr<const Conversation>>> visible(AccountId account, ConversationId id);
  // Those whom one must know to change a group: the group's members, or only the group.
  enum class Knows { as_member, by_its_id };
  template <class Request, class Rule>
  Task<Result<Envelope>> change(Caller caller, ConversationId id, Knows knows, Request request, Rule rule);
  template <class Request>
  Task<Result<Envelope>> first_change(Caller caller, ConversationId id, Request request, Error refusal);
  Task<Result<void>> may_picture(AccountId account, std::string file);
  // A message, and the edit that it reads as now.
  struct Written {
    Envelope message;
    std::optional<Envelope> newest;
  };
  Task<Result<Written>> written(ConversationId conversation, Seq seq);
  template <class Request, class Rule>
  Task<Result<Envelope>> revise(Caller caller, Request request, Rule rule);
  Task<Result<MarksChange>> told_again(ConversationId conversation, AccountId mover, Receipt was, Receipt is);
  Task<Result<void>> tell_moved(std::shared_ptr<const Conversation> conversation, AccountId mover, MarksChange change);
  Task<Result<std::vector<AccountId>>> authors_to_tell(std::shared_ptr<const Conversation> conversation,
                                                       AccountId mover, MarksChange change);
  Task<Result<wire::Receipts>> receipts_for(AccountId account, std::shared_ptr<const Conversation> conversation);
  enum class People { the_other, everybody };
  Task<Result<std::optional<wire::ConversationView>>> listed(AccountId account, ConversationId id);
  Task<Result<wire::Conversations>> newest_conversations(AccountId account, std::size_t limit);
  Task<Result<wire::ConversationView>> view(AccountId account, std::shared_ptr<const Conversation> conversation,
                                            People people);
  // What `viewer` may know of this account.
  Task<Result<wire::Profile>> profile_for(AccountId viewer, std::shared_ptr<const Account> account);
  // `not_wanted` for who does not let `caller` add them to a group.
  Task<Result<std::shared_ptr<const Account>>> resolve_addable(Caller caller, AccountId account, std::string field);
  Task<Result<void>> change_account(AccountId id, std::function<Result<void>(Account&)> change);

  EventLog& log_;
  Inbox& inbox_;
  Directory& directory_;
  Hub& hub_;
  Clock& clock_;
  Random& random_;
  Files* const files_;
};

}  // namespace homing::chat
