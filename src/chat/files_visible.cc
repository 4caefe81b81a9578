// Files: who is shown what.
#include <algorithm>
#include <utility>

#include "chat/files.h"

namespace homing::chat {
namespace {

constexpr std::size_t kShowingsAtOnce = 128;
constexpr std::size_t kConversationsAtOnce = 128;

}  // namespace

Task<Result<bool>> Files::shows(FileId id, Showing showing, AccountId account) {
  if (is_over(showing.expires, clock_.now())) co_return false;
  if (account) {
    auto conversation = co_await directory_.conversation(showing.conversation);
    if (!conversation && conversation.error().code == Code::not_found) co_return false;
    if (!conversation) co_return std::unexpected(conversation.error());
    // Who was removed may read on what was said before, but fetches no more files.
    bool member = (*conversation)->member(account) != nullptr && (*conversation)->may_see(account, showing.seq);
    if (!member) co_return false;
  }
  auto page = co_await log_.read(showing.conversation, showing.seq, Seq{showing.seq.value + 1}, 1);
  if (!page) co_return std::unexpected(page.error());
  if (page->items.empty()) co_return false;
  const Sealed& event = *page->items.front().sealed;
  bool hidden = std::ranges::find(event.hidden_from, account) != event.hidden_from.end();
  co_return !hidden && std::ranges::find(event.header.media, id) != event.header.media.end();
}

Task<Result<std::optional<Showing>>> Files::first_visible_in(AccountId account, FileId id,
                                                             std::vector<Record> showings) {
  for (const Record& record : showings) {
    auto showing = showing_from(record);
    if (!showing) co_return std::unexpected(showing.error());
    auto visible = co_await shows(id, *showing, account);
    if (!visible) co_return std::unexpected(visible.error());
    if (*visible) co_return *showing;
  }
  co_return std::optional<Showing>();
}

Task<Result<std::optional<Showing>>> Files::first_visible(AccountId account, FileId id) {
  std::string prefix = name::shown_prefix(id);
  auto page = co_await records_.records(prefix, end_of(prefix), kShowingsAtOnce);
  if (!page) co_return std::unexpected(page.error());
  // What was sent to very many is looked for in the conversations of this one account.
  if (page->more == More::yes) co_return co_await first_visible_by_conversation(account, std::move(id));
  co_return co_await first_visible_in(account, std::move(id), std::move(page->items));
}

Task<Result<std::optional<Showing>>> Files::first_visible_by_conversation(AccountId account, FileId id) {
  ConversationId after;
  for (;;) {
    auto conversations = co_await directory_.conversations_of(account, after, kConversationsAtOnce);
    if (!conversations) co_return std::unexpected(conversations.error());
    for (ConversationId conversation : conversations->items) {
      std::string from = name::shown_prefix(id, conversation);
      const std::string to = end_of(from);
      for (More more = More::yes; more == More::yes;) {
        auto page = co_await records_.records(from, to, kShowingsAtOnce);
        if (!page) co_return std::unexpected(page.error());
        more = page->more;
        if (!page->items.empty()) from = page->items.back().name + '\0';
        auto visible = co_await first_visible_in(account, id, std::move(page->items));
        if (!visible || *visible) co_return visible;
      }
    }
    if (conversations->more == More::no || conversations->items.empty()) co_return std::optional<Showing>();
    after = conversations->items.back();
  }
}

}  // namespace homing::chat
