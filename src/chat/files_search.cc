// Files: looking for one by its name.
#include <algorithm>
#include <utility>

#include "chat/file_names.h"
#include "chat/files.h"
#include "wire/limits.h"
#include "wire/stored.h"

namespace homing::chat {
namespace {

constexpr std::size_t kLookedAtMax = 2000;  // records in one search; the rest is the next page
constexpr std::size_t kRecordsAtOnce = 100;
constexpr std::size_t kConversationsAtOnce = 100;

}  // namespace

// One thread after the other; lives in the frame of search().
struct Files::Search {
  AccountId account;
  std::string part;
  std::size_t limit = 0;
  std::size_t looked_at = 0;
  FilePage page;

  bool full() const { return page.files.size() >= limit || looked_at >= kLookedAtMax; }
  bool matches(const File& file) const { return folded(file.name).find(part) != std::string::npos; }
};

// The place is the name of the last record that was looked at: first those of own uploads, then those of conversations.
Task<Result<FilePage>> Files::search(AccountId account, std::string part, std::size_t limit, std::string after) {
  Search search{account, folded(part), std::clamp<std::size_t>(limit, 1, limits::kFilesPageMax), 0, {}};
  const std::string own = name::own_prefix(account);
  bool in_own = after.empty() || is_own_name(account, after);
  if (!in_own && !in_from(after)) co_return fail(Code::invalid_argument, "This is no place in a search.", "after");
  if (in_own) {
    std::string from = after.empty() ? own : after + '\0';
    auto looked = co_await search_own(search, std::move(from));
    if (!looked) co_return std::unexpected(looked.error());
    after.clear();
  }
  if (!search.full()) {
    search.page.next.clear();
    auto looked = co_await search_shown(search, std::move(after));
    if (!looked) co_return std::unexpected(looked.error());
  }
  co_return std::move(search.page);
}

Task<Result<void>> Files::search_own(Search& search, std::string from) {
  const std::string to = end_of(name::own_prefix(search.account));
  for (More more = More::yes; more == More::yes && !search.full();) {
    auto page = co_await records_.records(from, to, kRecordsAtOnce);
    if (!page) co_return std::unexpected(page.error());
    more = page->more;
    for (const Record& record : page->items) {
      if (search.full()) co_return Result<void>{};
      ++search.looked_at;
      search.page.next = record.name;
      from = record.name + '\0';
      auto found = co_await stored(id_from(record.name));
      if (!found && found.error().code == Code::media_unknown) continue;
      if (!found) co_return std::unexpected(found.error());
      if (search.matches(found->file)) search.page.files.push_back(FoundFile{std::move(found->file), std::nullopt});
    }
  }
  co_return Result<void>{};
}

Task<Result<void>> Files::search_shown(Search& search, std::string after) {
  ConversationId last;
  if (!after.empty()) {
    ConversationId begun = in_from(after)->showing.conversation;
    auto done = co_await search_conversation(search, begun, after + '\0');
    if (!done) co_return std::unexpected(done.error());
    if (!*done) co_return Result<void>{};
    last = begun;
  }
  for (;;) {
    auto conversations = co_await directory_.conversations_of(search.account, last, kConversationsAtOnce);
    if (!conversations) co_return std::unexpected(conversations.error());
    for (ConversationId id : conversations->items) {
      auto done = co_await search_conversation(search, id, name::in_prefix(id));
      if (!done) co_return std::unexpected(done.error());
      if (!*done) co_return Result<void>{};
    }
    if (conversations->more == More::no || conversations->items.empty()) break;
    last = conversations->items.back();
  }
  search.page.next.clear();
  co_return Result<void>{};
}

// Whether the conversation was searched to its end.
Task<Result<bool>> Files::search_conversation(Search& search, ConversationId conversation, std::string from) {
  auto known = co_await directory_.conversation(conversation);
  if (!known && known.error().code != Code::not_found) co_return std::unexpected(known.error());
  if (!known || (*known)->member(search.account) == nullptr) co_return true;
  const std::string to = end_of(name::in_prefix(conversation));
  for (More more = More::yes; more == More::yes;) {
    auto page = co_await records_.records(from, to, kRecordsAtOnce);
    if (!page) co_return std::unexpected(page.error());
    more = page->more;
    for (const Record& record : page->items) {
      if (search.full()) co_return false;
      ++search.looked_at;
      search.page.next = record.name;
      from = record.name + '\0';
      auto in = in_from(record.name);
      if (!in) co_return std::unexpected(in.error());
      auto found = co_await stored(in->id);
      if (!found && found.error().code == Code::media_unknown) continue;
      if (!found) co_return std::unexpected(found.error());
      bool among_own = found->file.owner == search.account && found->file.deleted.ms == 0;
      if (among_own || !search.matches(found->file)) continue;
      // A file that is shown in several places is found at the first.
      auto first = co_await first_visible(search.account, in->id);
      if (!first) co_return std::unexpected(first.error());
      bool here = *first && (*first)->conversation == conversation && (*first)->seq == in->showing.seq;
      if (here) search.page.files.push_back(FoundFile{std::move(found->file), **first});
    }
  }
  co_return true;
}

}  // namespace homing::chat
