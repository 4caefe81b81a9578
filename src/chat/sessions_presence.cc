// Sessions: who is here, and who wants to know. Nothing of it is stored but the minute in which somebody left.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>

#include "chat/answer.h"
#include "chat/sessions.h"

namespace homing::chat {

void Sessions::turned(AccountId account, Hub::Turned change) {
  if (presence_ == nullptr || change == Hub::Turned::nothing) return;
  if (change == Hub::Turned::offline) presence_->seen().person_left(account);
  if (hub_.watchers(account).empty()) return;
  boost::asio::co_spawn(executor_, presence_->tell(account), boost::asio::detached);
}

void Sessions::look(SessionId id, std::uint64_t request, wire::Here here) {
  if (Session* session = find(id); session != nullptr && !session->closed) {
    AccountId account = session->caller.account;
    turned(account, hub_.look(account, id, here));
  }
  finish(id, request, wire::ServerFrame{request, wire::Done{}});
}

void Sessions::unwatch(SessionId id, Session& session) {
  if (session.watched == nullptr) return;
  Hub::Watcher watcher{id, session.caller.account};
  for (AccountId account : *session.watched) hub_.unwatch(account, watcher);
  session.watched.reset();
}

// Watches before it looks: what changes in between is told too.
Task<void> Sessions::watch(SessionId id, std::uint64_t request, std::vector<AccountId> accounts) {
  Session* session = find(id);
  if (session == nullptr) co_return;
  if (presence_ == nullptr) {
    finish(id, request, answer_to(request, Error{Code::unknown_kind, {}, {}, {}}));
    co_return;
  }
  Caller caller = session->caller;
  unwatch(id, *session);
  std::vector<AccountId> wanted = accounts;
  std::ranges::sort(wanted);
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  if (!wanted.empty()) {
    for (AccountId account : wanted) hub_.watch(account, Hub::Watcher{id, caller.account});
    session->watched = std::make_unique<std::vector<AccountId>>(std::move(wanted));
  }
  auto presences = co_await presence_->of(caller.account, std::move(accounts));
  finish(id, request, answer_to(request, std::move(presences)));
}

}  // namespace homing::chat
