// The server's core on one thread without sockets: Hub, Chat, Delivery, Sessions and Accounts over any store. The test
// runs it handler by handler, or until nothing is left to do, and may let it crash at any point: everything is dropped but
// the disk.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "chat/accounts.h"
#include "chat/chat.h"
#include "chat/delivery.h"
#include "chat/hub.h"
#include "chat/sessions.h"
#include "connection.h"
#include "test_disk.h"
#include "virtual_clock.h"
#include "watched_store.h"

namespace homing::test {

class TestServer {
 public:
  struct Options {
    chat::SessionLimits limits;
    std::function<bool()> loses_hint;  // asked for every batch of rings; none: all arrive
  };

  TestServer(TestDisk& disk, VirtualClock& clock, Random& random, Options options);
  ~TestServer();

  // Begins to start: catches up with the log, then lets devices in. Tries again when the disk refuses.
  void start();
  bool running() const { return life_ != nullptr; }
  bool ready() const;
  // Nothing is told to anybody; every line is dead.
  void crash();

  // Runs one handler; false if there was none.
  bool step();
  // Runs until nothing is under way. Fails the process if that takes longer than `kSettleMax`.
  void settle();
  // Runs until this is done.
  template <class T>
  T wait(Task<T> task);

  // A device calls: lets it in if its token is good. The line is dead when the server crashes or hang_up was called.
  void connect(Line line, std::string token);
  // Reads one frame from the line, if the session is not busy.
  bool read_one(const Line& line);
  void writable(const Line& line);
  void hang_up(const Line& line);

  chat::Accounts& accounts();
  chat::Chat& chat();
  chat::Sessions& sessions();
  chat::Hub& hub();
  RunningStore& store();

 private:
  struct Life;
  static Task<void> begin(Life* life);
  static Task<void> let_in(Life* life, Line line, std::string token);

  TestDisk& disk_;
  VirtualClock& clock_;
  Random& random_;
  Options options_;
  std::unique_ptr<Life> life_;
  boost::asio::io_context& io();
};

template <class T>
T TestServer::wait(Task<T> task) {
  std::optional<T> result;
  boost::asio::co_spawn(io(), std::move(task), [&result](std::exception_ptr failed, T value) {
    if (failed) std::rethrow_exception(failed);
    result.emplace(std::move(value));
  });
  while (!result) {
    if (!step()) settle();
  }
  return std::move(*result);
}

}  // namespace homing::test
