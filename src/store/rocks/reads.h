// The threads that wait for the disk, so that callers do not. A read first looks in memory, on the caller's thread; one that
// finds too little there comes here:
//
//     Look look(Reach::memory);
//     if (auto found = read(look); !look.wants_disk()) co_return found;
//     co_return co_await reads_.cold(std::move(read));
//
// Here it is asked again from its beginning, memory first: what it did not find may have come to be there meanwhile.
// Owned by RocksStore; any thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "base/guarded.h"
#include "base/task.h"
#include "store/rocks/look.h"

namespace homing::rocks {

// Who waits for the disk in one io_context. The callers belong to it, as they would to its timers and sockets: when it is
// destroyed they go with it, and the thread that has read for them finds nobody to tell.
class Callers final : public boost::asio::execution_context::service {
 public:
  static inline boost::asio::execution_context::id id;

  struct Caller {
    virtual ~Caller() = default;
    boost::asio::any_io_executor executor;
  };
  using Waiting = Guarded<std::unordered_map<const Caller*, std::unique_ptr<Caller>>>;

  explicit Callers(boost::asio::execution_context& context) : service(context) {}

  // Survives the io_context, and is empty then. Who holds its lock and finds a caller may use the caller's executor.
  const std::shared_ptr<Waiting>& waiting() const { return waiting_; }

 private:
  void shutdown() override;
  std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>();
};

class Reads {
 public:
  Reads();
  ~Reads() { stop(); }

  // Calls `read` with a Look that reaches the disk and returns what it returns, on the caller's executor. What `read` refers
  // to must outlive stop(), not the caller.
  template <class Read>
  Task<std::invoke_result_t<Read&, Look&>> cold(Read read);
  // Ends the reads under way. Those that wait for their turn never begin, and their callers are never told.
  void stop();
  std::uint64_t count() const { return count_; }

 private:
  std::atomic<std::uint64_t> count_{0};
  boost::asio::thread_pool threads_;
};

template <class Read>
Task<std::invoke_result_t<Read&, Look&>> Reads::cold(Read read) {
  using Made = std::invoke_result_t<Read&, Look&>;
  auto initiate = [this, read = std::move(read)](auto handler) mutable {
    struct Call final : Callers::Caller {
      explicit Call(decltype(handler)&& handler) : resume(std::move(handler)) {}
      std::decay_t<decltype(handler)> resume;
    };
    boost::asio::any_io_executor executor = boost::asio::get_associated_executor(handler);
    boost::asio::execution_context& context = boost::asio::query(executor, boost::asio::execution::context);
    std::shared_ptr<Callers::Waiting> waiting = boost::asio::use_service<Callers>(context).waiting();
    auto made = std::make_unique<Call>(std::move(handler));
    made->executor = std::move(executor);
    Call* call = made.get();
    waiting->with([&](auto& callers) { callers.emplace(call, std::move(made)); });
    boost::asio::post(threads_, [waiting = std::move(waiting), call, read = std::move(read)]() mutable {
      Look look(Reach::disk);
      Made found = read(look);
      waiting->with([&](auto& callers) {
        auto caller = callers.extract(call);
        if (caller.empty()) return;  // gone, and `call` with it
        boost::asio::any_io_executor home = call->executor;
        boost::asio::post(home, [call, owner = std::move(caller.mapped()), found = std::move(found)]() mutable {
          auto resume = std::move(call->resume);
          owner.reset();
          resume(std::move(found));
        });
      });
    });
  };
  ++count_;
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Made)>(
      std::move(initiate), boost::asio::use_awaitable);
}

}  // namespace homing::rocks
