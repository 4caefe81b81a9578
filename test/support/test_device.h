// A device as a client library should behave: it stores what it is sent together with its cursor, answers with its
// cursor, and says every request again until it is answered. Deliberately simple, and deterministic: it does something
// only when its test calls it. What is under "durable" survives the loss of the connection; the rest does not.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "connection.h"
#include "frames.pb.h"

namespace homing::test {

struct Identity {
  AccountId account;
  DeviceId device;
  std::string token;
};

struct Outgoing {
  std::uint64_t number = 0;   // also the request number; never used twice by a device
  v1::ClientFrame frame;
  std::string raw;            // if not empty: sent instead of `frame`, byte by byte
  enum class State { waiting, under_way, answered } state = State::waiting;
  std::optional<v1::ServerFrame> answer;
  std::string text() const { return frame.send().plain().text().text(); }
};

class TestDevice {
 public:
  using Place = std::pair<ConversationId, Seq>;
  struct Witness {
    virtual ~Witness() = default;
    // Before it is stored.
    virtual void delivered(const TestDevice& device, const v1::Delivery& delivery) = 0;
    virtual void receipts(const TestDevice& device, const v1::Receipts& receipts) = 0;
    virtual void answered(const TestDevice& device, const Outgoing& request) = 0;
  };

  TestDevice(std::string name, Identity identity, wire::Form form, std::size_t window, Random& random);

  // --- what its person does ---
  // A request that is said again until it is answered. Sends and group changes get a client id. Returns its number.
  std::uint64_t ask(v1::ClientFrame frame);
  std::uint64_t ask_raw(std::uint64_t number, std::string bytes);
  static v1::ClientFrame post(AccountId to, const std::string& text);
  static v1::ClientFrame post(ConversationId to, const std::string& text);
  std::uint64_t fresh_number() { return ++last_number_; }
  std::string fresh_client_id();

  // --- the connection ---
  Line dial();  // a new line on which it will say hello; the old one, if any, must be hung up by the caller
  void lost();  // the line is gone
  std::vector<v1::SomebodyTypes> typing;  // who typed, as it came; never stored
  std::vector<v1::Presence> presences;    // who came and went, as it came
  bool online() const { return line_ != nullptr; }
  const Line& line() const { return line_; }
  bool caught_up() const { return caught_up_; }
  void hear(const std::string& bytes);
  // "I have stored everything up to here", if that is news.
  void acknowledge();
  // Sends what waits in the outbox, also what was refused for the moment.
  void try_again();

  const std::string& name() const { return name_; }
  const Identity& identity() const { return identity_; }
  std::size_t window() const { return window_; }
  std::size_t unanswered() const;
  const Outgoing* request(std::uint64_t number) const;
  // How many events of others or of own other devices, and own answered sends, are known here.
  bool knows(Place place) const { return events.contains(place) || own.contains(place); }

  // --- durable ---
  Cursor cursor;
  std::map<Place, v1::Envelope> events;  // delivered
  std::map<Place, std::uint64_t> own;  // answered: place -> request number
  std::vector<Place> arrivals;  // `events` in the order in which they came
  std::map<ConversationId, v1::Receipts> receipts;
  std::map<std::uint64_t, Outgoing> outbox;  // everything ever asked, by number
  std::vector<std::string> broken;  // what no server may do

  Witness* witness = nullptr;

 private:
  void transmit();
  void answer(const v1::ServerFrame& frame);
  void store(const v1::Delivery& delivery);
  void store(const v1::Receipts& receipts);
  bool moves_on(Cursor position, const std::string& what);
  void put(const v1::ClientFrame& frame);

  std::string name_;
  Identity identity_;
  wire::Form form_;
  std::size_t window_;  // requests under way at once
  Random& random_;
  std::uint64_t last_number_ = 0;

  Line line_;
  bool welcomed_ = false;
  bool caught_up_ = false;
  Cursor acked_;
  std::size_t under_way_ = 0;
  std::uint64_t first_open_ = 1;  // everything below is answered
};

}  // namespace homing::test
