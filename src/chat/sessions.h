// The sessions of one I/O thread: devices that are attached right now. A session is plain state (a caller, two cursors,
// a link); it has no queue and no history. A bell, a frame or a writable socket makes it run; then it is at rest again.
//
// One object per I/O thread, owned by server/; every call is made on that thread. Coroutines that wait for the store
// find their session again by id afterwards: it may be gone.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "chat/chat.h"
#include "chat/devices.h"
#include "chat/hub.h"
#include "chat/link.h"
#include "chat/presence.h"
#include "chat/pushes.h"
#include "wire/frame.h"

namespace homing::chat {

struct SessionLimits {
  std::chrono::milliseconds ping{60'000};  // told to clients; the edge cuts what is silent for twice as long
  double frames_per_second = 200;  // sustained, of one session
  double frames_burst = 1000;
};

struct SessionMetrics {
  std::uint64_t opened = 0;
  std::uint64_t closed = 0;
  std::uint64_t frames_in = 0;
  std::uint64_t delivered = 0;
  std::uint64_t refused = 0;  // answers that were errors
};

class Sessions {
 public:
  // What a session can be asked besides chatting; without one of them it does not know such requests.
  struct Extras {
    Devices* devices = nullptr;
    Presence* presence = nullptr;
    Pushes* pushes = nullptr;
  };
  Sessions(unsigned thread, boost::asio::any_io_executor executor, Chat& chat, Hub& hub, SessionLimits limits,
           Extras extras);
  Sessions(unsigned thread, boost::asio::any_io_executor executor, Chat& chat, Hub& hub, SessionLimits limits);
  ~Sessions();
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  // Joins the hub: what it has for this thread's sessions is posted to the executor. Once, in the order of the threads.
  // A bell is a hint: `lost` may swallow it (the simulator).
  void join(std::function<bool()> lost = {});

  // A connection was authenticated. An older session of the same device is closed with session_replaced.
  SessionId open(Caller caller, Link& link);
  // One decoded frame. Frames of one session take effect in the order given.
  void receive(SessionId session, wire::ClientFrame frame);
  // A frame that wire::decode refused: answered if `request` is known; bad frames close the connection.
  void refuse(SessionId session, std::uint64_t request, const Error& error);
  // True while the session has as many requests in flight as it may: stop reading its socket until `resumed` says so.
  bool busy(SessionId session) const;
  // The link's output has drained.
  void writable(SessionId session);
  // The connection is gone; its Link is not used after this.
  void close(SessionId session);

  // From the hub: look at your inboxes.
  void ring(const std::vector<SessionId>& sessions);
  // Somebody types, or comes or goes; only to those who can take it now.
  void whisper(const std::vector<SessionId>& sessions, const Hub::Whisper& whisper);
  // Close these sessions, e.g. those of a device that was revoked.
  void end(const std::vector<SessionId>& sessions, CloseCode code, std::string_view reason);
  // Tells every client to come back elsewhere after a random pause, then closes them as they drain.
  void drain(std::chrono::milliseconds after_min, std::chrono::milliseconds after_max);

  // Called when a busy session may be read again; set by the edge once.
  void on_resumed(std::function<void(Link&)> resumed) { resumed_ = std::move(resumed); }
  // From now on.
  void set_rate(double frames_per_second, double frames_burst) {
    limits_.frames_per_second = frames_per_second;
    limits_.frames_burst = frames_burst;
  }
  std::size_t size() const { return table_.size(); }
  const SessionMetrics& metrics() const { return metrics_; }

 private:
  // Exists only while requests wait their turn or are under way.
  struct Work {
    std::deque<wire::ClientFrame> waiting;
    std::size_t in_flight = 0;  // taken from `waiting` and not answered yet
  };
  struct Session {
    Caller caller;
    Link* link = nullptr;
    Cursor sent;  // everything up to here was written to the link
    Cursor acked;  // the newest ack that came in
    std::unique_ptr<Work> work;
    std::unique_ptr<std::vector<AccountId>> watched;  // whose presence it is told
    std::int64_t rate_ms = 0;  // when `allowance` was last computed
    float allowance = 0;
    bool greeted = false;  // hello was answered: deliveries may begin
    bool hello_seen = false;
    bool caught_up = false;  // said so already
    bool pumping = false;
    bool rung = false;  // while pumping: look once more
    bool lane_runs = false;
    bool acknowledging = false;
    bool ack_failed = false;  // the last time
    bool was_busy = false;
    bool draining = false;
    bool closed = false;  // link->close was called
  };
  Session* find(SessionId id) const;
  // Runs in order what came in; begins the append of a message before it looks at the next frame.
  Task<void> lane(SessionId id);
  Task<void> perform(SessionId id, wire::ClientFrame frame);
  Task<wire::ServerFrame> ask(Caller caller, wire::ClientFrame frame);  // sessions_ask.cc
  Task<wire::ServerFrame> ask_about_self(Caller caller, wire::ClientFrame frame);
  Task<wire::ServerFrame> ask_about_group(Caller caller, wire::ClientFrame frame);
  void look(SessionId id, std::uint64_t request, wire::Here here);  // sessions_presence.cc
  Task<void> watch(SessionId id, std::uint64_t request, std::vector<AccountId> accounts);
  void unwatch(SessionId id, Session& session);
  void turned(AccountId account, Hub::Turned change);
  Task<void> hello(SessionId id, std::uint64_t request, wire::Hello hello);
  Task<void> send(SessionId id, std::uint64_t request, wire::Send send);
  Task<void> commit(SessionId id, std::uint64_t request, Caller caller, wire::Send send, Draft draft);
  // Writes what lies after the session's place in its inbox, as fast as its link takes it.
  Task<void> pump(SessionId id);
  Task<void> acknowledge(SessionId id);
  Task<void> type(SessionId id, std::uint64_t request, wire::Typing typing);
  void start_pump(SessionId id, Session& session);
  void finish(SessionId id, std::uint64_t request, wire::ServerFrame frame);
  bool within_rate(Session& session);

  unsigned thread_;
  boost::asio::any_io_executor executor_;
  Chat& chat_;
  Hub& hub_;
  SessionLimits limits_;
  Devices* const devices_;
  Presence* const presence_;
  Pushes* const pushes_;
  std::uint64_t next_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Session>> table_;
  std::function<void(Link&)> resumed_;
  SessionMetrics metrics_;
};

}  // namespace homing::chat
