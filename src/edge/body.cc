#include "edge/body.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

#include "base/check.h"

namespace homing::edge {

Body::Body(std::optional<std::uint64_t> length, std::function<void()> wanted)
    : length_(length), wanted_(std::move(wanted)) {}

Body::Body(std::string whole) : length_(whole.size()), window_(std::move(whole)), finished_(true) {}

Task<Result<std::string>> Body::read() {
  asked_ = true;
  for (;;) {
    if (!window_.empty()) {
      std::string bytes = std::exchange(window_, {});
      taken_ += bytes.size();
      if (wanted_) wanted_();
      co_return bytes;
    }
    if (finished_) co_return std::string();
    if (error_) co_return std::unexpected(*error_);
    if (wanted_) wanted_();
    co_await wait();
  }
}

Task<Result<std::string>> Body::whole(std::size_t bytes_max) {
  std::string all;
  if (length_ && *length_ > bytes_max) co_return fail(Code::too_big, "The body of the request is too large.");
  for (;;) {
    auto bytes = co_await read();
    if (!bytes) co_return std::unexpected(bytes.error());
    if (bytes->empty()) co_return all;
    if (bytes->size() > bytes_max - all.size()) co_return fail(Code::too_big, "The body of the request is too large.");
    all += *bytes;
  }
}

Task<Result<bool>> Body::drain(std::uint64_t bytes_max) {
  std::uint64_t before = taken_;
  // What is known to be too much is not waited for.
  if (length_ && *length_ - taken_ > bytes_max) co_return false;
  while (taken_ - before <= bytes_max) {
    auto bytes = co_await read();
    if (!bytes) co_return std::unexpected(bytes.error());
    if (bytes->empty()) co_return true;
  }
  co_return false;
}

void Body::feed(std::string bytes) {
  if (bytes.empty()) return;
  if (window_.empty()) {
    window_ = std::move(bytes);
  } else {
    window_ += bytes;
  }
  wake();
}

void Body::finish() {
  finished_ = true;
  wanted_ = {};
  wake();
}

void Body::break_off(Error error) {
  wanted_ = {};
  if (!finished_ && !error_) error_ = std::move(error);
  wake();
}

Task<void> Body::wait() {
  CHECK(waiting_ == nullptr) << "one read at a time";
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                  boost::asio::steady_timer::time_point::max());
  waiting_ = &timer;
  co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  waiting_ = nullptr;
}

void Body::wake() {
  if (waiting_ != nullptr) waiting_->cancel();
}

}  // namespace homing::edge
