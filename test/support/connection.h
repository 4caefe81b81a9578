// A socket without a network: two queues of encoded frames between one device and the server. The test carries frames
// when it likes; what is still queued when the line is cut is lost, as on a real one. One thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "chat/hub.h"
#include "chat/link.h"
#include "wire/frame.h"
#include "wire/limits.h"

namespace homing::test {

enum class Flow { open, stalled };

class Connection final : public chat::Link {
 public:
  explicit Connection(wire::Form form) : form_(form) {}

  void send(const wire::ServerFrame& frame) override {
    if (cut || closed) return;
    std::string bytes;
    wire::encode(frame, form_, bytes);
    queued_ += bytes.size();
    to_device.push_back(std::move(bytes));
  }
  std::size_t pending() const override {
    std::size_t bytes = flow == Flow::stalled ? limits::kOutputPendingMax : queued_;
    if (bytes >= limits::kOutputPendingMax) turned_away_ = true;
    return bytes;
  }
  // Whether a session was turned away by pending() and waits to hear that the line is writable. Asking takes it back.
  bool owes_writable() { return flow == Flow::open && queued_ == 0 && std::exchange(turned_away_, false); }
  void close(chat::CloseCode code, std::string_view reason) override {
    closed = code;
    close_reason = reason;
  }

  // The socket has taken one more frame.
  std::string take() {
    std::string bytes = std::move(to_device.front());
    to_device.pop_front();
    queued_ -= bytes.size();
    return bytes;
  }
  wire::Form form() const { return form_; }

  std::deque<std::string> to_server;
  std::deque<std::string> to_device;
  std::optional<chat::SessionId> session;  // once the server has let it in
  std::optional<chat::CloseCode> closed;  // by the server; the device sees it after the frames that came before
  std::string close_reason;
  Flow flow = Flow::open;
  bool cut = false;  // one of the two ends is gone

 private:
  wire::Form form_;
  std::size_t queued_ = 0;
  mutable bool turned_away_ = false;
};

using Line = std::shared_ptr<Connection>;

}  // namespace homing::test
