// Chat: what a person looks at, and what they change about themselves.
#include <algorithm>

#include "chat/accounts.h"
#include "chat/chat.h"
#include "chat/contacts.h"
#include "wire/limits.h"

namespace homing::chat {
namespace {

bool shown_to(const Conversation& conversation, AccountId account, const Envelope& envelope, Time now) {
  if (expired(envelope, now)) return false;
  const auto& hidden = envelope.sealed->hidden_from;
  return conversation.may_see(account, envelope.seq) && std::ranges::find(hidden, account) == hidden.end();
}

// The newest Seq that this account may see, at most `head`.
Seq last_visible(const Conversation& conversation, AccountId account, Seq head) {
  Seq last;
  for (const Membership& membership : conversation.members) {
    if (membership.account != account) continue;
    last = std::max(last, membership.active() ? head : std::min(head, membership.until));
  }
  return last;
}

// About what it takes on the wire, rather more.
std::size_t weight_of(const wire::ConversationView& view) {
  constexpr std::size_t kNumbers = 128, kMember = 16, kPerson = 64;
  std::size_t bytes = kNumbers + view.conversation.name.size() + kMember * view.conversation.members.size();
  for (const wire::Profile& person : view.people)
    bytes += kPerson + person.phone.size() + person.name.size() + person.about.size();
  if (view.last) bytes += view.last->sealed->bytes.size();
  return bytes;
}

Seq minus(Seq seq, std::uint64_t count) { return Seq{seq.value > count ? seq.value - count : 1}; }

}  // namespace

Task<Result<wire::History>> Chat::history(Caller caller, wire::ReadHistory request) {
  auto conversation = co_await visible(caller.account, request.conversation);
  if (!conversation) co_return std::unexpected(conversation.error());
  auto head = co_await log_.head(request.conversation);
  if (!head) co_return std::unexpected(head.error());

  Seq end{last_visible(**conversation, caller.account, *head).value + 1};
  Seq before = request.before ? std::min(request.before, end) : end;
  wire::History history;
  history.conversation = request.conversation;
  Seq from = minus(before, request.limit);
  if (from < before) {
    auto page = co_await log_.read(request.conversation, from, before, request.limit);
    if (!page) co_return std::unexpected(page.error());
    for (Envelope& envelope : page->items) {
      if (shown_to(**conversation, caller.account, envelope, clock_.now()))
        history.envelopes.push_back(std::move(envelope));
    }
    // Retention drops the oldest: an empty page means that nothing older is left.
    history.more = from > Seq{1} && !page->items.empty();
  }
  co_return history;
}

Task<Result<wire::ConversationView>> Chat::view(AccountId account, std::shared_ptr<const Conversation> conversation,
                                                People people) {
  constexpr std::uint64_t kLookedBack = 16;  // past events that were hidden from this account
  wire::ConversationView view;
  view.conversation = *conversation;
  view.active = conversation->member(account) != nullptr;
  if (!view.active) {
    view.conversation.members.clear();
    view.conversation.picture.clear();  // its readers are the members
  }
  bool decides = view.active && conversation->member(account)->role == Role::admin;
  if (!decides) {
    view.conversation.requests.clear();
    view.conversation.link.clear();
  }
  // Who else is shown a status is its author's business.
  bool audience = conversation->kind == ConversationKind::status && view.active &&
                  conversation->member(account)->role != Role::admin;
  if (audience) {
    std::erase_if(view.conversation.members,
                  [&](const Membership& m) { return m.account != account && m.role != Role::admin; });
  }
  auto head = co_await log_.head(conversation->id);
  if (!head) co_return std::unexpected(head.error());
  view.last_seq = last_visible(*conversation, account, *head);
  auto recent = co_await log_.read(conversation->id, minus(view.last_seq, kLookedBack - 1),
                                   Seq{view.last_seq.value + 1}, kLookedBack);
  if (!recent) co_return std::unexpected(recent.error());
  for (Envelope& envelope : recent->items) {
    if (shown_to(*conversation, account, envelope, clock_.now())) view.last = std::move(envelope);
  }
  auto receipts = co_await receipts_for(account, conversation);
  if (!receipts) co_return std::unexpected(receipts.error());
  view.receipts = *receipts;

  for (const Membership& membership : view.conversation.members) {
    bool wanted = people == People::everybody || conversation->kind != ConversationKind::group;
    if (!wanted || !membership.active()) continue;
    auto person = co_await directory_.account(membership.account);
    if (!person) continue;
    auto profile = co_await profile_for(account, std::move(*person));
    if (!profile) co_return std::unexpected(profile.error());
    view.people.push_back(std::move(*profile));
  }
  co_return view;
}

Task<Result<wire::ConversationView>> Chat::conversation(Caller caller, wire::GetConversation request) {
  auto conversation = co_await visible(caller.account, request.conversation);
  if (!conversation) co_return std::unexpected(conversation.error());
  co_return co_await view(caller.account, std::move(*conversation), People::everybody);
}

// Nothing where there is nothing to list.
Task<Result<std::optional<wire::ConversationView>>> Chat::listed(AccountId account, ConversationId id) {
  std::optional<wire::ConversationView> none;
  auto conversation = co_await visible(account, id);
  if (!conversation) co_return none;  // a membership so old that the group has forgotten it
  auto shown = co_await view(account, std::move(*conversation), People::the_other);
  if (!shown) co_return std::unexpected(shown.error());
  // Begun by somebody this account has blocked, and nothing else in it.
  bool empty = !shown->last && shown->conversation.kind == ConversationKind::direct;
  if (empty) co_return none;
  co_return std::move(*shown);
}

Task<Result<wire::Conversations>> Chat::conversations(Caller caller, wire::ListConversations request) {
  if (request.newest) co_return co_await newest_conversations(caller.account, request.limit);
  auto ids = co_await directory_.conversations_of(caller.account, request.after, request.limit);
  if (!ids) co_return std::unexpected(ids.error());
  wire::Conversations result;
  for (ConversationId id : ids->items) {
    auto shown = co_await listed(caller.account, id);
    if (!shown) co_return std::unexpected(shown.error());
    if (*shown) result.conversations.push_back(std::move(**shown));
  }
  if (ids->more == More::yes && !ids->items.empty()) result.next = ids->items.back();
  co_return result;
}

Task<Result<wire::Conversations>> Chat::newest_conversations(AccountId account, std::size_t limit) {
  auto ids = co_await directory_.newest_conversations_of(account, limit);
  if (!ids) co_return std::unexpected(ids.error());
  wire::Conversations result;
  std::size_t bytes = 0;
  for (ConversationId id : *ids) {
    auto shown = co_await listed(account, id);
    if (!shown) co_return std::unexpected(shown.error());
    if (!*shown) continue;
    bytes += weight_of(**shown);
    if (bytes > limits::kNewestConversationsBytesMax && !result.conversations.empty()) break;
    result.conversations.push_back(std::move(**shown));
  }
  co_return result;
}

Task<Result<wire::Profile>> Chat::profile_for(AccountId viewer, std::shared_ptr<const Account> account) {
  wire::Profile profile{account->id, account->phone, account->name, account->about, account->nature, account->picture};
  auto shown = co_await admits(directory_, account, account->privacy.profile, viewer);
  if (!shown) co_return std::unexpected(shown.error());
  if (!*shown) {
    profile.about.clear();
    profile.picture.clear();
  }
  co_return profile;
}

Task<Result<wire::Accounts>> Chat::find_accounts(Caller caller, wire::FindAccounts request) {
  wire::Accounts result;
  std::vector<AccountId> ids;
  for (const std::string& written : request.phones) {
    auto phone = normal_phone(written);
    if (!phone) continue;  // cannot be anybody's
    auto id = co_await directory_.account_by_phone(*phone);
    if (id) ids.push_back(*id);
  }
  ids.insert(ids.end(), request.accounts.begin(), request.accounts.end());
  for (AccountId id : ids) {
    auto account = co_await directory_.account(id);
    if (!account || (*account)->life == Life::ended) continue;
    auto profile = co_await profile_for(caller.account, std::move(*account));
    if (!profile) co_return std::unexpected(profile.error());
    result.accounts.push_back(std::move(*profile));
  }
  co_return result;
}

Task<Result<void>> Chat::change_account(AccountId id, std::function<Result<void>(Account&)> change) {
  constexpr int kAttempts = 2;  // once more when another device changed it in between
  for (int attempt = 1;; ++attempt) {
    auto account = co_await directory_.account(id);
    if (!account) co_return std::unexpected(account.error());
    Account changed = **account;
    if (auto allowed = change(changed); !allowed) co_return std::unexpected(allowed.error());
    if (changed == **account) co_return Result<void>{};
    auto put = co_await directory_.put(std::move(changed));
    if (put) co_return Result<void>{};
    if (put.error().code != Code::conflict || attempt == kAttempts) co_return std::unexpected(put.error());
  }
}

Task<Result<void>> Chat::set_profile(Caller caller, wire::SetProfile request) {
  std::function<Result<void>(Account&)> change = [request](Account& account) -> Result<void> {
    account.name = request.name;
    account.about = request.about;
    account.read_receipts = request.read_receipts;
    return {};
  };
  co_return co_await change_account(caller.account, std::move(change));
}

// The picture stays from before the account has it until after it has it no more.
Task<Result<void>> Chat::set_picture(Caller caller, wire::SetPicture request) {
  if (!request.file.empty()) {
    auto allowed = co_await may_picture(caller.account, request.file);
    if (!allowed) co_return allowed;
    auto kept = co_await files_->keep(caller.account, request.file);
    if (!kept) co_return kept;
  }
  auto before = std::make_shared<std::string>();
  std::function<Result<void>(Account&)> change = [request, before](Account& account) -> Result<void> {
    *before = std::exchange(account.picture, request.file);
    return {};
  };
  auto changed = co_await change_account(caller.account, std::move(change));
  if (!changed || before->empty() || *before == request.file || files_ == nullptr) co_return changed;
  co_return co_await files_->release(caller.account, *before);
}

Task<Result<void>> Chat::set_privacy(Caller caller, wire::SetPrivacy request) {
  std::function<Result<void>(Account&)> change = [request](Account& account) -> Result<void> {
    account.privacy = request.privacy;
    return {};
  };
  co_return co_await change_account(caller.account, std::move(change));
}

Task<Result<void>> Chat::set_blocked(Caller caller, wire::SetBlocked request) {
  if (request.account == caller.account) co_return fail(Code::invalid_argument, "Nobody blocks themselves.", "account");
  wire::Recipient to = request.account;
  auto other = co_await resolve(to);
  if (!other) co_return std::unexpected(other.error());
  std::function<Result<void>(Account&)> change = [request](Account& account) -> Result<void> {
    std::erase(account.blocked, request.account);
    if (request.blocked == wire::Blocked::no) return {};
    if (account.blocked.size() >= limits::kBlockedMax)
      return fail(Code::invalid_argument, "Too many blocked accounts.");
    account.blocked.push_back(request.account);
    return {};
  };
  co_return co_await change_account(caller.account, std::move(change));
}

}  // namespace homing::chat
