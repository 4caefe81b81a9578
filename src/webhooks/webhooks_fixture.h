// For tests: a clock that moves when the test says so, a receiver without a network, and a server's core on one thread
// that can crash and start again on the same disk.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/manual_clock.h"
#include "base/random.h"
#include "chat/chat.h"
#include "chat/delivery.h"
#include "chat/hub.h"
#include "store/memory.h"
#include "webhooks/webhooks.h"

namespace homing::webhooks {

// Takes bodies at the same moment, each for as long as `takes`, and answers what `status` says. 0: no answer; -1: it was
// never asked, because too much was under way.
struct FakeReceiver {
  struct Post {
    Time at;
    HttpRequest request;
    int status = 0;
  };
  Clock& clock;
  std::function<int(const HttpRequest&)> status = [](const HttpRequest&) { return 200; };
  std::chrono::milliseconds takes{0};
  std::vector<Post> posts;  // as they were answered
  std::size_t under_way = 0;
  std::size_t under_way_most = 0;

  Task<Result<HttpAnswer>> take(HttpRequest request) {
    under_way_most = std::max(under_way_most, ++under_way);
    if (takes.count() > 0) co_await clock.sleep(takes);
    --under_way;
    Post post{clock.now(), std::move(request), 0};
    post.status = status(post.request);
    posts.push_back(std::move(post));
    if (posts.back().status == -1) co_return fail(Code::rate_limited, "Too many requests are under way.");
    if (posts.back().status == 0) co_return fail(Code::unavailable, "Couldn't connect to server");
    HttpAnswer answer;
    answer.status = posts.back().status;
    co_return answer;
  }
  Ask ask() {
    return [this](HttpRequest request) { return take(std::move(request)); };
  }
  // The bodies that were taken, in order.
  std::vector<std::string> taken() const {
    std::vector<std::string> bodies;
    for (const Post& post : posts) {
      if (post.request.method == Method::post && post.status / 100 == 2) bodies.push_back(post.request.body);
    }
    return bodies;
  }
};

// Decides what becomes of writes: the one with number `crash_at` and all after it are lost with the process.
struct Fault {
  std::size_t writes = 0;
  std::optional<std::size_t> crash_at;
  Fate last = Fate::refused;  // whether the write that the crash interrupts is on disk
  bool refuses = false;  // the disk is full

  bool crashed() const { return crash_at && writes > *crash_at; }
  Fate next() {
    if (refuses) return Fate::refused;
    std::size_t number = writes++;
    if (!crash_at || number < *crash_at) return Fate::done;
    return number == *crash_at ? last : Fate::refused;
  }
};

template <class T>
T run_on(boost::asio::io_context& io, Task<T> task) {
  std::optional<T> result;
  boost::asio::co_spawn(io, std::move(task), [&result](std::exception_ptr failed, T value) {
    if (failed) std::rethrow_exception(failed);
    result.emplace(std::move(value));
  });
  io.restart();
  io.poll();
  if (!result) throw std::runtime_error("it waits for something");
  return std::move(*result);
}

}  // namespace homing::webhooks
