#include <deque>

#include "protocols.h"

namespace homing::peers {
namespace {

enum Packet : unsigned char {
  kConnect = 0x10,
  kConnack = 0x20,
  kPublish = 0x30,
  kPuback = 0x40,
  kSubscribe = 0x82,
  kSuback = 0x90,
  kPingresp = 0xd0,
  kDisconnect = 0xe0
};
constexpr unsigned char kQos1 = 0x02;
constexpr std::uint16_t kOwnTopic = 1, kGroupTopic = 2;  // packet ids of the two subscriptions
constexpr std::uint16_t kFirstId = 16;

void put16(std::string& out, std::size_t value) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value));
}
void put_string(std::string& out, std::string_view text) {
  put16(out, text.size());
  out.append(text);
}
void put_packet(std::string& out, unsigned char kind, std::string_view body) {
  out.push_back(static_cast<char>(kind));
  std::size_t left = body.size();
  do {
    out.push_back(static_cast<char>((left & 127) | (left > 127 ? 128 : 0)));
    left >>= 7;
  } while (left > 0);
  out.append(body);
}
std::size_t take16(std::string_view in) {
  return std::size_t{static_cast<unsigned char>(in[0])} << 8 | static_cast<unsigned char>(in[1]);
}

// One packet from the front; size 0: not complete.
struct Unit {
  unsigned char kind = 0;
  std::string_view body;
  std::size_t size = 0;
};
Unit next_packet(std::string_view in) {
  std::size_t length = 0;
  for (std::size_t i = 1; i < in.size() && i <= 4; ++i) {
    auto byte = static_cast<unsigned char>(in[i]);
    length |= std::size_t{byte & 127u} << (7 * (i - 1));
    if ((byte & 128) != 0) continue;
    if (in.size() < i + 1 + length) return {};
    return {static_cast<unsigned char>(in[0]), in.substr(i + 1, length), i + 1 + length};
  }
  return {};
}

struct Seat {
  std::uint16_t next_id = kFirstId;
  std::deque<std::pair<std::uint16_t, std::uint64_t>> unacked;  // packet id, number; 0: a receipt
};

class Mqtt : public Protocol {
 public:
  Mqtt(std::size_t people, MqttLogin login) : login_(std::move(login)), seats_(people) {}

  void open(Line& line) override {
    seats_[line.index].unacked.clear();
    body_.clear();
    put_string(body_, "MQTT");
    body_.push_back(4);
    body_.push_back(static_cast<char>(login_.user.empty() ? 0 : 0xc0));  // not clean: the session is kept
    put16(body_, 0);                                                   // no keep-alive: rest is silence here
    put_string(body_, "p" + std::to_string(line.index));
    if (!login_.user.empty()) {
      put_string(body_, login_.user);
      put_string(body_, login_.password);
    }
    put_packet(line.out, kConnect, body_);
  }

  std::string hear(Line& line, std::string_view& in) override {
    while (true) {
      Unit unit = next_packet(in);
      if (unit.size == 0) return "";
      switch (unit.kind & 0xf0) {
        case kConnack:
          if (unit.body.size() != 2 || unit.body[1] != 0) return "refused";
          if ((unit.body[0] & 1) != 0) {
            crowd_->make_ready(line);
          } else {
            subscribe(line, kOwnTopic, "p/" + std::to_string(line.index));
          }
          break;
        case kSuback:
          if (unit.body.size() < 3 || static_cast<unsigned char>(unit.body[2]) == 0x80) return "subscription refused";
          if (take16(unit.body) == kOwnTopic) crowd_->make_ready(line);
          if (take16(unit.body) == kGroupTopic) crowd_->workload().joined(line);
          break;
        case kPuback:
          if (unit.body.size() < 2) return "short PUBACK";
          acked(line, static_cast<std::uint16_t>(take16(unit.body)));
          break;
        case kPublish:
          if (!published(line, unit)) return "short PUBLISH";
          break;
        case kPingresp: break;
        default: return "an unexpected packet " + std::to_string(unit.kind);
      }
      in.remove_prefix(unit.size);
    }
  }

  void send(Line& line, std::uint32_t to, const Message& message) override {
    text_.assign(1, 'm');
    put_text(text_, message, text_bytes_);
    publish(line, "p/" + std::to_string(to), message.number);
  }
  void join(Line& line) override { subscribe(line, kGroupTopic, "g/0"); }
  void send_group(Line& line, const Message& message) override {
    text_.assign(1, 'g');
    put_text(text_, message, text_bytes_);
    publish(line, "g/0", message.number);
  }
  void leave(Line& line) override { put_packet(line.out, kDisconnect, ""); }

 private:
  void subscribe(Line& line, std::uint16_t id, const std::string& topic) {
    body_.clear();
    put16(body_, id);
    put_string(body_, topic);
    body_.push_back(1);
    put_packet(line.out, kSubscribe, body_);
    crowd_->touch(line);
  }

  void publish(Line& line, std::string_view topic, std::uint64_t number) {
    Seat& seat = seats_[line.index];
    std::uint16_t id = seat.next_id++;
    if (seat.next_id == 0) seat.next_id = kFirstId;
    seat.unacked.emplace_back(id, number);
    body_.clear();
    put_string(body_, topic);
    put16(body_, id);
    body_ += text_;
    put_packet(line.out, kPublish | kQos1, body_);
    crowd_->touch(line);
  }

  void acked(Line& line, std::uint16_t id) {
    auto& unacked = seats_[line.index].unacked;
    for (auto at = unacked.begin(); at != unacked.end(); ++at) {
      if (at->first != id) continue;
      std::uint64_t number = at->second;
      unacked.erase(at);
      if (number != 0) crowd_->workload().acked(line, number);
      return;
    }
  }

  bool published(Line& line, const Unit& unit) {
    std::string_view body = unit.body;
    if (body.size() < 2 || body.size() < 2 + take16(body)) return false;
    body.remove_prefix(2 + take16(body));
    if ((unit.kind & 0x06) != 0) {
      if (body.size() < 2) return false;
      put_packet(line.out, kPuback, body.substr(0, 2));
      crowd_->touch(line);
      body.remove_prefix(2);
    }
    if (body.empty()) return true;
    char kind = body[0];
    body.remove_prefix(1);
    Message message;
    std::uint64_t number = 0;
    if (kind == 'r' && take_hex(body, number)) crowd_->workload().receipted(line, number);
    if ((kind == 'm' || kind == 'g') && take_text(body, message)) {
      if (kind == 'm' && receipts_) {
        text_.assign(1, 'r');
        put_hex(text_, message.number, 16);
        publish(line, "p/" + std::to_string(message.from), 0);
      }
      crowd_->workload().delivered(line, message);
    }
    return true;
  }

  MqttLogin login_;
  std::vector<Seat> seats_;
  std::string body_, text_;
};

}  // namespace

std::unique_ptr<Protocol> make_mqtt(std::size_t people, MqttLogin login) {
  return std::make_unique<Mqtt>(people, std::move(login));
}

}  // namespace homing::peers
