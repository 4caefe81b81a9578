// RocksStore::committed: from a coroutine to the committer thread and back. Private to rocks/.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "store/rocks/rocks_store.h"

namespace homing {

template <class T>
Task<Result<T>> RocksStore::committed(std::function<Result<T>(rocks::Group&)> stage,
                                      std::function<void(const T&)> publish) {
  auto initiate = [this, stage = std::move(stage), publish = std::move(publish)](auto handler) mutable {
    // What the committer thread makes; the caller's handler is called with it on the caller's executor.
    struct State {
      std::decay_t<decltype(handler)> resume;
      Result<T> made;
    };
    boost::asio::any_io_executor executor = boost::asio::get_associated_executor(handler);
    auto state = std::make_shared<State>(State{std::move(handler), Result<T>{}});
    rocks::Job job;
    job.executor = std::move(executor);
    job.stage = [state, stage = std::move(stage)](rocks::Group& group) { state->made = stage(group); };
    if (publish) {
      job.publish = [state, publish = std::move(publish)] {
        if (state->made) publish(*state->made);
      };
    }
    job.finish = [state](Result<void> written) {
      Result<T> result = written || !state->made ? std::move(state->made) : std::unexpected(written.error());
      auto resume = std::move(state->resume);
      resume(std::move(result));
    };
    committer_->submit(std::move(job));
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Result<T>)>(
      std::move(initiate), boost::asio::use_awaitable);
}

}  // namespace homing
