#include <openssl/evp.h>

#include <deque>
#include <utility>

#include "protocols.h"
#include "stanzas.h"

namespace homing::peers {
namespace {

struct Seat {
  bool authenticated = false;
  bool managed = false;            // stream management is on: stanzas count
  std::string previous;            // the stream that can be resumed
  std::uint32_t heard = 0;         // stanzas from the server
  std::uint32_t said = 0;          // stanzas of ours
  bool ask = false;                // for the count of what the server has
  bool answer = false;             // the server asked
  std::deque<std::pair<std::uint32_t, std::uint64_t>> unacked;  // ordinal of the stanza, number of the message
};

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                             reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

class Xmpp : public Protocol {
 public:
  Xmpp(std::size_t people, std::string domain) : domain_(std::move(domain)), seats_(people) {}

  void open(Line& line) override {
    Seat& seat = seats_[line.index];
    seat.authenticated = seat.managed = seat.ask = seat.answer = false;
    open_stream(line);
  }

  std::string hear(Line& line, std::string_view& in) override {
    while (true) {
      Stanza stanza = next_stanza(in);
      if (stanza.kind == Stanza::Kind::none) return "";
      if (stanza.kind == Stanza::Kind::closing) return "the stream was closed";
      if (stanza.kind == Stanza::Kind::whole) {
        std::string why = take(line, seats_[line.index], stanza.text);
        if (!why.empty()) return why;
      }
      in.remove_prefix(stanza.size);
    }
  }

  void flushing(Line& line) override {
    Seat& seat = seats_[line.index];
    if (std::exchange(seat.ask, false)) line.out += "<r xmlns='urn:xmpp:sm:3'/>";
    if (std::exchange(seat.answer, false))
      line.out += "<a xmlns='urn:xmpp:sm:3' h='" + std::to_string(seat.heard) + "'/>";
  }

  void send(Line& line, std::uint32_t to, const Message& message) override {
    line.out += "<message type='chat' to='" + jid(to) + "' id='n";
    put_hex(line.out, message.number, 16);
    line.out += "'><body>";
    put_text(line.out, message, text_bytes_);
    line.out += receipts_ ? "</body><request xmlns='urn:xmpp:receipts'/></message>" : "</body></message>";
    said(line, message.number);
  }

  void join(Line& line) override {
    line.out += "<presence to='room@conference." + domain_ + "/p" + std::to_string(line.index) +
                "'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>";
    ++seats_[line.index].said;
  }
  void send_group(Line& line, const Message& message) override {
    line.out += "<message type='groupchat' to='room@conference." + domain_ + "' id='n";
    put_hex(line.out, message.number, 16);
    line.out += "'><body>";
    put_text(line.out, message, text_bytes_);
    line.out += "</body></message>";
    said(line, message.number);
  }

  void leave(Line& line) override { line.out += "</stream:stream>"; }

  bool fetch_archive(Line& line) override {
    line.out +=
        "<iq type='set' id='archive'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>250</max></set>"
        "</query></iq>";
    ++seats_[line.index].said;
    crowd_->touch(line);
    return true;
  }

 private:
  std::string jid(std::uint32_t who) const { return "p" + std::to_string(who) + "@" + domain_; }

  void said(Line& line, std::uint64_t number) {
    Seat& seat = seats_[line.index];
    seat.unacked.emplace_back(++seat.said, number);
    seat.ask = true;
    crowd_->touch(line);
  }

  void open_stream(Line& line) {
    line.out += "<?xml version='1.0'?><stream:stream to='" + domain_ +
                "' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
    crowd_->touch(line);
  }

  std::string take(Line& line, Seat& seat, std::string_view stanza) {
    bool counted = is_named(stanza, "message") || is_named(stanza, "presence") || is_named(stanza, "iq");
    if (counted && seat.managed) ++seat.heard;
    if (is_named(stanza, "message")) {
      message(line, seat, stanza);
    } else if (is_named(stanza, "presence")) {
      if (stanza.find("code='110'") != std::string_view::npos ||
          stanza.find("code=\"110\"") != std::string_view::npos) {
        crowd_->workload().joined(line);
      }
    } else if (is_named(stanza, "r")) {
      seat.answer = true;
      crowd_->touch(line);
    } else if (is_named(stanza, "a")) {
      acked(line, seat, attribute(stanza, "h"));
    } else if (is_named(stanza, "iq")) {
      return iq(line, stanza);
    } else if (is_named(stanza, "stream:features")) {
      features(line, seat);
    } else if (is_named(stanza, "success")) {
      seat.authenticated = true;
      open_stream(line);
    } else if (is_named(stanza, "enabled")) {
      seat.previous = attribute(stanza, "id");
      present(line, seat);
    } else if (is_named(stanza, "resumed")) {
      seat.managed = true;
      crowd_->make_ready(line);
    } else if (is_named(stanza, "failed")) {
      if (seat.previous.empty()) return "stream management was refused: " + std::string(stanza.substr(0, 200));
      seat.previous.clear();
      bind(line);
    } else if (is_named(stanza, "failure") || is_named(stanza, "stream:error")) {
      return std::string(stanza.substr(0, 200));
    }
    return "";
  }

  void features(Line& line, Seat& seat) {
    if (!seat.authenticated) {
      std::string name = "p" + std::to_string(line.index), plain;
      plain.push_back('\0');
      plain += name;
      plain.push_back('\0');
      plain += "pw";
      line.out += "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + base64(plain) + "</auth>";
      crowd_->touch(line);
    } else if (!seat.previous.empty()) {
      line.out +=
          "<resume xmlns='urn:xmpp:sm:3' h='" + std::to_string(seat.heard) + "' previd='" + seat.previous + "'/>";
      crowd_->touch(line);
    } else {
      bind(line);
    }
  }

  void bind(Line& line) {
    line.out +=
        "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>";
    crowd_->touch(line);
  }

  std::string iq(Line& line, std::string_view stanza) {
    auto id = attribute(stanza, "id");
    if (id == "bind") {
      if (attribute(stanza, "type") != "result") return "bind was refused: " + std::string(stanza.substr(0, 200));
      line.out += "<enable xmlns='urn:xmpp:sm:3' resume='true'/>";
      crowd_->touch(line);
    } else if (attribute(stanza, "type") == "get") {  // some ask whether we are here
      line.out += "<iq type='result' id='" + std::string(id) + "'/>";
      ++seats_[line.index].said;
      crowd_->touch(line);
    }
    return "";
  }

  void present(Line& line, Seat& seat) {
    seat.managed = true;
    seat.heard = 0;
    seat.said = 2;
    seat.unacked.clear();
    line.out += "<iq type='set' id='carbons'><enable xmlns='urn:xmpp:carbons:2'/></iq><presence/>";
    crowd_->touch(line);
    crowd_->make_ready(line);
  }

  void message(Line& line, Seat& seat, std::string_view stanza) {
    if (attribute(stanza, "type") == "error") return;
    std::uint64_t number = 0;
    if (auto at = stanza.find("<received "); at != std::string_view::npos) {
      auto id = attribute(stanza.substr(at), "id");
      if (id.size() == 17 && take_hex(id.substr(1), number)) crowd_->workload().receipted(line, number);
      return;
    }
    Message message;
    message.archived = stanza.find("<result ") != std::string_view::npos;
    if (!take_text(inner_text(stanza, "body"), message)) return;
    bool wanted = stanza.find("<request ") != std::string_view::npos && !message.archived;
    if (receipts_ && wanted) {
      line.out += "<message type='chat' to='" + jid(message.from) + "' id='r";
      put_hex(line.out, message.number, 16);
      line.out += "'><received xmlns='urn:xmpp:receipts' id='n";
      put_hex(line.out, message.number, 16);
      line.out += "'/></message>";
      ++seat.said;
      crowd_->touch(line);
    }
    crowd_->workload().delivered(line, message);
  }

  void acked(Line& line, Seat& seat, std::string_view h) {
    std::uint32_t count = 0;
    std::from_chars(h.data(), h.data() + h.size(), count);
    while (!seat.unacked.empty() && seat.unacked.front().first <= count) {
      std::uint64_t number = seat.unacked.front().second;
      seat.unacked.pop_front();
      crowd_->workload().acked(line, number);
    }
  }

  std::string domain_;
  std::vector<Seat> seats_;
};

}  // namespace

std::unique_ptr<Protocol> make_xmpp(std::size_t people, std::string domain) {
  return std::make_unique<Xmpp>(people, std::move(domain));
}

}  // namespace homing::peers
