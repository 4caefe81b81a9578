// The operator's port: GET /metrics, /healthz, /readyz, one request per connection. Not for the internet, so it is off
// unless configured. Owned by server/; lives on thread 0.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "server/config.h"

namespace homing::server {

enum class Ready { no, yes };

class MetricsListener {
 public:
  struct Sources {
    std::function<Task<std::string>()> metrics;
    std::function<Ready()> ready;
  };
  MetricsListener(boost::asio::any_io_executor executor, Sources sources);

  Result<void> listen(const ListenAddress& address);
  // Call it while the io_context lives.
  void close() { acceptor_.reset(); }

 private:
  Task<void> accept_all();
  Task<void> serve(boost::asio::ip::tcp::socket socket);

  boost::asio::any_io_executor executor_;
  Sources sources_;
  std::optional<boost::asio::ip::tcp::acceptor> acceptor_;  // gone before its io_context is
  std::size_t connections_ = 0;
};

}  // namespace homing::server
