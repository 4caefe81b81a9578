// Files: whose picture a file is.
#include <utility>

#include "chat/files.h"

namespace homing::chat {
namespace {

constexpr std::size_t kHoldersAtOnce = 128;

}  // namespace

Task<Result<bool>> Files::holds(Holder holder, FileId id) {
  if (holder.kind == Holder::Kind::group) {
    auto group = co_await directory_.conversation(ConversationId{holder.id});
    if (!group && group.error().code != Code::not_found) co_return std::unexpected(group.error());
    co_return group && (*group)->picture == id && (*group)->active_count() > 0;
  }
  auto person = co_await directory_.account(AccountId{holder.id});
  if (!person && person.error().code != Code::not_found) co_return std::unexpected(person.error());
  co_return person && (*person)->picture == id && (*person)->life == Life::active;
}

// Whether it is there for this account to look at, if it is the holder's picture at all.
Task<Result<bool>> Files::shown_picture(Holder holder, AccountId account) {
  if (holder.kind == Holder::Kind::group) {
    auto group = co_await directory_.conversation(ConversationId{holder.id});
    if (!group) co_return std::unexpected(group.error());
    co_return (*group)->member(account) != nullptr;
  }
  auto person = co_await directory_.account(AccountId{holder.id});
  if (!person) co_return std::unexpected(person.error());
  co_return !(*person)->blocks(account);
}

Task<Result<bool>> Files::pictured_for(AccountId account, FileId id) {
  std::string from = name::kept_prefix(id);
  const std::string to = end_of(from);
  for (More more = More::yes; more == More::yes;) {
    auto page = co_await records_.records(from, to, kHoldersAtOnce);
    if (!page) co_return std::unexpected(page.error());
    for (const Record& record : page->items) {
      auto holder = holder_from(record);
      if (!holder) co_return std::unexpected(holder.error());
      auto visible = co_await holds(*holder, id);
      if (visible && *visible) visible = co_await shown_picture(*holder, account);
      if (!visible || *visible) co_return visible;
    }
    more = page->items.empty() ? More::no : page->more;
    if (more == More::yes) from = page->items.back().name + '\0';
  }
  co_return false;
}

// For the sweep. Holders that say otherwise by now are forgotten on the way.
Task<Result<bool>> Files::any_holder(FileId id, Sweep how) {
  std::string from = name::kept_prefix(id);
  const std::string to = end_of(from);
  for (More more = More::yes; more == More::yes;) {
    auto page = co_await records_.records(from, to, kHoldersAtOnce);
    if (!page) co_return std::unexpected(page.error());
    std::vector<RecordChange> over;
    bool held = false;
    for (const Record& record : page->items) {
      auto holder = holder_from(record);
      if (!holder) co_return std::unexpected(holder.error());
      auto still = co_await holds(*holder, id);
      if (!still) co_return std::unexpected(still.error());
      held = *still;
      if (held) break;
      over.push_back(RecordChange{record.name, std::nullopt});
    }
    if (how == Sweep::real && !over.empty()) {
      auto forgotten = co_await records_.write(std::move(over), Durable::later);
      if (!forgotten) co_return std::unexpected(forgotten.error());
    }
    if (held) co_return true;
    more = page->items.empty() ? More::no : page->more;
    if (more == More::yes) from = page->items.back().name + '\0';
  }
  co_return false;
}

}  // namespace homing::chat
