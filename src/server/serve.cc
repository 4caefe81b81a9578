#include "server/serve.h"

#include <malloc.h>
#include <sys/resource.h>

#include <csignal>
#include <iostream>
#include <utility>

#include "server/server.h"

namespace homing::server {
namespace {

// Few heaps: with one per thread (glibc's way) what one frees the others cannot use.
constexpr int kArenasMax = 2;
constexpr int kTrimBytes = 1 << 20;

void prepare_process() {
  mallopt(M_ARENA_MAX, kArenasMax);
  mallopt(M_TRIM_THRESHOLD, kTrimBytes);
  std::signal(SIGPIPE, SIG_IGN);  // a socket whose peer is gone is an error of that call
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;  // one per connection
    setrlimit(RLIMIT_NOFILE, &files);
  }
}

}  // namespace

int serve(Config config, std::span<const edge::EmbeddedFile> files) {
  prepare_process();
  Server server(std::move(config), files);
  if (auto started = server.start(); !started) {
    std::cerr << "homing: " << started.error().detail << "\n";
    return 1;
  }
  server.run();
  return 0;
}

}  // namespace homing::server
