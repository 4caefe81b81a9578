// A result as the frame that answers a request. Private to chat/.
#pragma once

#include <utility>

#include "base/result.h"
#include "model/event.h"
#include "wire/frame.h"

namespace homing::chat {

inline wire::ServerFrame answer_to(std::uint64_t request, Error error) {
  return wire::ServerFrame{request, std::move(error)};
}

template <class T>
wire::ServerFrame answer_to(std::uint64_t request, Result<T> result) {
  if (!result) return answer_to(request, std::move(result.error()));
  return wire::ServerFrame{request, std::move(*result)};
}

inline wire::ServerFrame answer_to(std::uint64_t request, Result<void> result) {
  if (!result) return answer_to(request, std::move(result.error()));
  return wire::ServerFrame{request, wire::Done{}};
}

inline wire::ServerFrame answer_to(std::uint64_t request, Result<Envelope> result) {
  if (!result) return answer_to(request, std::move(result.error()));
  return wire::ServerFrame{request, wire::Sent{result->conversation, result->seq, result->time}};
}

}  // namespace homing::chat
