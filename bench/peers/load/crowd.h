// People at the ends of sockets, whatever protocol they speak: connections, TLS, reading and writing in batches. A Protocol
// turns bytes into what happened; a Workload decides what people do. One thread, one epoll set.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../../load/tls.h"
#include "message.h"

namespace homing::peers {

enum class Stage { closed, connecting, greeting, ready };

// One person's connection.
struct Line {
  std::uint32_t index = 0;
  Stage stage = Stage::closed;
  int fd = -1;
  bool dirty = false;  // something to do at the next flush
  bool blocked = false;  // the socket is full
  load::Ssl ssl;  // none: plain
  load::Ticket ticket;  // from the last TLS connection
  std::string in;  // an incomplete unit
  std::string out;
};

// What a protocol tells: the five steps of a message, and what precedes them.
class Workload {
 public:
  virtual ~Workload() = default;
  virtual void ready(Line&) {}  // logged in
  virtual void acked(Line&, std::uint64_t) {}  // the server has the message with this number
  virtual void delivered(Line&, const Message&) {}  // somebody's message arrived here
  virtual void receipted(Line&, std::uint64_t) {}  // its receiver's receipt arrived here
  virtual void joined(Line&) {}  // is in the group
  virtual void lost(Line&,
                    const std::string& why);  // the connection ended by itself; throws unless a workload expects it
};

class Crowd;

// One protocol, for all lines of a crowd.
class Protocol {
 public:
  virtual ~Protocol() = default;
  void attach(Crowd& crowd) { crowd_ = &crowd; }
  // The line is connected: the first words.
  virtual void open(Line& line) = 0;
  // Takes whole units off the front of `in`. A text is why the line is beyond use.
  virtual std::string hear(Line& line, std::string_view& in) = 0;
  // Before a batch of output is written: what is said once for many.
  virtual void flushing(Line&) {}
  virtual void send(Line& line, std::uint32_t to, const Message& message) = 0;
  // The first person founds it and joins; the others join.
  virtual void join(Line& line) = 0;
  virtual void send_group(Line& line, const Message& message) = 0;
  // Says farewell, if there is a word for it.
  virtual void leave(Line&) {}
  // Asks for messages that the server keeps beside what it pushes. False: there is no such thing.
  virtual bool fetch_archive(Line&) { return false; }

  void set_receipts(bool receipts) { receipts_ = receipts; }
  void set_text_bytes(std::size_t bytes) { text_bytes_ = bytes; }

 protected:
  Crowd* crowd_ = nullptr;
  bool receipts_ = true;  // each delivered message is answered to its sender
  std::size_t text_bytes_ = 100;
};

struct Target {
  std::uint16_t port = 0;
  bool tls = false;
};

class Crowd {
 public:
  Crowd(Target target, std::size_t people, Protocol& protocol);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  void set_workload(Workload* workload) { workload_ = workload; }
  Workload& workload() { return *workload_; }
  Line& line(std::size_t index) { return lines_[index]; }
  std::size_t size() const { return lines_.size(); }

  // Logs in people [from, to), at most `parallel` at a time; returns when all are ready. Throws after `patience_s`.
  void connect(std::size_t from, std::size_t to, std::size_t parallel = 128, double patience_s = 120);
  enum class Leave { orderly, abrupt };
  void disconnect(std::size_t from, std::size_t to, Leave leave);

  void send(std::size_t from, std::size_t to, const Message& message);
  void send_group(std::size_t from, const Message& message);
  void join(std::size_t who);

  // For protocols: the line is logged in; has something to write.
  void make_ready(Line& line);
  void touch(Line& line);

  // Waits for sockets until `until_ns` at the latest, handles what came, writes what is to be written.
  void poll(std::int64_t until_ns);
  void spin(double seconds);
  void flush();

  std::size_t ready() const { return ready_; }
  std::size_t resumed() const { return resumed_; }  // TLS handshakes that were short

 private:
  void open(Line& line);
  void close(Line& line, Leave leave);
  void lost(Line& line, const std::string& why);
  void handle(Line& line, std::uint32_t events);
  void read(Line& line);
  void write(Line& line);
  void watch(Line& line, bool writable);

  Target target_;
  sockaddr_in address_{};
  Protocol& protocol_;
  std::unique_ptr<load::Tls> tls_;
  std::vector<Line> lines_;
  Workload silent_;
  Workload* workload_ = &silent_;
  int epoll_ = -1;
  std::unique_ptr<char[]> buffer_;
  std::vector<Line*> dirty_;
  std::size_t ready_ = 0;
  std::size_t resumed_ = 0;
};

}  // namespace homing::peers
