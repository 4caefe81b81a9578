#include "crowd.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "../../load/machine.h"

namespace homing::peers {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr int kEventsMax = 512;

}  // namespace

void Workload::lost(Line& line, const std::string& why) {
  throw std::runtime_error("the connection of person " + std::to_string(line.index) + " ended: " + why);
}

Crowd::Crowd(Target target, std::size_t people, Protocol& protocol)
    : target_(target), protocol_(protocol), lines_(people), buffer_(new char[kBufferBytes]) {
  address_.sin_family = AF_INET;
  address_.sin_port = htons(target_.port);
  address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (target_.tls) tls_ = std::make_unique<load::Tls>();
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < people; ++i) lines_[i].index = static_cast<std::uint32_t>(i);
  protocol_.attach(*this);
}

Crowd::~Crowd() {
  for (Line& line : lines_) close(line, Leave::abrupt);
  ::close(epoll_);
}

void Crowd::connect(std::size_t from, std::size_t to, std::size_t parallel, double patience_s) {
  std::size_t begun = from, base = ready_;
  std::int64_t patience = load::now_ns() + static_cast<std::int64_t>(patience_s * 1e9);
  while (ready_ - base < to - from) {
    while (begun < to && begun - from < ready_ - base + parallel) open(lines_[begun++]);
    poll(load::now_ns() + 100'000'000);
    if (load::now_ns() > patience) {
      throw std::runtime_error("only " + std::to_string(ready_ - base) + " of " + std::to_string(to - from) +
                               " people got online in " + std::to_string(static_cast<int>(patience_s)) + " s");
    }
  }
}

void Crowd::disconnect(std::size_t from, std::size_t to, Leave leave) {
  for (std::size_t i = from; i < to; ++i) {
    if (leave == Leave::orderly && lines_[i].stage == Stage::ready) {
      protocol_.leave(lines_[i]);
      write(lines_[i]);
    }
    close(lines_[i], leave);
  }
}

void Crowd::open(Line& line) {
  line.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (line.fd < 0) throw std::runtime_error("socket: " + std::string(std::strerror(errno)));
  int one = 1;
  ::setsockopt(line.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  line.stage = Stage::connecting;
  line.in.clear();
  line.out.clear();
  line.blocked = line.dirty = false;
  if (::connect(line.fd, reinterpret_cast<sockaddr*>(&address_), sizeof address_) != 0 && errno != EINPROGRESS) {
    throw std::runtime_error("connect: " + std::string(std::strerror(errno)));
  }
  epoll_event event{EPOLLOUT, {.ptr = &line}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, line.fd, &event);
}

void Crowd::close(Line& line, Leave leave) {
  if (line.fd < 0) return;
  if (line.stage == Stage::ready) --ready_;
  if (leave == Leave::abrupt) {
    linger abort{1, 0};  // a reset, as from a phone that lost its network, and no TIME_WAIT here
    ::setsockopt(line.fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  }
  line.ssl.reset();
  ::close(line.fd);
  line.fd = -1;
  line.stage = Stage::closed;
  line.out.clear();
}

void Crowd::lost(Line& line, const std::string& why) {
  close(line, Leave::abrupt);
  workload_->lost(line, why);
}

void Crowd::make_ready(Line& line) {
  if (line.stage == Stage::ready) return;
  line.stage = Stage::ready;
  ++ready_;
  if (line.ssl != nullptr && SSL_session_reused(line.ssl.get()) == 1) ++resumed_;
  workload_->ready(line);
}

void Crowd::send(std::size_t from, std::size_t to, const Message& message) {
  protocol_.send(lines_[from], static_cast<std::uint32_t>(to), message);
  touch(lines_[from]);
}

void Crowd::send_group(std::size_t from, const Message& message) {
  protocol_.send_group(lines_[from], message);
  touch(lines_[from]);
}

void Crowd::join(std::size_t who) {
  protocol_.join(lines_[who]);
  touch(lines_[who]);
}

void Crowd::watch(Line& line, bool writable) {
  epoll_event event{EPOLLIN | (writable ? EPOLLOUT : 0u), {.ptr = &line}};
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, line.fd, &event);
}

void Crowd::poll(std::int64_t until_ns) {
  flush();
  std::int64_t wait = std::max<std::int64_t>(0, until_ns - load::now_ns());
  timespec timeout{wait / 1'000'000'000, wait % 1'000'000'000};
  epoll_event events[kEventsMax];
  int count = ::epoll_pwait2(epoll_, events, kEventsMax, &timeout, nullptr);
  for (int i = 0; i < count; ++i) handle(*static_cast<Line*>(events[i].data.ptr), events[i].events);
  flush();
}

void Crowd::spin(double seconds) {
  std::int64_t until = load::now_ns() + static_cast<std::int64_t>(seconds * 1e9);
  while (load::now_ns() < until) poll(until);
}

void Crowd::handle(Line& line, std::uint32_t events) {
  if (line.fd < 0) return;
  if (line.stage == Stage::connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(line.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return lost(line, std::strerror(error));
    line.stage = Stage::greeting;
    if (tls_ != nullptr) line.ssl = tls_->connect(line.fd, line.ticket);
    protocol_.open(line);
    watch(line, false);
    return touch(line);
  }
  if ((events & EPOLLOUT) != 0) {
    line.blocked = false;
    watch(line, false);
    touch(line);
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(line);
}

void Crowd::read(Line& line) {
  if (line.ssl != nullptr) touch(line);  // output may have waited for the handshake
  ssize_t got = line.ssl != nullptr ? load::Tls::receive(line.ssl.get(), buffer_.get(), kBufferBytes)
                                    : ::recv(line.fd, buffer_.get(), kBufferBytes, 0);
  if (got == 0) return lost(line, "closed by the server");
  if (got < 0) {
    if (errno == EAGAIN || errno == EINTR || errno == EINPROGRESS) return;
    return lost(line, std::strerror(errno));
  }
  std::string_view in(buffer_.get(), static_cast<std::size_t>(got));
  if (!line.in.empty()) {
    line.in.append(in);
    in = line.in;
  }
  std::string why = protocol_.hear(line, in);
  if (!why.empty()) return lost(line, why);
  std::string rest(in);  // usually empty, and then it costs nothing
  line.in = std::move(rest);
}

void Crowd::touch(Line& line) {
  if (line.dirty || line.fd < 0) return;
  line.dirty = true;
  dirty_.push_back(&line);
}

void Crowd::flush() {
  std::vector<Line*> now;
  now.swap(dirty_);
  for (Line* line : now) {
    line->dirty = false;
    if (line->fd >= 0 && line->stage == Stage::ready) protocol_.flushing(*line);
    write(*line);
  }
  if (dirty_.empty()) {
    now.clear();
    dirty_.swap(now);  // keeps the capacity
  }
}

void Crowd::write(Line& line) {
  if (line.fd < 0 || line.blocked || line.out.empty()) return;
  ssize_t put = line.ssl != nullptr ? load::Tls::send(line.ssl.get(), line.out.data(), line.out.size())
                                    : ::send(line.fd, line.out.data(), line.out.size(), MSG_NOSIGNAL);
  if (put < 0 && errno == EINPROGRESS) return;
  if (put < 0 && errno != EAGAIN) return lost(line, std::strerror(errno));
  if (put > 0) line.out.erase(0, static_cast<std::size_t>(put));
  if (!line.out.empty()) {
    line.blocked = true;
    watch(line, true);
  }
}

}  // namespace homing::peers
