#include "wire/rest_calls.h"

#include <google/protobuf/descriptor.h>

#include "options.pb.h"
#include "rest.pb.h"

namespace homing::wire {
namespace {

std::vector<RestCall> read_descriptors() {
  std::vector<RestCall> calls;
  const auto& service = *v1::NewMessage::descriptor()->file()->FindServiceByName("Rest");
  for (int i = 0; i < service.method_count(); ++i) {
    const auto& method = *service.method(i);
    const v1::Route& route = method.options().GetExtension(v1::route);
    calls.push_back(RestCall{method.name(),
                             route.method(),
                             {route.path().begin(), route.path().end()},
                             route.summary(),
                             route.example(),
                             route.open()});
  }
  return calls;
}

}  // namespace

const std::vector<RestCall>& rest_calls() {
  static const std::vector<RestCall> calls = read_descriptors();
  return calls;
}

}  // namespace homing::wire
