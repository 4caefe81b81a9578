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
  Moment moment = std::chrono::milliseconds(now.ms);
  Moment step = Moment(rate_.period) / rate_.count;
  return buckets_.with([&](Buckets& buckets) -> Result<void> {
    auto& full_at = buckets.full_at;
    auto found = full_at.find(key);
    if (found == full_at.end() && full_at.size() >= kKeysMax) {
      if (moment - buckets.swept >= kSweepEvery) {
        buckets.swept = moment;
        std::erase_if(full_at, [&](const auto& entry) { return entry.second <= moment; });
      }
      if (full_at.size() >= kKeysMax) found = full_at.try_emplace("others").first;
    }
    Moment& full = found != full_at.end() ? found->second : full_at[key];
    Moment after = std::max(full, moment) + step;
    Moment too_early = after - moment - rate_.period;
    if (too_early > Moment(0)) {
      Error error{Code::rate_limited, {}, {}, std::chrono::ceil<std::chrono::milliseconds>(too_early)};
      return std::unexpected(std::move(error));
    }
    full = after;
    return {};
  });
}

}  // namespace homing::edge
