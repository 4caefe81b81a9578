#include <deque>

#include "../../load/client_ids.h"
#include "../../load/frames.h"
#include "protocols.h"

namespace homing::peers {
namespace {

using load::Heard;
using load::Kind;

struct Sent {
  std::uint64_t key;     // the request, later the seq
  std::uint64_t number;
};

struct Seat {
  bool upgraded = false;
  std::uint64_t cursor = 0;
  std::uint64_t acked = 0;
  std::uint64_t requests = 0;
  std::uint64_t conversation = 0;  // the one that this person talks in
  std::uint64_t delivered_to = 0;
  std::deque<Sent> unanswered;
  std::deque<Sent> unticked;
};

class Homing : public Protocol {
 public:
  explicit Homing(std::vector<load::Account> accounts) : accounts_(std::move(accounts)), seats_(accounts_.size()) {}

  void open(Line& line) override {
    Seat& seat = seats_[line.index];
    seat.upgraded = false;
    seat.unanswered.clear();
    line.out +=
        "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: homing.v1.proto\r\nAuthorization: Bearer " +
        accounts_[line.index].token + "\r\n\r\n";
  }

  std::string hear(Line& line, std::string_view& in) override {
    Seat& seat = seats_[line.index];
    if (!seat.upgraded) {
      auto end = in.find("\r\n\r\n");
      if (end == std::string_view::npos) return "";
      if (!in.starts_with("HTTP/1.1 101")) return std::string(in.substr(0, std::min<std::size_t>(end, 200)));
      in.remove_prefix(end + 4);
      seat.upgraded = true;
      load::put_hello(line.out, seat.cursor);
      crowd_->touch(line);
    }
    while (true) {
      load::Frame frame = load::next_frame(in);
      if (frame.bad) return "bad WebSocket frame";
      if (frame.size == 0) return "";
      if (frame.op == load::Frame::Op::close)
        return "close frame " + std::string(frame.payload.substr(std::min<std::size_t>(2, frame.payload.size())));
      if (frame.op == load::Frame::Op::ping) {
        load::put_pong(line.out, frame.payload);
        crowd_->touch(line);
      }
      if (frame.op == load::Frame::Op::binary) {
        Heard heard;
        if (!load::decode(frame.payload, heard)) return "a frame that is not a ServerFrame";
        if (heard.kind == Kind::error) return "error " + std::to_string(heard.code) + " " + std::string(heard.text);
        take(line, seat, heard);
      }
      in.remove_prefix(frame.size);
    }
  }

  void flushing(Line& line) override {  // one cursor for all that came
    Seat& seat = seats_[line.index];
    if (seat.cursor <= seat.acked) return;
    load::put_ack(line.out, seat.cursor);
    seat.acked = seat.cursor;
  }

  void send(Line& line, std::uint32_t to, const Message& message) override {
    say(line, {seats_[line.index].conversation, accounts_[to].id}, message);
  }

  void join(Line& line) override {
    if (line.index != 0) return;  // the founder has named everybody
    std::vector<std::uint64_t> others;
    for (std::size_t i = 1; i < crowd_->size(); ++i) others.push_back(accounts_[i].id);
    Seat& seat = seats_[0];
    founding_ = true;
    load::put_create_group(line.out, ++seat.requests, ids_.fresh(), "everybody", others);
    seat.unanswered.push_back({seat.requests, 0});
  }
  void send_group(Line& line, const Message& message) override {
    say(line, {seats_[line.index].conversation, 0}, message);
  }

 private:
  void say(Line& line, load::SendTo to, const Message& message) {
    Seat& seat = seats_[line.index];
    text_.clear();
    put_text(text_, message, text_bytes_);
    load::put_send(line.out, ++seat.requests, to, ids_.fresh(), text_);
    seat.unanswered.push_back({seat.requests, message.number});
  }

  void take(Line& line, Seat& seat, const Heard& heard) {
    switch (heard.kind) {
      case Kind::sent: answer(line, seat, heard); break;
      case Kind::delivery: {
        if (heard.position <= seat.cursor) break;
        seat.cursor = heard.position;
        crowd_->touch(line);
        if (heard.author == accounts_[line.index].id) break;
        if (seat.conversation == 0) seat.conversation = heard.conversation;
        Message message;
        if (take_text(heard.text, message)) {
          crowd_->workload().delivered(line, message);
        } else if (founding_) {
          crowd_->workload().joined(line);
        }
        break;
      }
      case Kind::receipts:
        seat.cursor = std::max(seat.cursor, heard.position);
        crowd_->touch(line);
        if (heard.conversation != seat.conversation) break;
        seat.delivered_to = std::max(seat.delivered_to, heard.delivered_to);
        tick(line, seat);
        break;
      case Kind::caught_up: crowd_->make_ready(line); break;
      default: break;
    }
  }

  void answer(Line& line, Seat& seat, const Heard& heard) {
    for (auto at = seat.unanswered.begin(); at != seat.unanswered.end(); ++at) {
      if (at->key != heard.request) continue;
      std::uint64_t number = at->number;
      seat.unanswered.erase(at);
      seat.conversation = heard.conversation;
      if (number == 0) return crowd_->workload().joined(line);
      seat.unticked.push_back({heard.seq, number});
      crowd_->workload().acked(line, number);
      return tick(line, seat);
    }
  }

  void tick(Line& line, Seat& seat) {
    while (!seat.unticked.empty() && seat.unticked.front().key <= seat.delivered_to) {
      std::uint64_t number = seat.unticked.front().number;
      seat.unticked.pop_front();
      crowd_->workload().receipted(line, number);
    }
  }

  std::vector<load::Account> accounts_;
  std::vector<Seat> seats_;
  std::string text_;
  load::ClientIds ids_;
  bool founding_ = false;
};

}  // namespace

std::unique_ptr<Protocol> make_homing(std::vector<load::Account> accounts) {
  return std::make_unique<Homing>(std::move(accounts));
}

}  // namespace homing::peers
