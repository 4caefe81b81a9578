#include "fleet.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "machine.h"

namespace homing::load {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::size_t kStampDigits = 16;
constexpr int kEventsMax = 512;
constexpr std::int64_t kConnectPatienceNs = 120'000'000'000;

}  // namespace

Fleet::Fleet(Target target, const std::vector<Account>& accounts, std::size_t text_bytes)
    : target_(std::move(target)), script_(&silent_), buffer_(new char[kBufferBytes]) {
  address_.sin_family = AF_INET;
  address_.sin_port = htons(target_.port);
  if (inet_pton(AF_INET, target_.host.c_str(), &address_.sin_addr) != 1)
    throw std::runtime_error("--host wants an IPv4 address");
  if (target_.tls) tls_ = std::make_unique<Tls>();
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  devices_.resize(accounts.size());
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    devices_[i].account = &accounts[i];
    devices_[i].index = static_cast<std::uint32_t>(i);
  }
  text_.assign(std::max(text_bytes, kStampDigits), '.');
}

Fleet::~Fleet() {
  for (Device& device : devices_) close(device, Leave::orderly);
  ::close(epoll_);
}

void Fleet::connect(std::size_t from, std::size_t to, std::size_t parallel) {
  std::size_t begun = from;
  std::size_t base = ready_;
  std::int64_t patience = now_ns() + kConnectPatienceNs;
  while (ready_ - base < to - from) {
    while (begun < to && begun - from < ready_ - base + parallel) open(devices_[begun++]);
    poll(now_ns() + 100'000'000);
    if (now_ns() > patience) throw std::runtime_error("devices did not come online: " + std::to_string(ready_ - base));
  }
}

void Fleet::disconnect(std::size_t from, std::size_t to, Leave leave) {
  for (std::size_t i = from; i < to; ++i) close(devices_[i], leave);
}

void Fleet::open(Device& device) {
  device.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (device.fd < 0) throw std::runtime_error("socket: " + std::string(std::strerror(errno)));
  int one = 1;
  ::setsockopt(device.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (address_.sin_addr.s_addr == htonl(INADDR_LOOPBACK)) {
    ::setsockopt(device.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    sockaddr_in self{};
    self.sin_family = AF_INET;
    self.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + target_.worker);
    ::bind(device.fd, reinterpret_cast<sockaddr*>(&self), sizeof self);
  }
  device.state = State::connecting;
  device.in.clear();
  device.out.clear();
  device.blocked = device.dirty = false;
  if (::connect(device.fd, reinterpret_cast<sockaddr*>(&address_), sizeof address_) != 0 && errno != EINPROGRESS) {
    throw std::runtime_error("connect: " + std::string(std::strerror(errno)));
  }
  epoll_event event{EPOLLOUT, {.ptr = &device}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, device.fd, &event);
}

void Fleet::close(Device& device, Leave leave) {
  if (device.fd < 0) return;
  if (device.state == State::ready) --ready_;
  if (leave == Leave::abrupt) {
    linger abort{1, 0};  // a reset: what a phone that lost its network looks like, and no TIME_WAIT here
    ::setsockopt(device.fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  }
  device.ssl.reset();
  ::close(device.fd);
  device.fd = -1;
  device.state = State::closed;
  device.dirty = false;
  device.out.clear();
}

void Fleet::lost(Device& device, const char* why) {
  if (++errors_ <= 5) std::fprintf(stderr, "device %u lost: %s\n", device.index, why);
  close(device, Leave::abrupt);
  throw std::runtime_error(std::string("a connection ended: ") + why);
}

void Fleet::watch(Device& device, bool writable) {
  epoll_event event{EPOLLIN | (writable ? EPOLLOUT : 0u), {.ptr = &device}};
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, device.fd, &event);
}

void Fleet::poll(std::int64_t until_ns) {
  flush();
  std::int64_t wait = std::max<std::int64_t>(0, until_ns - now_ns());
  timespec timeout{wait / 1'000'000'000, wait % 1'000'000'000};
  epoll_event events[kEventsMax];
  int count = ::epoll_pwait2(epoll_, events, kEventsMax, &timeout, nullptr);
  for (int i = 0; i < count; ++i) handle(*static_cast<Device*>(events[i].data.ptr), events[i].events);
  flush();
}

void Fleet::handle(Device& device, std::uint32_t events) {
  if (device.fd < 0) return;
  if (device.state == State::connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(device.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return lost(device, std::strerror(error));
    device.state = State::upgrading;
    if (tls_ != nullptr) device.ssl = tls_->connect(device.fd, device.ticket);
    device.out = "GET /v1/ws HTTP/1.1\r\nHost: " + target_.host +
                 "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Protocol: homing.v1.proto\r\nAuthorization: Bearer " +
                 device.account->token + "\r\n\r\n";
    watch(device, false);
    return touch(device);
  }
  if ((events & EPOLLOUT) != 0) {
    device.blocked = false;
    watch(device, false);
    touch(device);
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(device);
}

ssize_t Fleet::receive(Device& device) {
  if (device.ssl == nullptr) return ::recv(device.fd, buffer_.get(), kBufferBytes, 0);
  touch(device);  // output may have waited for the handshake
  return Tls::receive(device.ssl.get(), buffer_.get(), kBufferBytes);
}

void Fleet::read(Device& device) {
  ssize_t got = receive(device);
  if (got == 0) return lost(device, "closed by the server");
  if (got < 0) {
    if (errno == EAGAIN || errno == EINTR || errno == EINPROGRESS) return;
    return lost(device, std::strerror(errno));
  }
  bytes_in_ += static_cast<std::uint64_t>(got);
  std::string_view in(buffer_.get(), static_cast<std::size_t>(got));
  if (!device.in.empty()) {
    device.in.append(in);
    in = device.in;
  }
  if (device.state == State::upgrading && !upgraded(device, in)) return;
  while (true) {
    Frame frame = next_frame(in);
    if (frame.bad) return lost(device, "bad WebSocket frame");
    if (frame.size == 0) break;
    if (frame.op == Frame::Op::binary) hear(device, frame.payload);
    if (frame.op == Frame::Op::close) {
      std::string why = "close frame";
      if (frame.payload.size() >= 2) {
        why += ' ' + std::to_string(static_cast<unsigned char>(frame.payload[0]) << 8 |
                                    static_cast<unsigned char>(frame.payload[1]));
        why += ' ' + std::string(frame.payload.substr(2));
      }
      return lost(device, why.c_str());
    }
    if (frame.op == Frame::Op::ping) {
      put_pong(device.out, frame.payload);
      touch(device);
    }
    in.remove_prefix(frame.size);
  }
  std::string rest(in);  // usually empty, and then it costs nothing
  device.in = std::move(rest);
  if (device.state == State::ready && device.cursor > device.acked) {  // one cursor for all that came with this read
    put_ack(device.out, device.cursor);
    device.acked = device.cursor;
    touch(device);
  }
}

// False while the answer to the upgrade is not complete; takes it off the front of `in` otherwise.
bool Fleet::upgraded(Device& device, std::string_view& in) {
  auto end = in.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    device.in = std::string(in);
    return false;
  }
  if (!in.starts_with("HTTP/1.1 101")) {
    lost(device, std::string(in.substr(0, std::min<std::size_t>(end, 200))).c_str());
    return false;
  }
  in.remove_prefix(end + 4);
  device.state = State::greeting;
  put_hello(device.out, device.cursor);
  touch(device);
  return true;
}

void Fleet::hear(Device& device, std::string_view payload) {
  Heard heard;
  if (!decode(payload, heard)) return lost(device, "a frame that is not a ServerFrame");
  switch (heard.kind) {
    case Kind::error:
      if (++errors_ <= 5) {
        std::fprintf(stderr, "device %u: error %llu %.*s\n", device.index, static_cast<unsigned long long>(heard.code),
                     static_cast<int>(heard.text.size()), heard.text.data());
      }
      break;
    case Kind::sent: answer(device, heard); break;
    case Kind::delivery:
      device.cursor = std::max(device.cursor, heard.position);
      if (heard.author == device.account->id) break;
      if (device.conversation == 0) device.conversation = heard.conversation;
      if (reading_ == Reading::on) {
        put_mark_read(device.out, ++device.requests, heard.conversation, heard.seq);
        touch(device);
      }
      script_->delivered(device, heard);
      break;
    case Kind::receipts:
      device.cursor = std::max(device.cursor, heard.position);
      if (heard.conversation == device.conversation) {
        device.delivered_to = std::max(device.delivered_to, heard.delivered_to);
        tick(device);
      }
      break;
    case Kind::caught_up:
      if (device.state != State::greeting) break;
      device.state = State::ready;
      ++ready_;
      script_->ready(device);
      break;
    default: break;
  }
}

void Fleet::answer(Device& device, const Heard& heard) {
  for (auto at = device.unanswered.begin(); at != device.unanswered.end(); ++at) {
    if (at->number != heard.request) continue;
    Flight flight{heard.seq, at->due_ns};
    device.unanswered.erase(at);
    device.conversation = heard.conversation;
    device.unticked.push_back(flight);
    script_->sent(device, flight, heard);
    tick(device);
    return;
  }
}

void Fleet::tick(Device& device) {
  while (!device.unticked.empty() && device.unticked.front().number <= device.delivered_to) {
    Flight flight = device.unticked.front();
    device.unticked.pop_front();
    script_->ticked(device, flight);
  }
}

void Fleet::send_text(Device& device, std::uint64_t account, std::int64_t due_ns) {
  char digits[kStampDigits];
  auto end = std::to_chars(digits, digits + kStampDigits, due_ns, 16).ptr;
  std::memset(text_.data(), '.', kStampDigits);
  std::memcpy(text_.data(), digits, static_cast<std::size_t>(end - digits));
  put_send(device.out, ++device.requests, {device.conversation, account}, ids_.fresh(), text_);
  device.unanswered.push_back({device.requests, due_ns});
  touch(device);
}

void Fleet::create_group(Device& device, const std::vector<std::uint64_t>& members) {
  put_create_group(device.out, ++device.requests, ids_.fresh(), "everybody", members);
  device.unanswered.push_back({device.requests, now_ns()});
  touch(device);
}

std::int64_t Fleet::due_of(std::string_view text) {
  std::int64_t due = 0;
  if (text.size() < kStampDigits) return 0;
  std::from_chars(text.data(), text.data() + kStampDigits, due, 16);
  return due;
}

void Fleet::touch(Device& device) {
  if (device.dirty || device.fd < 0) return;
  device.dirty = true;
  dirty_.push_back(&device);
}

void Fleet::flush() {
  std::vector<Device*> now;
  now.swap(dirty_);
  for (Device* device : now) {
    device->dirty = false;
    write(*device);
  }
  if (dirty_.empty()) {
    now.clear();
    dirty_.swap(now);  // keeps the capacity
  }
}

void Fleet::write(Device& device) {
  if (device.fd < 0 || device.blocked || device.out.empty()) return;
  ssize_t put = device.ssl != nullptr ? Tls::send(device.ssl.get(), device.out.data(), device.out.size())
                                      : ::send(device.fd, device.out.data(), device.out.size(), MSG_NOSIGNAL);
  if (put < 0 && errno == EINPROGRESS) return;
  if (put < 0 && errno != EAGAIN) return lost(device, std::strerror(errno));
  if (put > 0) device.out.erase(0, static_cast<std::size_t>(put));
  if (!device.out.empty()) {
    device.blocked = true;
    watch(device, true);
  }
}

}  // namespace homing::load
