// Floors that the server is compared with: the least that this machine asks for a durable record and for a relayed frame.
#include <benchmark/benchmark.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>

#include "prewritten_log.h"

namespace {

using homing::bench::PrewrittenLog;

void prewritten_log(benchmark::State& state) {
  PrewrittenLog log;
  for (auto _ : state) log.commit(static_cast<std::size_t>(state.range(0)));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(prewritten_log)->Arg(1)->Arg(64)->Arg(512)->UseRealTime();

// A frame in through one socket, out through another, read at the far end: three of these system calls are the server's.
void relay_of_one_frame(benchmark::State& state) {
  std::array<int, 2> in{}, out{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, in.data()) != 0 || ::socketpair(AF_UNIX, SOCK_STREAM, 0, out.data()) != 0) {
    throw std::runtime_error("no sockets");
  }
  int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{EPOLLIN, {.fd = in[1]}};
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, in[1], &event);
  std::string frame(150, 'x');
  std::array<char, 4096> buffer{};
  for (auto _ : state) {
    (void)!::send(in[0], frame.data(), frame.size(), 0);
    ::epoll_wait(epoll, &event, 1, -1);
    ssize_t got = ::recv(event.data.fd, buffer.data(), buffer.size(), 0);
    (void)!::send(out[0], buffer.data(), static_cast<std::size_t>(got), 0);
    (void)!::recv(out[1], buffer.data(), buffer.size(), 0);
  }
  for (int fd : {in[0], in[1], out[0], out[1], epoll}) ::close(fd);
}
BENCHMARK(relay_of_one_frame);

}  // namespace
