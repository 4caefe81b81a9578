// Scripted devices: sockets, log-in, framing, acknowledging and the bookkeeping of what is under way. A script (pairs.cc,
// offline.cc, ...) decides what they say. One thread, one epoll set, one send per device and batch.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "accounts.h"
#include "client_ids.h"
#include "frames.h"
#include "tls.h"

namespace homing::load {

struct Target {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  bool tls = false;
  unsigned worker = 0;  // connections come from 127.0.0.(2 + worker): each address has its own ports
};

// A message between its send and its ticks.
struct Flight {
  std::uint64_t number = 0;  // the request, later the seq
  std::int64_t due_ns = 0;  // when it should have been sent: waiting in this program counts too
};

enum class State { closed, connecting, upgrading, greeting, ready };

struct Device {
  const Account* account = nullptr;
  std::uint32_t index = 0;
  State state = State::closed;
  int fd = -1;
  bool dirty = false;  // has output for the next flush
  bool blocked = false;  // the socket is full
  std::uint64_t cursor = 0;  // everything up to here has arrived
  std::uint64_t acked = 0;
  std::uint64_t requests = 1;
  std::uint64_t conversation = 0;  // the one that this device talks in
  std::uint64_t delivered_to = 0;
  std::deque<Flight> unanswered;  // sent, no first tick
  std::deque<Flight> unticked;  // first tick, not delivered to everybody
  Ssl ssl;  // none: plain
  Ticket ticket;  // of the last connection by TLS
  std::string in;  // an incomplete frame
  std::string out;
};

class Script {
 public:
  virtual ~Script() = default;
  virtual void ready(Device&) {}  // logged in and caught up
  virtual void sent(Device&, const Flight&, const Heard&) {}  // first tick
  virtual void delivered(Device&, const Heard&) {}  // somebody else's event
  virtual void ticked(Device&, const Flight&) {}  // second tick
};

class Fleet {
 public:
  Fleet(Target target, const std::vector<Account>& accounts, std::size_t text_bytes);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  void set_script(Script* script) { script_ = script; }
  enum class Reading { off, on };
  void set_reading(Reading reading) { reading_ = reading; }  // mark each delivery as read, too

  std::vector<Device>& devices() { return devices_; }
  // Logs in devices [from, to), at most `parallel` at the same time, and returns when all are ready.
  void connect(std::size_t from, std::size_t to, std::size_t parallel = 128);
  enum class Leave { orderly, abrupt };
  void disconnect(std::size_t from, std::size_t to, Leave leave);

  // A text that carries `due_ns`, to the device's conversation, or to `account` while it has none.
  void send_text(Device& device, std::uint64_t account, std::int64_t due_ns);
  void create_group(Device& device, const std::vector<std::uint64_t>& members);
  // The time that such a text carries; 0 if it is not one.
  static std::int64_t due_of(std::string_view text);

  // Waits for sockets until `until_ns` at the latest, handles what came, writes what is to be written.
  void poll(std::int64_t until_ns);
  void flush();

  std::size_t ready() const { return ready_; }
  std::uint64_t errors() const { return errors_; }
  std::uint64_t bytes_in() const { return bytes_in_; }

 private:
  void open(Device& device);
  void close(Device& device, Leave leave);
  void lost(Device& device, const char* why);
  void handle(Device& device, std::uint32_t events);
  ssize_t receive(Device& device);
  void read(Device& device);
  bool upgraded(Device& device, std::string_view& in);
  void hear(Device& device, std::string_view payload);
  void answer(Device& device, const Heard& heard);
  void tick(Device& device);
  void touch(Device& device);
  void write(Device& device);
  void watch(Device& device, bool writable);

  Target target_;
  sockaddr_in address_{};
  std::unique_ptr<Tls> tls_;
  std::vector<Device> devices_;
  Script* script_ = nullptr;
  Script silent_;
  Reading reading_ = Reading::off;
  int epoll_ = -1;
  std::unique_ptr<char[]> buffer_;
  std::vector<Device*> dirty_;
  std::string text_;
  std::size_t ready_ = 0;
  std::uint64_t errors_ = 0;
  std::uint64_t bytes_in_ = 0;
  ClientIds ids_;
};

}  // namespace homing::load
