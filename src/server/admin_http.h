// The operator's port over HTTP, for a page or a script: the commands of the admin socket (admin.h) and what the server
// looks like now. Off unless an address is configured; whoever has the token in DATA/admin.token may do everything. Not for
// the internet. Owned by server/; lives on thread 0.
//
//   POST /v1/admin/command   {"command":"account.list"} -> {"result":...}, or {"error":...} with the status of its code
//   GET  /v1/admin/overview  {"version","started_ms","now_ms","ready","disk":{...},"metrics":{...}}
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "edge/rate.h"
#include "model/account.h"
#include "server/admin.h"
#include "server/config.h"

namespace homing::server {

inline constexpr std::size_t kAdminBodyBytesMax = kAdminLineBytesMax;
inline constexpr std::size_t kAdminConnectionsMax = 32;
inline constexpr edge::Rate kAdminWrongTokens{10, std::chrono::minutes(1)};  // of one address

// The token in DATA/admin.token, 256 random bits; made when there is none.
Result<std::string> admin_token(const std::filesystem::path& data, Random& random);

class AdminHttp {
 public:
  struct Sources {
    std::function<Task<std::string>()> overview;  // JSON
  };
  AdminHttp(boost::asio::any_io_executor executor, Admin& admin, const std::string& token, Clock& clock,
            Sources sources);

  // The port that was taken.
  Result<std::uint16_t> listen(const ListenAddress& address);
  // Call it while the io_context lives.
  void close() { acceptor_.reset(); }

  struct Request {
    std::string method;
    std::string path;
    std::string authorization;
    std::string peer;
    std::string body;
  };
  struct Answer {
    int status = 200;
    std::string body;
    std::string allow;  // of a 405
    int retry_after_s = 0;  // of a 429
  };
  // Without the socket.
  Task<Answer> answer(Request request);

 private:
  Task<void> accept_all();
  Task<void> serve(boost::asio::ip::tcp::socket socket);
  Result<void> let_in(const Request& request);

  boost::asio::any_io_executor executor_;
  Admin& admin_;
  const Hash256 token_hash_;
  Clock& clock_;
  Sources sources_;
  edge::AddressLimit wrong_tokens_{kAdminWrongTokens};
  std::optional<boost::asio::ip::tcp::acceptor> acceptor_;  // gone before its io_context is
  std::size_t connections_ = 0;
};

}  // namespace homing::server
