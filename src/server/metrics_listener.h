// The operator's port: GET /metrics, /healthz, /readyz, one request per connection. Not for the internet, so it is off
// unless configured. Owned by server/; lives on thread 0.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <functional>
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
  std::uint16_t port() const;

 private:
  Task<void> accept_all();
  Task<void> serve(boost::asio::ip::tcp::socket socket);

  boost::asio::any_io_executor executor_;
  Sources sources_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::size_t connections_ = 0;
};

}  // namespace homing::server
