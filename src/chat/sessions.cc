#include "chat/sessions.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

#include "base/log.h"
#include "chat/answer.h"
#include "wire/errors.h"
#include "wire/limits.h"

namespace homing::chat {
Sessions::Sessions(unsigned thread, boost::asio::any_io_executor executor, Chat& chat, Hub& hub, SessionLimits limits)
    : Sessions(thread, std::move(executor), chat, hub, limits, Extras{}) {}

Sessions::Sessions(unsigned thread, boost::asio::any_io_executor executor, Chat& chat, Hub& hub, SessionLimits limits,
                   Extras extras)
    : thread_(thread),
      executor_(std::move(executor)),
      chat_(chat),
      hub_(hub),
      limits_(limits),
      devices_(extras.devices),
      presence_(extras.presence),
      pushes_(extras.pushes) {}

Sessions::~Sessions() {
  for (auto& [number, session] : table_) {
    unwatch(SessionId{number}, *session);
    hub_.leave(session->caller.account, SessionId{number});
  }
}

void Sessions::join(std::function<bool()> lost) {
  hub_.add_thread(
      thread_,
      [this, lost = std::move(lost)](std::vector<SessionId> rung) {
        if (lost && lost()) return;
        boost::asio::post(executor_, [this, rung = std::move(rung)] { ring(rung); });
      },
      [this](std::vector<SessionId> ended, CloseCode code, std::string reason) {
        boost::asio::post(executor_, [this, ended = std::move(ended), code, reason = std::move(reason)] {
          end(ended, code, reason);
        });
      },
      [this](std::vector<SessionId> listeners, Hub::Whisper what) {
        boost::asio::post(executor_, [this, listeners = std::move(listeners), what] { whisper(listeners, what); });
      });
}

Sessions::Session* Sessions::find(SessionId id) const {
  auto found = table_.find(id.value);
  return found == table_.end() ? nullptr : found->second.get();
}

SessionId Sessions::open(Caller caller, Link& link) {
  SessionId id = SessionId::make(thread_, ++next_);
  auto older = hub_.sessions_of(caller.account, caller.device);
  auto session = std::make_unique<Session>();
  session->caller = caller;
  session->link = &link;
  session->allowance = static_cast<float>(limits_.frames_burst);
  session->rate_ms = chat_.clock().now().ms;
  table_.emplace(id.value, std::move(session));
  hub_.enter(caller.account, caller.device, id);
  if (!older.empty()) hub_.end(older, CloseCode::session_replaced, "this device connected again");
  ++metrics_.opened;
  return id;
}

void Sessions::close(SessionId id) {
  Session* session = find(id);
  if (session == nullptr) return;
  Caller caller = session->caller;
  unwatch(id, *session);
  auto changed = hub_.leave(caller.account, id);
  if (presence_ != nullptr) presence_->seen().device_left(caller.account, caller.device);
  turned(caller.account, changed);
  table_.erase(id.value);
  ++metrics_.closed;
}

void Sessions::end(const std::vector<SessionId>& sessions, CloseCode code, std::string_view reason) {
  for (SessionId id : sessions) {
    Session* session = find(id);
    if (session == nullptr || session->closed) continue;
    session->closed = true;
    session->link->close(code, reason);
  }
}

void Sessions::drain(std::chrono::milliseconds after_min, std::chrono::milliseconds after_max) {
  for (auto& [number, session] : table_) {
    if (session->closed) continue;
    session->draining = true;
    session->link->send(wire::ServerFrame{0, wire::GoAway{after_min, after_max, "the server is shutting down"}});
    if (session->work == nullptr) {
      session->closed = true;
      session->link->close(CloseCode::going_away, "the server is shutting down");
    }
  }
}

bool Sessions::within_rate(Session& session) {
  std::int64_t now = chat_.clock().now().ms;
  double earned = static_cast<double>(now - session.rate_ms) / 1000.0 * limits_.frames_per_second;
  session.allowance = static_cast<float>(std::min(limits_.frames_burst, session.allowance + std::max(0.0, earned)));
  session.rate_ms = now;
  if (session.allowance < 1) return false;
  session.allowance -= 1;
  return true;
}

bool Sessions::busy(SessionId id) const {
  Session* session = find(id);
  if (session == nullptr || session->work == nullptr) return false;
  return session->work->waiting.size() + session->work->in_flight >= limits::kRequestsInFlightMax;
}

void Sessions::receive(SessionId id, wire::ClientFrame frame) {
  Session* session = find(id);
  if (session == nullptr || session->closed) return;
  ++metrics_.frames_in;
  if (!within_rate(*session)) {
    session->closed = true;
    session->link->close(CloseCode::too_fast, "more frames than allowed");
    return;
  }
  bool hello = std::holds_alternative<wire::Hello>(frame.body);
  if (hello == session->hello_seen) {
    session->closed = true;
    session->link->close(CloseCode::hello_expected, "hello comes first and once");
    return;
  }
  session->hello_seen = true;

  if (const auto* ack = std::get_if<wire::Ack>(&frame.body)) {
    // Nobody has stored what was not sent yet.
    session->acked = std::max(session->acked, std::min(ack->cursor, session->sent));
    if (frame.request != 0) session->link->send(wire::ServerFrame{frame.request, wire::Done{}});
    if (session->acknowledging) return;
    session->acknowledging = true;
    boost::asio::co_spawn(executor_, acknowledge(id), boost::asio::detached);
    return;
  }
  if (std::holds_alternative<wire::Ping>(frame.body)) {
    session->link->send(wire::ServerFrame{frame.request, wire::Pong{}});
    return;
  }
  if (const auto* typing = std::get_if<wire::Typing>(&frame.body)) {
    boost::asio::co_spawn(executor_, type(id, frame.request, *typing), boost::asio::detached);
    return;
  }
  if (session->draining) {
    session->link->send(answer_to(frame.request, Error{Code::shutting_down, {}, {}, {}}));
    return;
  }
  if (session->work == nullptr) session->work = std::make_unique<Work>();
  session->work->waiting.push_back(std::move(frame));
  if (session->lane_runs) return;
  session->lane_runs = true;
  boost::asio::co_spawn(executor_, lane(id), boost::asio::detached);
}

void Sessions::refuse(SessionId id, std::uint64_t request, const Error& error) {
  Session* session = find(id);
  if (session == nullptr || session->closed) return;
  ++metrics_.refused;
  session->link->send(answer_to(request, error));
  if (error.code != Code::bad_frame && error.code != Code::too_big) return;
  session->closed = true;
  bool too_big = error.code == Code::too_big;
  session->link->close(too_big ? CloseCode::too_big : CloseCode::unsupported_data, wire::facts(error.code).text);
}

Task<void> Sessions::lane(SessionId id) {
  for (;;) {
    Session* session = find(id);
    if (session == nullptr) co_return;
    if (session->work == nullptr || session->work->waiting.empty()) {
      session->lane_runs = false;
      co_return;
    }
    wire::ClientFrame frame = std::move(session->work->waiting.front());
    session->work->waiting.pop_front();
    ++session->work->in_flight;
    co_await perform(id, std::move(frame));
  }
}

// Sends the answer and gives the session's place in the queue back.
void Sessions::finish(SessionId id, std::uint64_t request, wire::ServerFrame frame) {
  Session* session = find(id);
  if (session == nullptr) return;
  if (std::holds_alternative<Error>(frame.body)) ++metrics_.refused;
  if (!session->closed) session->link->send(frame);

  Work& work = *session->work;
  bool was_full = work.waiting.size() + work.in_flight >= limits::kRequestsInFlightMax;
  --work.in_flight;
  if (work.waiting.empty() && work.in_flight == 0) {
    session->work.reset();
    if (session->draining && !session->closed) {
      session->closed = true;
      session->link->close(CloseCode::going_away, "the server is shutting down");
    }
  }
  if (was_full && resumed_) resumed_(*session->link);
}

Task<void> Sessions::hello(SessionId id, std::uint64_t request, wire::Hello hello) {
  Caller caller = find(id)->caller;
  auto welcome = co_await chat_.welcome(caller, hello.cursor);
  Session* session = find(id);
  if (session == nullptr) co_return;
  if (welcome) {
    welcome->ping = limits_.ping;
    if (pushes_ != nullptr) welcome->push_key = pushes_->public_key();
    session->sent = session->acked = welcome->cursor;
    session->greeted = true;
    finish(id, request, wire::ServerFrame{request, std::move(*welcome)});
    start_pump(id, *session);
  } else {
    bool revoked = welcome.error().code == Code::unauthenticated;
    finish(id, request, answer_to(request, std::move(welcome.error())));
    session->closed = true;
    if (revoked) {
      session->link->close(CloseCode::unauthenticated, "this device was revoked");
    } else {
      session->link->close(CloseCode::internal_error, "the inbox cannot be opened now");
    }
  }
}

Task<void> Sessions::send(SessionId id, std::uint64_t request, wire::Send send) {
  Caller caller = find(id)->caller;
  auto draft = co_await chat_.prepare(caller, send);
  if (draft) {
    // Not awaited: the next message may be on its way to the disk before this one has arrived there.
    Draft ready = std::move(*draft);
    boost::asio::co_spawn(executor_, commit(id, request, caller, std::move(send), std::move(ready)),
                          boost::asio::detached);
    co_return;
  }
  auto first = co_await chat_.first_answer(caller, std::move(send), std::move(draft.error()));
  finish(id, request, answer_to(request, std::move(first)));
}

Task<void> Sessions::commit(SessionId id, std::uint64_t request, Caller caller, wire::Send send, Draft draft) {
  auto envelope = co_await chat_.commit(caller, std::move(send), std::move(draft));
  finish(id, request, answer_to(request, std::move(envelope)));
}

Task<void> Sessions::perform(SessionId id, wire::ClientFrame frame) {
  std::uint64_t request = frame.request;
  Caller caller = find(id)->caller;
  if (auto* sending = std::get_if<wire::Send>(&frame.body)) {
    co_await send(id, request, std::move(*sending));
  } else if (auto* greeting = std::get_if<wire::Hello>(&frame.body)) {
    co_await hello(id, request, std::move(*greeting));
  } else if (auto* presence = std::get_if<wire::SetPresence>(&frame.body)) {
    look(id, request, presence->here);
  } else if (auto* watching = std::get_if<wire::WatchPresence>(&frame.body)) {
    co_await watch(id, request, std::move(watching->accounts));
  } else {
    wire::ServerFrame answer = co_await ask(caller, std::move(frame));
    finish(id, request, std::move(answer));
  }
}

Task<void> Sessions::acknowledge(SessionId id) {
  for (;;) {
    Session* session = find(id);
    if (session == nullptr) co_return;
    Caller caller = session->caller;
    Cursor cursor = session->acked;
    Chat::Saying saying = session->ack_failed ? Chat::Saying::again : Chat::Saying::first;
    auto moved = co_await chat_.acknowledge(caller, cursor, saying);
    session = find(id);
    if (session == nullptr) co_return;
    session->ack_failed = !moved;
    if (!moved) log::warn("session.ack_failed", {{"code", static_cast<int>(moved.error().code)}});
    // After a failure the device says it again: with its next ack, or when it returns.
    if (!moved || session->acked == cursor) {
      session->acknowledging = false;
      co_return;
    }
  }
}

void Sessions::ring(const std::vector<SessionId>& sessions) {
  for (SessionId id : sessions) {
    Session* session = find(id);
    if (session != nullptr) start_pump(id, *session);
  }
}

void Sessions::whisper(const std::vector<SessionId>& sessions, const Hub::Whisper& whisper) {
  // Typing is over soon; that somebody came or went is shown until the next time, so it is worth a little waiting.
  std::size_t waiting_max = std::holds_alternative<wire::Presence>(whisper) ? limits::kOutputPendingMax : 1;
  for (SessionId id : sessions) {
    Session* session = find(id);
    if (session == nullptr || !session->caught_up || session->closed) continue;
    if (session->link->pending() >= waiting_max) continue;
    std::visit([&](const auto& what) { session->link->send(wire::ServerFrame{0, what}); }, whisper);
  }
}

Task<void> Sessions::type(SessionId id, std::uint64_t request, wire::Typing typing) {
  Caller caller = find(id)->caller;
  auto told = co_await chat_.type(caller, typing);
  Session* session = find(id);
  if (session == nullptr || session->closed || (told && request == 0)) co_return;
  session->link->send(answer_to(request, std::move(told)));
}

void Sessions::writable(SessionId id) {
  Session* session = find(id);
  if (session != nullptr) start_pump(id, *session);
}

void Sessions::start_pump(SessionId id, Session& session) {
  if (!session.greeted || session.closed) return;
  if (session.pumping) {
    session.rung = true;
    return;
  }
  session.pumping = true;
  boost::asio::co_spawn(executor_, pump(id), boost::asio::detached);
}

Task<void> Sessions::pump(SessionId id) {
  for (;;) {
    Session* session = find(id);
    if (session == nullptr) co_return;
    std::size_t pending = session->link->pending();
    if (session->closed || pending >= limits::kOutputPendingMax) {
      session->pumping = false;  // writable() begins again
      co_return;
    }
    session->rung = false;
    Caller caller = session->caller;
    Cursor sent = session->sent;
    auto mail = co_await chat_.mail(caller, sent, limits::kOutputPendingMax - pending);
    session = find(id);
    if (session == nullptr) co_return;
    if (!mail) {
      log::warn("session.mail_failed", {{"code", static_cast<int>(mail.error().code)}});
      session->pumping = false;
      session->closed = true;
      session->link->close(CloseCode::internal_error, "the inbox cannot be read now");
      co_return;
    }
    for (const wire::ServerFrame& frame : mail->frames) session->link->send(frame);
    metrics_.delivered += mail->frames.size();
    session->sent = mail->next;
    if (mail->more == More::yes || session->rung) continue;
    if (!session->caught_up) {
      session->caught_up = true;
      session->link->send(wire::ServerFrame{0, wire::CaughtUp{session->sent}});
    }
    session->pumping = false;
    co_return;
  }
}

}  // namespace homing::chat
