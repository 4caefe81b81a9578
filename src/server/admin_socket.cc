#include "server/admin_socket.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"

namespace homing::server {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

constexpr std::size_t kConnectionsMax = 16;
constexpr auto kAcceptPause = std::chrono::milliseconds(200);  // e.g. out of descriptors: do not spin
constexpr std::size_t kReadBytes = 64 * 1024;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

// Takes the complete lines, at most kAdminBatchMax, out of the buffer.
std::vector<std::string> take_lines(std::string& buffer) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (lines.size() < kAdminBatchMax) {
    std::size_t end = buffer.find('\n', begin);
    if (end == buffer.npos) break;
    lines.push_back(buffer.substr(begin, end - begin));
    begin = end + 1;
  }
  buffer.erase(0, begin);
  return lines;
}

}  // namespace

std::filesystem::path admin_socket_path(const std::filesystem::path& data) { return data / "admin.sock"; }

SocketName::SocketName(const std::filesystem::path& path) : text_(path.string()) {
  if (text_.size() < sizeof(sockaddr_un::sun_path)) return;
  folder_ = open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder_ >= 0) text_ = "/proc/self/fd/" + std::to_string(folder_) + "/" + path.filename().string();
}

SocketName::~SocketName() {
  if (folder_ >= 0) ::close(folder_);
}

AdminSocket::AdminSocket(asio::any_io_executor executor, std::filesystem::path path, Admin& admin)
    : executor_(executor), path_(std::move(path)), admin_(admin) {}

AdminSocket::~AdminSocket() { close(); }

Result<void> AdminSocket::listen() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  SocketName name(path_);
  boost::system::error_code failed;
  acceptor_.emplace(executor_);
  acceptor_->open(Protocol(), failed);
  // The mode of the descriptor becomes that of the name: nobody else can open it, not even for a moment.
  if (!failed && fchmod(acceptor_->native_handle(), S_IRUSR | S_IWUSR) != 0) {
    failed = {errno, boost::system::system_category()};
  }
  if (!failed && name.text().size() >= sizeof(sockaddr_un::sun_path)) failed = asio::error::name_too_long;
  if (!failed) acceptor_->bind(Protocol::endpoint(name.text()), failed);
  if (!failed) acceptor_->listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    acceptor_.reset();
    return fail(Code::unavailable, path_.string() + ": " + failed.message());
  }
  asio::co_spawn(executor_, accept_all(), asio::detached);
  return {};
}

void AdminSocket::close() {
  if (!acceptor_) return;
  acceptor_.reset();
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

Task<void> AdminSocket::accept_all() {
  while (acceptor_) {
    auto [failed, socket] = co_await acceptor_->async_accept(kToken);
    if (failed == asio::error::operation_aborted) co_return;
    if (failed) {
      log::warn("admin.accept_failed", {{"reason", failed.message()}});
      asio::steady_timer pause(executor_, kAcceptPause);
      co_await pause.async_wait(kToken);
      continue;
    }
    if (connections_ < kConnectionsMax) asio::co_spawn(executor_, serve(std::move(socket)), asio::detached);
  }
}

Task<void> AdminSocket::serve(Protocol::socket socket) {
  struct Count {
    explicit Count(std::size_t& n) : count(n) { ++count; }
    ~Count() { --count; }
    std::size_t& count;
  } counted(connections_);

  std::string buffer;
  std::string chunk(kReadBytes, '\0');
  for (;;) {
    auto [failed, size] = co_await socket.async_read_some(asio::buffer(chunk), kToken);
    if (failed) co_return;
    buffer.append(chunk, 0, size);
    for (auto lines = take_lines(buffer); !lines.empty(); lines = take_lines(buffer)) {
      auto answers = co_await admin_.answer_all(std::move(lines));
      std::string out;
      for (const std::string& answer : answers) out.append(answer).push_back('\n');
      auto [lost, written] = co_await asio::async_write(socket, asio::buffer(out), kToken);
      if (lost) co_return;
    }
    if (buffer.size() > kAdminLineBytesMax) co_return;  // a line without end
  }
}

}  // namespace homing::server
