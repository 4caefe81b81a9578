// homing_floor PORT [LOGFILE]: the physical floor of a chat server. A plain epoll loop relays messages and receipts between
// connections; with a log file each message is durable (one group commit for all that one turn of the loop brought) before
// anybody hears of it. It knows no accounts, no inboxes, no history: what a server costs above this is what those cost.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "../../micro/prewritten_log.h"
#include "frame.h"

namespace homing::peers::floor {
namespace {

constexpr int kEventsMax = 512;
constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::size_t kPeopleMax = 100'000;

struct Connection {
  int fd = -1;
  std::uint32_t person = 0;
  bool dirty = false;
  bool blocked = false;
  std::string in, out;
};

class Relay {
 public:
  Relay(std::uint16_t port, const char* log) : people_(kPeopleMax), buffer_(new char[kBufferBytes]) {
    if (log != nullptr) log_.emplace(log);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int one = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 4096) != 0) {
      throw std::runtime_error("the port cannot be used");
    }
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{EPOLLIN, {.ptr = nullptr}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
  }

  void turn() {
    std::array<epoll_event, kEventsMax> events;
    int count = ::epoll_wait(epoll_, events.data(), kEventsMax, -1);
    records_ = 0;
    for (int i = 0; i < count; ++i) {
      auto* connection = static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (connection == nullptr) {
        accept();
        continue;
      }
      if ((events[static_cast<std::size_t>(i)].events & EPOLLOUT) != 0) {
        connection->blocked = false;
        watch(*connection, false);
        touch(*connection);
      }
      read(*connection);
    }
    if (log_ && records_ > 0) log_->commit(records_);
    for (Connection* connection : dirty_) write(*connection);
    dirty_.clear();
    ended_.clear();
  }

 private:
  void accept() {
    for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      int one = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      auto* connection = new Connection;  // owned by the epoll set until it ends
      connection->fd = fd;
      epoll_event event{EPOLLIN, {.ptr = connection}};
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    }
  }

  void read(Connection& connection) {
    if (connection.fd < 0) return;
    ssize_t got = ::recv(connection.fd, buffer_.get(), kBufferBytes, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return end(connection);
    std::string_view in(buffer_.get(), static_cast<std::size_t>(got));
    if (!connection.in.empty()) in = connection.in.append(in);
    Frame frame;
    Taken taken = Taken::partial;
    while ((taken = take(in, frame)) == Taken::whole) hear(connection, frame);
    if (taken == Taken::bad) return end(connection);
    std::string rest(in);
    connection.in = std::move(rest);
  }

  void hear(Connection& from, const Frame& frame) {
    if (frame.person >= kPeopleMax) return;
    if (frame.kind == Kind::hello) {
      from.person = frame.person;
      people_[frame.person] = &from;
      return say(from, {Kind::welcome, 0, 0, {}});
    }
    if (frame.kind == Kind::message) {
      ++records_;
      say(from, {Kind::sent, frame.person, frame.number, {}});
    }
    Connection* to = people_[frame.person];
    if (to != nullptr) say(*to, {frame.kind, from.person, frame.number, frame.text});
  }

  void say(Connection& connection, const Frame& frame) {
    put(connection.out, frame);
    touch(connection);
  }
  void touch(Connection& connection) {
    if (connection.dirty || connection.fd < 0) return;
    connection.dirty = true;
    dirty_.push_back(&connection);
  }
  void watch(Connection& connection, bool writable) {
    epoll_event event{EPOLLIN | (writable ? EPOLLOUT : 0u), {.ptr = &connection}};
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
  }
  void write(Connection& connection) {
    connection.dirty = false;
    if (connection.fd < 0 || connection.blocked || connection.out.empty()) return;
    ssize_t put = ::send(connection.fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (put > 0) connection.out.erase(0, static_cast<std::size_t>(put));
    if (connection.out.empty()) return;
    connection.blocked = true;
    watch(connection, true);
  }
  void end(Connection& connection) {
    if (people_[connection.person] == &connection) people_[connection.person] = nullptr;
    ::close(connection.fd);
    connection.fd = -1;
    ended_.emplace_back(&connection);  // freed when this turn is over
  }

  std::vector<Connection*> people_;
  std::unique_ptr<char[]> buffer_;
  std::optional<bench::PrewrittenLog> log_;
  std::vector<Connection*> dirty_;
  std::vector<std::unique_ptr<Connection>> ended_;
  std::size_t records_ = 0;
  int listener_ = -1, epoll_ = -1;
};

}  // namespace
}  // namespace homing::peers::floor

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "homing_floor PORT [LOGFILE]\n");
    return 2;
  }
  try {
    homing::peers::floor::Relay relay(static_cast<std::uint16_t>(std::atoi(argv[1])), argc > 2 ? argv[2] : nullptr);
    while (true) relay.turn();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
