#include "../floor/frame.h"
#include "protocols.h"

namespace homing::peers {
namespace {

using floor::Frame;
using floor::Kind;

class Floor : public Protocol {
 public:
  void open(Line& line) override { floor::put(line.out, {Kind::hello, line.index, 0, {}}); }

  std::string hear(Line& line, std::string_view& in) override {
    Frame frame;
    floor::Taken taken;
    while ((taken = floor::take(in, frame)) == floor::Taken::whole) {
      Message message;
      switch (frame.kind) {
        case Kind::welcome: crowd_->make_ready(line); break;
        case Kind::sent: crowd_->workload().acked(line, frame.number); break;
        case Kind::receipt: crowd_->workload().receipted(line, frame.number); break;
        case Kind::message:
          if (!take_text(frame.text, message)) return "a text that is not ours";
          floor::put(line.out, {Kind::receipt, frame.person, frame.number, {}});
          crowd_->touch(line);
          crowd_->workload().delivered(line, message);
          break;
        case Kind::hello: return "a hello from the server";
      }
    }
    return taken == floor::Taken::bad ? "a bad frame" : "";
  }

  void send(Line& line, std::uint32_t to, const Message& message) override {
    text_.clear();
    put_text(text_, message, text_bytes_);
    floor::put(line.out, {Kind::message, to, message.number, text_});
  }
  void join(Line&) override {}
  void send_group(Line&, const Message&) override {}

 private:
  std::string text_;
};

}  // namespace

std::unique_ptr<Protocol> make_floor(std::size_t) { return std::make_unique<Floor>(); }

}  // namespace homing::peers
