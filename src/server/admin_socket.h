// The way in for the operator while the server runs: a Unix socket in the data folder that only the server's own user
// may open. Lines of admin.h, pipelined; a batch that has arrived is answered together, in order.
// Owned by server/; lives on thread 0.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "server/admin.h"

namespace homing::server {

// DATA/admin.sock.
std::filesystem::path admin_socket_path(const std::filesystem::path& data);

// Socket names are short (108 bytes). A longer path is reached through an open descriptor of its folder.
class SocketName {
 public:
  explicit SocketName(const std::filesystem::path& path);
  ~SocketName();
  SocketName(const SocketName&) = delete;
  SocketName& operator=(const SocketName&) = delete;
  const std::string& text() const { return text_; }

 private:
  int folder_ = -1;
  std::string text_;
};

class AdminSocket {
 public:
  AdminSocket(boost::asio::any_io_executor executor, std::filesystem::path path, Admin& admin);
  ~AdminSocket();
  AdminSocket(const AdminSocket&) = delete;
  AdminSocket& operator=(const AdminSocket&) = delete;

  // Replaces a socket that an earlier process left behind: who calls this holds the lock of the data folder.
  Result<void> listen();
  // Takes no more connections and removes the name. Call it while the io_context lives.
  void close();

 private:
  Task<void> accept_all();
  Task<void> serve(boost::asio::local::stream_protocol::socket socket);

  boost::asio::any_io_executor executor_;
  std::filesystem::path path_;
  Admin& admin_;
  std::optional<boost::asio::local::stream_protocol::acceptor> acceptor_;  // gone before its io_context is
  std::size_t connections_ = 0;
};

}  // namespace homing::server
