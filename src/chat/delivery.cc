#include "chat/delivery.h"

#include <algorithm>

#include "base/log.h"

namespace homing::chat {
namespace {

constexpr Partition kPartition{};
constexpr std::size_t kEnvelopesAtOnce = 512;
constexpr std::chrono::milliseconds kPauseAfterTrouble{200};

bool in(const std::vector<AccountId>& accounts, AccountId account) {
  return std::ranges::find(accounts, account) != accounts.end();
}

// One notice for everybody who may see the event; and one that receipts moved for those who stay when somebody goes,
// as the ticks no longer wait for who went.
void add_posts(const Conversation& conversation, const Envelope& envelope, std::vector<Post>& posts) {
  const Header& header = envelope.sealed->header;
  const auto* change = std::get_if<MembersChanged>(&header.kind);
  bool somebody_went = change != nullptr && !change->removed.empty();
  EventRef ref{envelope.conversation, envelope.seq, envelope.commit};
  for (const Membership& membership : conversation.members) {
    if (!membership.covers(envelope.seq) || in(envelope.sealed->hidden_from, membership.account)) continue;
    Own own = membership.account == header.author ? Own::yes : Own::no;
    posts.push_back(Post{membership.account, EventArrived{ref, own}});
    if (somebody_went && membership.active())
      posts.push_back(Post{membership.account, MarksMoved{envelope.conversation}});
  }
}

// What somebody would want to be woken for.
bool is_news(const Conversation& conversation, const Envelope& envelope) {
  return conversation.kind != ConversationKind::status && std::holds_alternative<Posted>(envelope.sealed->header.kind);
}

}  // namespace

Delivery::Delivery(EventLog& log, Inbox& inbox, Directory& directory, Hub& hub, Clock& clock, Files* files,
                   Pushes* pushes)
    : log_(log), inbox_(inbox), directory_(directory), hub_(hub), clock_(clock), files_(files), pushes_(pushes) {}

Task<Result<void>> Delivery::catch_up() {
  auto bookmark = co_await inbox_.bookmark();
  if (!bookmark) co_return std::unexpected(bookmark.error());
  bookmark_ = *bookmark;
  auto fresh = co_await log_.advance(kPartition);
  if (!fresh) co_return std::unexpected(fresh.error());
  while (bookmark_ < *fresh) {
    auto page = co_await log_.follow(kPartition, bookmark_, kEnvelopesAtOnce);
    if (!page) co_return std::unexpected(page.error());
    auto posted = co_await post(page->envelopes, page->next);
    if (!posted) co_return std::unexpected(posted.error());
  }
  co_return Result<void>{};
}

Task<void> Delivery::run() {
  for (;;) {
    auto page = co_await log_.follow(kPartition, bookmark_, kEnvelopesAtOnce);
    Result<void> posted;
    if (page) {
      posted = co_await post(page->envelopes, page->next);
    } else {
      posted = std::unexpected(page.error());
    }
    if (!posted) {
      log::error("delivery.failed",
                 {{"detail", posted.error().detail}, {"code", static_cast<int>(posted.error().code)}});
      co_await clock_.sleep(kPauseAfterTrouble);
    }
  }
}

Task<Result<void>> Delivery::post(const std::vector<Envelope>& envelopes, Commit through) {
  bool shows_files = std::ranges::any_of(envelopes, [](const Envelope& e) { return !e.sealed->header.media.empty(); });
  if (files_ != nullptr && shows_files) {
    auto shown = co_await files_->shown(envelopes);
    if (!shown) co_return shown;
  }
  std::vector<Post> posts;
  posts.reserve(envelopes.size() * 2);
  for (const Envelope& envelope : envelopes) {
    auto conversation = co_await directory_.conversation(envelope.conversation);
    if (!conversation) co_return std::unexpected(conversation.error());
    std::size_t first = posts.size();
    add_posts(**conversation, envelope, posts);
    if (pushes_ == nullptr || !is_news(**conversation, envelope)) continue;
    for (std::size_t i = first; i < posts.size(); ++i) {
      const auto* arrived = std::get_if<EventArrived>(&posts[i].news);
      if (arrived != nullptr && arrived->own == Own::no) pushes_->arrived(posts[i].account, arrived->event);
    }
  }
  std::vector<AccountId> rung;
  rung.reserve(posts.size());
  for (const Post& post : posts) rung.push_back(post.account);
  metrics_.events += envelopes.size();
  metrics_.notices += posts.size();

  auto posted = co_await inbox_.post(std::move(posts));
  if (!posted) co_return posted;
  auto marked = co_await inbox_.set_bookmark(through);
  if (!marked) co_return marked;
  bookmark_ = through;
  hub_.ring(rung);
  co_return Result<void>{};
}

}  // namespace homing::chat
