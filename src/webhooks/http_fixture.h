// For tests: a receiver on a socket of this process. Takes one request per connection and answers with whatever bytes the
// test says; it may also stay silent, or be slow.
#pragma once

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace homing::webhooks {

// What the receiver does with a request, on a thread of its own.
using Answering = std::function<void(boost::asio::ip::tcp::socket& socket, const std::string& request)>;

inline void say(boost::asio::ip::tcp::socket& socket, const std::string& bytes) {
  boost::system::error_code ignored;
  boost::asio::write(socket, boost::asio::buffer(bytes), ignored);
}
inline Answering always(std::string answer) {
  return
      [answer = std::move(answer)](boost::asio::ip::tcp::socket& socket, const std::string&) { say(socket, answer); };
}
inline std::string answer_of(const std::string& status, const std::string& body, const std::string& headers = {}) {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
// Until the other side gives up.
inline void stay_silent(boost::asio::ip::tcp::socket& socket, const std::string& = {}) {
  boost::system::error_code failed;
  char byte = 0;
  while (!failed) boost::asio::read(socket, boost::asio::buffer(&byte, 1), failed);
}

class Receiver {
 public:
  explicit Receiver(Answering answering) : answering_(std::move(answering)), thread_([this] { accept(); }) {}
  ~Receiver() {
    stopping_ = true;
    {
      boost::system::error_code ignored;
      boost::asio::ip::tcp::socket wake(io_);
      wake.connect(acceptor_.local_endpoint(), ignored);
    }
    thread_.join();
    for (std::thread& thread : connections_) thread.join();
  }
  std::string url(const std::string& path = "/hook", const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + path;
  }
  std::vector<std::string> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void accept() {
    for (;;) {
      auto socket = acceptor_.accept();
      if (stopping_) return;
      connections_.emplace_back([this, socket = std::move(socket)]() mutable { serve(socket); });
    }
  }
  void serve(boost::asio::ip::tcp::socket& socket) {
    boost::system::error_code failed;
    std::string request;
    std::size_t head = boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n", failed);
    std::size_t length = request.find("Content-Length: ");
    if (length < head) {
      std::size_t whole = head + std::stoul(request.substr(length + 16));
      while (!failed && request.size() < whole) {
        boost::asio::read(socket, boost::asio::dynamic_buffer(request), boost::asio::transfer_at_least(1), failed);
      }
    }
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    answering_(socket, request);
  }

  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
  Answering answering_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<std::thread> connections_;
  std::thread thread_;
};

}  // namespace homing::webhooks
