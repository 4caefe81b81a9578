// A coroutine of ours: runs on the io_context of the thread that started it, owned by whoever awaits it.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace homing {

template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace homing
