// homing_gate --messages N: a fixed script through our own code, from a client's bytes to the other client's bytes, without
// sockets, disk, threads or a real clock, so that callgrind counts the same instructions each time (bench/gate/run). With
// --connections N it prints the bytes of memory that one open session takes instead.
#include <fmt/format.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <new>
#include <stdexcept>

#include "../load/frames.h"
#include "base/manual_clock.h"
#include "chat/accounts.h"
#include "chat/chat.h"
#include "chat/delivery.h"
#include "chat/sessions.h"
#include "edge/connection.h"
#include "edge/websocket.h"
#include "store/memory.h"

namespace {

std::size_t heap_bytes = 0;  // what is allocated by new now

}  // namespace

void* operator new(std::size_t size) {
  void* made = std::malloc(size);
  if (made == nullptr) throw std::bad_alloc();
  heap_bytes += malloc_usable_size(made);
  return made;
}
void operator delete(void* gone) noexcept {
  heap_bytes -= malloc_usable_size(gone);
  std::free(gone);
}
void operator delete(void* gone, std::size_t) noexcept { operator delete(gone); }

namespace homing::gate {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kPeople = 32;
constexpr std::size_t kGroupEvery = 8;  // each eighth message goes to the group of all
constexpr std::size_t kFrameBytesMax = 128 * 1024;

// A device: its end of the socket as the session sees it, and what it would answer.
class Phone : public chat::Link {
 public:
  void send(const wire::ServerFrame& frame) override {
    payload_.clear();
    wire::encode(frame, wire::Form::proto, payload_);
    edge::append_frame(out_, edge::Opcode::binary, payload_);
    if (auto* delivery = std::get_if<wire::Delivery>(&frame.body)) {
      cursor = std::max(cursor, delivery->position);
      direct = delivery->envelope.conversation;
      ++heard;
    }
    if (auto* sent = std::get_if<wire::Sent>(&frame.body)) made = sent->conversation;
    if (auto* receipts = std::get_if<wire::Receipts>(&frame.body)) cursor = std::max(cursor, receipts->position);
    if (auto* error = std::get_if<Error>(&frame.body)) throw std::runtime_error("refused: " + error->detail);
    if (out_.size() > kFrameBytesMax) out_.clear();
  }
  std::size_t pending() const override { return 0; }
  void close(chat::CloseCode, std::string_view reason) override {
    throw std::runtime_error("closed: " + std::string(reason));
  }

  Cursor cursor, acked;
  ConversationId direct, made;
  std::size_t heard = 0;

 private:
  std::string payload_, out_;
};

class World {
 public:
  explicit World(std::size_t people) : people_(people), phones_(people) {
    sessions_.join();
    for (std::size_t i = 0; i < people; ++i) asio::co_spawn(io_, add(this, i), rethrow);
    rest();
    asio::co_spawn(io_, deliver(this), rethrow);
    rest();
  }

  // Everybody's session is open and at rest.
  void connect() {
    for (std::size_t i = 0; i < people_.size(); ++i) {
      ids_.push_back(sessions_.open(people_[i], phones_[i]));
      load::put_hello(in_, 0);
      take(i);
    }
    rest();
  }

  void found_group() {
    std::vector<std::uint64_t> others;
    for (std::size_t i = 1; i < people_.size(); ++i) others.push_back(people_[i].account.value);
    load::put_create_group(in_, ++requests_, fresh_id(), "everybody", others);
    take(0);
    rest();
    group_ = phones_[0].made;
    acknowledge();
  }

  // Message `number` from its sender's bytes to everybody's acknowledgement.
  void message(std::size_t number) {
    std::size_t from = number % people_.size();
    bool to_group = number % kGroupEvery == 0;
    load::SendTo to{to_group ? group_.value : 0, to_group ? 0 : people_[from ^ 1].account.value};
    load::put_send(in_, ++requests_, to, fresh_id(), text_);
    take(from);
    rest();
    acknowledge();
  }

  std::size_t heard() const {
    std::size_t sum = 0;
    for (const Phone& phone : phones_) sum += phone.heard;
    return sum;
  }

 private:
  static void rethrow(std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  }
  static Task<void> add(World* self, std::size_t i) {
    std::string phone = fmt::format("+1555{:07}", i + 1), name = fmt::format("person {}", i), device = "gate";
    auto made = co_await self->accounts_.add(std::move(phone), std::move(name), std::move(device));
    if (!made) throw std::runtime_error(made.error().detail);
    self->people_[i] = Caller{made->account, made->device};
  }
  static Task<void> deliver(World* self) {
    auto caught_up = co_await self->delivery_.catch_up();
    if (!caught_up) throw std::runtime_error(caught_up.error().detail);
    co_await self->delivery_.run();
  }

  // Until nothing is left to do but wait for time.
  void rest() {
    while (io_.poll() > 0) io_.restart();
    io_.restart();
  }
  // What is in `in_` arrives from person i, as the edge would take it.
  void take(std::size_t i) {
    edge::FrameReader reader(std::span<char>(in_), fragments_, kFrameBytesMax);
    for (edge::Step step = reader.next(); step.kind == edge::Step::Kind::message; step = reader.next()) {
      std::uint64_t request = 0;
      auto frame = wire::decode(step.payload, wire::Form::proto, request);
      if (!frame) throw std::runtime_error(frame.error().detail);
      sessions_.receive(ids_[i], std::move(*frame));
    }
    in_.clear();
  }
  void acknowledge() {
    for (std::size_t i = 0; i < phones_.size(); ++i) {
      if (phones_[i].cursor == phones_[i].acked) continue;
      phones_[i].acked = phones_[i].cursor;
      load::put_ack(in_, phones_[i].cursor.value);
      take(i);
    }
    rest();
  }
  load::ClientId fresh_id() {
    load::ClientId id{};
    ++ids_made_;
    for (std::size_t i = 0; i < 8; ++i) id[i + 1] = static_cast<char>(ids_made_ >> (56 - 8 * i));
    return id;
  }

  asio::io_context io_{1};
  ManualClock clock_;
  SeededRandom random_{1};
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  chat::Hub hub_;
  chat::Chat chat_{store_.log(), store_.inbox(), store_.directory(), hub_, clock_, random_};
  chat::Delivery delivery_{store_.log(), store_.inbox(), store_.directory(), hub_, clock_};
  chat::Accounts accounts_{store_.log(), store_.directory(), store_.inbox(), clock_, random_, std::nullopt};
  chat::SessionLimits limits_{.frames_per_second = 1e9, .frames_burst = 1e9};
  chat::Sessions sessions_{0, io_.get_executor(), chat_, hub_, limits_};
  std::vector<Caller> people_;
  std::vector<Phone> phones_;
  std::vector<chat::SessionId> ids_;
  std::unique_ptr<edge::Fragments> fragments_;
  std::string in_, text_ = std::string(100, '.');
  ConversationId group_;
  std::uint64_t requests_ = 0, ids_made_ = 0;
};

int talk(std::size_t messages) {
  World world(kPeople);
  world.connect();
  world.found_group();
  std::size_t before = world.heard(), expected = 0;
  for (std::size_t i = 0; i < messages; ++i) {
    world.message(i);
    expected += i % kGroupEvery == 0 ? kPeople - 1 : 1;
  }
  std::size_t heard = world.heard() - before;
  fmt::print("{{\"messages\":{},\"deliveries\":{}}}\n", messages, heard);
  return heard == expected ? 0 : 1;
}

int hold(std::size_t connections) {
  World world(connections);
  std::size_t before = heap_bytes;
  world.connect();
  fmt::print("{{\"session_bytes\":{},\"connection_bytes\":{}}}\n", (heap_bytes - before) / connections,
             sizeof(edge::Connection));
  return 0;
}

}  // namespace
}  // namespace homing::gate

int main(int argc, char** argv) {
  std::size_t messages = 1000, connections = 0;
  CLI::App app("A fixed script through the core, for counting");
  app.add_option("--messages", messages)->capture_default_str();
  app.add_option("--connections", connections, "Instead: bytes of memory of one open session");
  CLI11_PARSE(app, argc, argv);
  try {
    return connections > 0 ? homing::gate::hold(connections) : homing::gate::talk(messages);
  } catch (const std::exception& error) {
    fmt::print(stderr, "homing_gate: {}\n", error.what());
    return 1;
  }
}
