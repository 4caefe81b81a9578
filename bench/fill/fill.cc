// homing_fill --data DIR --accounts N --messages M: a data folder as it is after a long time of use, made through the
// core itself (accounts, chat, delivery) without sockets. Many coroutines on one thread keep the store's groups full.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstring>
#include <deque>
#include <fstream>
#include <stdexcept>

#include "chat/accounts.h"
#include "chat/chat.h"
#include "chat/client_ids.h"
#include "chat/delivery.h"
#include "events.pb.h"
#include "server/storage.h"

namespace homing::bench {
namespace {

namespace asio = boost::asio;

struct Options {
  std::string data;
  std::string tokens;
  std::size_t tokens_count = 1000;
  std::size_t accounts = 1'000'000;
  std::size_t messages = 10'000'000;
  std::size_t burst = 10;      // messages of one pair at a time
  std::size_t in_flight = 512; // coroutines
  std::size_t text_bytes = 100;
};

constexpr std::size_t kAcksBehind =
    4;  // bursts between a message and its receiver's acknowledgement: delivery comes first

template <class T>
T must(Result<T> result, const char* what) {
  if (!result)
    throw std::runtime_error(
        fmt::format("{}: code {} {}", what, static_cast<int>(result.error().code), result.error().detail));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class Filler {
 public:
  Filler(const Options& options, server::Storage& storage)
      : options_(options),
        storage_(storage),
        accounts_(storage.log(), storage.directory(), storage.inbox(), clock_, random_, std::nullopt),
        chat_(storage.log(), storage.inbox(), storage.directory(), hub_, clock_, random_),
        delivery_(storage.log(), storage.inbox(), storage.directory(), hub_, clock_),
        callers_(options.accounts) {
    v1::Content content;
    content.mutable_text()->set_text(std::string(options.text_bytes, '.'));
    body_ = content.SerializeAsString();
  }
  // The store ends while its callers' io_context lives, also when something failed.
  ~Filler() { storage_.close(); }
  Filler(const Filler&) = delete;
  Filler& operator=(const Filler&) = delete;

  void run() {
    work("accounts", &Filler::add_accounts);
    write_tokens();
    asio::co_spawn(io_, catch_up(), rethrow);
    io_.run();
    io_.restart();
    asio::co_spawn(io_, delivery_.run(), asio::detached);
    work("messages", &Filler::talk);
    // What was said last is still to be posted and written behind.
    auto until = std::chrono::steady_clock::now() + std::chrono::seconds(3);
    io_.run_until(until);
  }

 private:
  static void rethrow(std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  }
  void work(const char* what, Task<void> (Filler::*part)()) {
    running_ = options_.in_flight;
    for (std::size_t i = 0; i < options_.in_flight; ++i) asio::co_spawn(io_, (this->*part)(), rethrow);
    auto shown = std::chrono::steady_clock::now();
    while (running_ > 0) {
      io_.run_one();
      auto now = std::chrono::steady_clock::now();
      if (now - shown < std::chrono::seconds(10)) continue;
      shown = now;
      fmt::print(stderr, "{}: {} accounts, {} messages so far\n", what, next_account_, said_);
    }
  }

  Task<void> catch_up() { must(co_await delivery_.catch_up(), "catch up"); }

  Task<void> add_accounts() {
    while (next_account_ < options_.accounts) {
      std::size_t i = next_account_++;
      std::string phone = fmt::format("+1555{:07}", i + 1), name = fmt::format("person {}", i + 1), device = "bench";
      auto made = must(co_await accounts_.add(std::move(phone), std::move(name), std::move(device)), "account");
      callers_[i] = Caller{made.account, made.device};
      if (i < options_.tokens_count) tokens_.push_back(made);
    }
    --running_;
  }

  Task<void> talk() {
    struct Later {
      Caller caller;
      Cursor cursor;
    };
    std::deque<Later> acks;
    while (said_ < options_.messages) {
      std::size_t pair = next_pair_++ % (options_.accounts / 2) * 2;
      Cursor end;
      for (std::size_t i = 0; i < options_.burst && said_ < options_.messages; ++i) {
        ++said_;
        Caller from = callers_[pair + i % 2];
        wire::Send send;
        send.to = callers_[pair + 1 - i % 2].account;
        send.client_id = chat::fresh_client_id(clock_.now(), random_);
        send.body = Body{Encoding::plain, body_};
        auto envelope = must(co_await chat_.send(from, std::move(send)), "send");
        end = Cursor::at(envelope.commit);
      }
      acks.push_back(Later{callers_[pair], end});
      acks.push_back(Later{callers_[pair + 1], end});
      while (acks.size() > kAcksBehind * 2) {
        Later ack = acks.front();
        acks.pop_front();
        must(co_await chat_.acknowledge(ack.caller, ack.cursor, chat::Chat::Saying::first), "acknowledge");
      }
    }
    --running_;
  }

  void write_tokens() const {
    if (options_.tokens.empty()) return;
    std::ofstream out(options_.tokens);
    for (const chat::NewDevice& device : tokens_) {
      out << fmt::format("{{\"account_id\":\"{}\",\"phone\":\"{}\",\"device_id\":\"{}\",\"token\":\"{}\"}}\n",
                         device.account.value, device.phone, device.device.value, device.token);
    }
  }

  const Options& options_;
  server::Storage& storage_;
  SystemClock clock_;
  SystemRandom random_;
  chat::Hub hub_;
  chat::Accounts accounts_;
  chat::Chat chat_;
  chat::Delivery delivery_;
  std::vector<Caller> callers_;
  std::vector<chat::NewDevice> tokens_;
  std::string body_;
  std::size_t next_account_ = 0, next_pair_ = 0, said_ = 0, running_ = 0;
  asio::io_context io_{1};
};

int fill(const Options& options) {
  auto storage = must(server::Storage::open(options.data), "open");
  Filler filler(options, *storage);
  filler.run();
  return 0;
}

}  // namespace
}  // namespace homing::bench

int main(int argc, char** argv) {
  homing::bench::Options options;
  CLI::App app("Fills a data folder with accounts and messages");
  app.add_option("--data", options.data, "the folder")->required();
  app.add_option("--accounts", options.accounts)->check(CLI::Range(2, 100'000'000))->capture_default_str();
  app.add_option("--messages", options.messages)->capture_default_str();
  app.add_option("--tokens", options.tokens, "write the credentials of the first accounts to this file");
  app.add_option("--tokens-count", options.tokens_count)->capture_default_str();
  app.add_option("--in-flight", options.in_flight)->check(CLI::Range(1, 100'000))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return homing::bench::fill(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "homing_fill: {}\n", error.what());
    return 1;
  }
}
