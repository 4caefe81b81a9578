// Chat: the marks beside the log. Devices say what they have stored, people what they have seen; authors are told.
#include <algorithm>

#include "chat/chat.h"
#include "chat/ticks.h"

namespace homing::chat {
namespace {

constexpr std::size_t kNoticesAtOnce = 256;
// With more unanswered messages than this behind one move, every member is told instead of looking up the authors.
constexpr std::size_t kAuthorsLookedUpMax = 200;

struct Stored {
  ConversationId conversation;
  Seq from;
  Seq up_to;
};

// The first and the last event of others per conversation among these notices, merged into `stored`.
void collect(const std::vector<Notice>& notices, Cursor to, std::vector<Stored>& stored) {
  for (const Notice& notice : notices) {
    const auto* arrived = std::get_if<EventArrived>(&notice.news);
    if (notice.at > to || arrived == nullptr || arrived->own == Own::yes) continue;
    auto entry = std::ranges::find(stored, arrived->event.conversation, &Stored::conversation);
    if (entry == stored.end()) {
      stored.push_back(Stored{arrived->event.conversation, arrived->event.seq, arrived->event.seq});
    } else {
      entry->up_to = std::max(entry->up_to, arrived->event.seq);
    }
  }
}

std::vector<AccountId> active_members(const Conversation& conversation) {
  std::vector<AccountId> result;
  for (const Membership& membership : conversation.members) {
    if (membership.active()) result.push_back(membership.account);
  }
  return result;
}

bool moved(const MarksChange& change) { return change.was != change.is; }

}  // namespace

Task<Result<void>> Chat::acknowledge(Caller caller, Cursor cursor, Saying saying) {
  auto before = co_await inbox_.cursor(caller.account, caller.device);
  if (!before) co_return std::unexpected(before.error());
  if (cursor <= *before) co_return Result<void>{};

  std::vector<Stored> stored;
  Cursor from = *before;
  for (bool more = true; more;) {
    auto page = co_await inbox_.read(caller.account, from, kNoticesAtOnce);
    if (!page) co_return std::unexpected(page.error());
    collect(page->items, cursor, stored);
    more = page->more == More::yes && !page->items.empty() && page->items.back().at < cursor;
    if (more) from = page->items.back().at;
  }

  for (const Stored& entry : stored) {
    auto conversation = co_await directory_.conversation(entry.conversation);
    if (!conversation) co_return std::unexpected(conversation.error());
    Receipt receipt{entry.up_to, {}, {}};
    auto change = co_await directory_.merge(entry.conversation, caller.account, receipt, Durable::later);
    if (!change) co_return std::unexpected(change.error());
    if (saying == Saying::again) {
      Receipt was = change->was;
      was.delivered = std::min(was.delivered, Seq{entry.from.value - 1});
      change = co_await told_again(entry.conversation, caller.account, was, change->is);
      if (!change) co_return std::unexpected(change.error());
    }
    auto told = co_await tell_moved(std::move(*conversation), caller.account, std::move(*change));
    if (!told) co_return std::unexpected(told.error());
  }
  // Last: after a failure on the way the device says it again, and everything above can be repeated.
  auto was = co_await inbox_.move(caller.account, caller.device, cursor);
  if (!was) co_return std::unexpected(was.error());
  co_return Result<void>{};
}

Task<Result<void>> Chat::mark_read(Caller caller, wire::MarkRead request) {
  auto conversation = co_await visible(caller.account, request.conversation);
  if (!conversation) co_return std::unexpected(conversation.error());
  auto head = co_await log_.head(request.conversation);
  if (!head) co_return std::unexpected(head.error());
  if (request.seq > *head || !request.seq) co_return fail(Code::seq_unknown, {}, "seq");
  if (!(*conversation)->may_see(caller.account, request.seq)) co_return fail(Code::not_a_member);
  auto account = co_await directory_.account(caller.account);
  if (!account) co_return std::unexpected(account.error());

  bool shown = (*account)->read_receipts == ReadReceipts::shown;
  // Between two people it takes both: who hides what they have read is not told what the other one has.
  for (const Membership& membership : (*conversation)->members) {
    if ((*conversation)->kind != ConversationKind::direct || membership.account == caller.account) continue;
    auto other = co_await directory_.account(membership.account);
    if (!other) co_return std::unexpected(other.error());
    shown = shown && (*other)->read_receipts == ReadReceipts::shown;
  }
  Receipt receipt{request.seq, shown ? request.seq : Seq{}, request.seq};
  auto change = co_await directory_.merge(request.conversation, caller.account, receipt, Durable::later);
  if (!change) co_return std::unexpected(change.error());
  if (!moved(*change)) {
    // Said again: the first answer was lost, and perhaps the telling with it.
    change = co_await told_again(request.conversation, caller.account, Receipt{}, change->is);
    if (!change) co_return std::unexpected(change.error());
  }
  auto told = co_await tell_moved(std::move(*conversation), caller.account, std::move(*change));
  if (!told) co_return told;
  // Only now is it made durable, and the notices with it: who is answered need not say it again.
  auto kept = co_await directory_.merge(request.conversation, caller.account, receipt, Durable::now);
  if (!kept) co_return std::unexpected(kept.error());
  co_return Result<void>{};
}

// A change as if the mover's marks had been at `was` until now: a crash between a mark and its notices keeps the mark
// alone, and merging the same again moves nothing.
Task<Result<MarksChange>> Chat::told_again(ConversationId conversation, AccountId mover, Receipt was, Receipt is) {
  auto marks = co_await directory_.marks(conversation);
  if (!marks) co_return std::unexpected(marks.error());
  MarksChange change{std::move(*marks), was, is};
  for (MemberReceipt& member : change.before) {
    if (member.account == mover) member.receipt = was;
  }
  co_return change;
}

Task<Result<void>> Chat::tell_moved(std::shared_ptr<const Conversation> conversation, AccountId mover,
                                    MarksChange change) {
  if (!moved(change)) co_return Result<void>{};
  std::vector<AccountId> told;
  if (change.was.seen != change.is.seen) told.push_back(mover);  // for the mover's other devices
  if (change.was.delivered != change.is.delivered || change.was.read != change.is.read) {
    auto authors = co_await authors_to_tell(conversation, mover, std::move(change));
    if (!authors) co_return std::unexpected(authors.error());
    told.insert(told.end(), authors->begin(), authors->end());
  }
  if (told.empty()) co_return Result<void>{};

  std::vector<Post> posts;
  posts.reserve(told.size());
  for (AccountId account : told) posts.push_back(Post{account, MarksMoved{conversation->id}});
  auto posted = co_await inbox_.post(std::move(posts));
  if (!posted) co_return std::unexpected(posted.error());
  hub_.ring(told);
  co_return Result<void>{};
}

Task<Result<std::vector<AccountId>>> Chat::authors_to_tell(std::shared_ptr<const Conversation> conversation,
                                                           AccountId mover, MarksChange change) {
  std::vector<AccountId> authors;
  if (conversation->kind == ConversationKind::direct) {
    for (const Membership& membership : conversation->members) {
      if (membership.account != mover) authors.push_back(membership.account);
    }
    co_return authors;
  }
  if (conversation->kind == ConversationKind::status) {
    // Each view counts for its author, not only the last one's.
    for (const Membership& membership : conversation->members) {
      if (membership.role == Role::admin && membership.account != mover) authors.push_back(membership.account);
    }
    co_return authors;
  }

  for (Mark mark : {&Receipt::delivered, &Receipt::read}) {
    Lowest before = lowest(*conversation, change.before, mark);
    Lowest after = lowest(*conversation, change.before, mark, mover, change.is);
    if (before == after) continue;
    Seq from{before.first.value + 1};
    Seq to{std::max(after.first, after.second).value + 1};
    // Only authors of what has now reached everybody else see a tick change.
    auto page = co_await log_.read(conversation->id, from, to, kAuthorsLookedUpMax);
    if (!page) co_return std::unexpected(page.error());
    if (page->more == More::yes) co_return active_members(*conversation);
    for (const Envelope& envelope : page->items) {
      AccountId author = envelope.sealed->header.author;
      bool crossed = before.without(author) < envelope.seq && envelope.seq <= after.without(author);
      if (crossed && std::ranges::find(authors, author) == authors.end()) authors.push_back(author);
    }
  }
  co_return authors;
}

Task<Result<wire::Receipts>> Chat::receipts_for(AccountId account, std::shared_ptr<const Conversation> conversation) {
  auto marks = co_await directory_.marks(conversation->id);
  if (!marks) co_return std::unexpected(marks.error());
  wire::Receipts receipts;
  receipts.conversation = conversation->id;
  receipts.delivered_to = lowest(*conversation, *marks, &Receipt::delivered).without(account);
  receipts.read_to = lowest(*conversation, *marks, &Receipt::read).without(account);
  receipts.own_read_to = own_marks(*marks, account).seen;
  co_return receipts;
}

Task<Result<wire::MemberReceipts>> Chat::receipts(Caller caller, wire::GetReceipts request) {
  auto conversation = co_await visible(caller.account, request.conversation);
  if (!conversation) co_return std::unexpected(conversation.error());
  const Membership* mine = (*conversation)->member(caller.account);
  if (mine == nullptr) co_return fail(Code::not_a_member);
  // Who has seen a status is its author's business.
  bool views = (*conversation)->kind == ConversationKind::status;
  if (views && mine->role != Role::admin) co_return fail(Code::not_the_author);
  auto marks = co_await directory_.marks(request.conversation);
  if (!marks) co_return std::unexpected(marks.error());

  wire::MemberReceipts result;
  result.conversation = request.conversation;
  for (const Membership& membership : (*conversation)->members) {
    if (!membership.active() || membership.account == caller.account) continue;
    Receipt receipt = own_marks(*marks, membership.account);
    receipt.seen = {};  // nobody else's business
    result.members.push_back(MemberReceipt{membership.account, receipt});
  }
  co_return result;
}

}  // namespace homing::chat
