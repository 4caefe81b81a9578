#include "server/operator.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "blob/no_inspector.h"
#include "chat/accounts.h"
#include "chat/delivery.h"
#include "chat/hub.h"
#include "server/admin.h"
#include "server/admin_socket.h"
#include "server/server_key.h"
#include "server/storage.h"
#include "webhooks/desk.h"

namespace homing::server {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

constexpr auto kPatience = std::chrono::seconds(15);
constexpr auto kPause = std::chrono::milliseconds(100);
constexpr std::size_t kAnswerBytesMax = 4 * 1024 * 1024;

}  // namespace

// A running server, over its socket; blocking.
class Operator::Connection {
 public:
  static std::unique_ptr<Connection> open(const std::filesystem::path& data) {
    auto connection = std::make_unique<Connection>();
    SocketName name(admin_socket_path(data));
    boost::system::error_code failed;
    connection->socket_.connect(Protocol::endpoint(name.text()), failed);
    return failed ? nullptr : std::move(connection);
  }

  Result<std::vector<std::string>> ask(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out.append(line).push_back('\n');
    boost::system::error_code failed;
    asio::write(socket_, asio::buffer(out), failed);
    std::vector<std::string> answers;
    while (!failed && answers.size() < lines.size()) {
      std::size_t size = asio::read_until(socket_, asio::dynamic_buffer(input_, kAnswerBytesMax), '\n', failed);
      if (failed) break;
      answers.push_back(input_.substr(0, size - 1));
      input_.erase(0, size);
    }
    if (failed) return fail(Code::unavailable, "The server went away before it answered: " + failed.message());
    return answers;
  }

 private:
  asio::io_context context_;
  Protocol::socket socket_{context_};
  std::string input_;
};

// No server: the store is open in this process. The io_context is last, so it goes first.
class Operator::Offline {
 public:
  Offline(std::unique_ptr<Storage> storage, chat::FileLimits limits, const ServerKey& key)
      : storage_(std::move(storage)),
        accounts_(storage_->log(), storage_->directory(), storage_->inbox(), clock_, random_, std::nullopt),
        files_(storage_->shelf(), storage_->blobs(), inspector_, storage_->directory(), storage_->log(), clock_,
               random_, limits),
        delivery_(storage_->log(), storage_->inbox(), storage_->directory(), hub_, clock_, &files_),
        bots_(storage_->shelf(), storage_->directory(), accounts_, clock_, random_, business::derive_keys(key)),
        desk_(storage_->shelf(), storage_->inbox(), storage_->directory(), clock_, random_, [] {}),
        admin_(accounts_, files_, bots_, desk_, [](AccountId, DeviceId) {}, {}) {}

  ~Offline() { storage_->close(); }

  std::vector<std::string> ask(std::vector<std::string> lines) { return run(admin_.answer_all(std::move(lines))); }
  Result<void> catch_up() { return run(delivery_.catch_up()); }

 private:
  template <class T>
  T run(Task<T> task) {
    auto answer = asio::co_spawn(context_, std::move(task), asio::use_future);
    auto work = asio::make_work_guard(context_);
    context_.restart();
    while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) context_.run_one();
    return answer.get();
  }

  SystemClock clock_;
  SystemRandom random_;
  NoInspector inspector_;
  chat::Hub hub_;
  std::unique_ptr<Storage> storage_;
  chat::Accounts accounts_;
  chat::Files files_;
  chat::Delivery delivery_;
  business::Bots bots_;
  webhooks::Desk desk_;
  Admin admin_;
  asio::io_context context_{1};
};

Operator::Operator(std::filesystem::path data, std::optional<chat::FileLimits> sweeping)
    : data_(std::move(data)), sweeping_(sweeping) {}

Operator::~Operator() = default;

Result<void> Operator::find_way() {
  auto give_up = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    connection_ = Connection::open(data_);
    if (connection_) return {};
    auto storage = Storage::open(data_);
    if (storage) {
      SystemRandom random;
      auto key = server_key(data_, random);
      if (!key) return std::unexpected(key.error());
      offline_ = std::make_unique<Offline>(std::move(*storage), sweeping_.value_or(chat::FileLimits{}), *key);
      return sweeping_ ? offline_->catch_up() : Result<void>{};
    }
    // `conflict`: another process has the folder.
    if (storage.error().code != Code::conflict || std::chrono::steady_clock::now() > give_up) {
      return std::unexpected(storage.error());
    }
    std::this_thread::sleep_for(kPause);
  }
}

Result<std::vector<std::string>> Operator::ask(std::vector<std::string> lines) {
  CHECK(lines.size() <= kAdminBatchMax) << "the caller splits what it asks";
  if (!connection_ && !offline_) {
    if (auto found = find_way(); !found) return std::unexpected(found.error());
  }
  if (connection_) return connection_->ask(lines);
  return offline_->ask(std::move(lines));
}

}  // namespace homing::server
