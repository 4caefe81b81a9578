#include "test_server.h"

#include <boost/asio/post.hpp>

#include <chrono>

#include "base/check.h"
#include "push/memory_push.h"

namespace homing::test {
namespace {

constexpr std::chrono::seconds kSettleMax{30};
constexpr std::chrono::milliseconds kPauseBeforeNextTry{100};

}  // namespace

// Everything that a crash takes. The io_context goes first, with all suspended coroutines in it.
struct TestServer::Life {
  Life(TestDisk& disk, VirtualClock& clock, Random& random, const Options& options)
      : clock(clock),
        store(disk.start(clock)),
        watched(store->log(), store->inbox(), store->directory(), store->shelf()),
        chat(watched, watched, watched, hub, clock, random),
        accounts(watched, watched, watched, clock, random, std::nullopt),
        seen(watched, clock),
        presence(watched, hub, seen),
        devices(accounts, watched, hub, seen),
        pushes({watched, watched, watched, watched, clock}, gateway),
        delivery(watched, watched, watched, hub, clock, nullptr, &pushes),
        io(std::make_unique<boost::asio::io_context>(1)),
        sessions(0, io->get_executor(), chat, hub, options.limits, {&devices, &presence, &pushes}) {
    sessions.join(options.loses_hint);
  }
  ~Life() {
    store->stop();
    io.reset();
  }

  VirtualClock& clock;
  std::unique_ptr<RunningStore> store;
  WatchedStore watched;
  chat::Hub hub;
  chat::Chat chat;
  chat::Accounts accounts;
  chat::LastSeen seen;
  chat::Presence presence;
  chat::Devices devices;
  MemoryPush gateway;
  chat::Pushes pushes;
  chat::Delivery delivery;
  std::unique_ptr<boost::asio::io_context> io;
  chat::Sessions sessions;
  bool ready = false;
};

TestServer::TestServer(TestDisk& disk, VirtualClock& clock, Random& random, Options options)
    : disk_(disk), clock_(clock), random_(random), options_(std::move(options)) {}

TestServer::~TestServer() = default;

void TestServer::start() {
  CHECK(!life_) << "the server runs already";
  life_ = std::make_unique<Life>(disk_, clock_, random_, options_);
  boost::asio::co_spawn(*life_->io, begin(life_.get()), boost::asio::detached);
}

Task<void> TestServer::begin(Life* life) {
  for (;;) {
    auto caught_up = co_await life->delivery.catch_up();
    if (caught_up) break;
    co_await life->clock.sleep(kPauseBeforeNextTry);
  }
  life->ready = true;
  co_await life->delivery.run();
}

bool TestServer::ready() const { return life_ && life_->ready; }
void TestServer::crash() {
  CHECK(life_) << "the server does not run";
  life_->store->crash();
  life_.reset();
}

boost::asio::io_context& TestServer::io() {
  CHECK(life_) << "the server does not run";
  return *life_->io;
}

bool TestServer::step() {
  io().restart();
  return io().poll_one() != 0;
}

void TestServer::settle() {
  auto deadline = std::chrono::steady_clock::now() + kSettleMax;
  for (;;) {
    io().restart();
    if (io().poll() != 0) continue;
    if (life_->watched.quiet()) return;
    // A thread of the store, or the clock, has to do something first.
    if (io().run_one_for(std::chrono::milliseconds(1)) == 0 && clock_.next_due()) return;
    CHECK(std::chrono::steady_clock::now() < deadline) << "the server does not come to rest";
  }
}

void TestServer::connect(Line line, std::string token) {
  boost::asio::co_spawn(io(), let_in(life_.get(), std::move(line), std::move(token)), boost::asio::detached);
}

Task<void> TestServer::let_in(Life* life, Line line, std::string token) {
  auto caller = co_await life->accounts.authenticate(std::move(token));
  if (line->cut) co_return;
  if (!life->ready || !caller) {
    bool refused = life->ready && caller.error().code == Code::unauthenticated;
    line->close(refused ? chat::CloseCode::unauthenticated : chat::CloseCode::going_away, "not let in");
    co_return;
  }
  line->session = life->sessions.open(*caller, *line);
}

bool TestServer::read_one(const Line& line) {
  if (!life_ || !line->session || line->cut || line->to_server.empty()) return false;
  if (life_->sessions.busy(*line->session)) return false;
  std::string bytes = std::move(line->to_server.front());
  line->to_server.pop_front();
  std::uint64_t request = 0;
  auto frame = wire::decode(bytes, line->form(), request);
  if (frame) {
    life_->sessions.receive(*line->session, std::move(*frame));
  } else {
    life_->sessions.refuse(*line->session, request, frame.error());
  }
  return true;
}

void TestServer::writable(const Line& line) {
  if (life_ && line->session && !line->cut) life_->sessions.writable(*line->session);
}

void TestServer::hang_up(const Line& line) {
  if (life_ && line->session && !line->cut) life_->sessions.close(*line->session);
  line->cut = true;
}

chat::Accounts& TestServer::accounts() { return life_->accounts; }
chat::Chat& TestServer::chat() { return life_->chat; }
chat::Sessions& TestServer::sessions() { return life_->sessions; }
chat::Hub& TestServer::hub() { return life_->hub; }
RunningStore& TestServer::store() { return *life_->store; }

}  // namespace homing::test
