#include "edge/rate.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace homing::edge {

std::string holder_of(const std::string& address) {
  in6_addr bytes;
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return address;
  if (IN6_IS_ADDR_V4MAPPED(&bytes)) return address.substr(address.rfind(':') + 1);
  std::memset(bytes.s6_addr + 8, 0, 8);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &bytes, text.data(), text.size());
  return std::string(text.data()) + "/64";
}

Result<void> RateLimit::take(const std::string& key, Time now) {
  std::chrono::milliseconds step = rate_.period / rate_.count;
  return full_at_.with([&](auto& full_at) -> Result<void> {
    auto found = full_at.find(key);
    if (found == full_at.end() && full_at.size() >= kKeysMax) {
      std::erase_if(full_at, [&](const auto& entry) { return entry.second <= now; });
      if (full_at.size() >= kKeysMax) found = full_at.try_emplace("others").first;
    }
    Time& full = found != full_at.end() ? found->second : full_at[key];
    Time after = std::max(full, now) + step;
    if (after - now > rate_.period) {
      Error error{Code::rate_limited, {}, {}, (after - now) - rate_.period};
      return std::unexpected(std::move(error));
    }
    full = after;
    return {};
  });
}

}  // namespace homing::edge
